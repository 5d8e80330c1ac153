using System.Text;
using Zaqar.Api.Requests;

namespace Zaqar.Api.Policies;

/// <summary>The right side of a check: text in which <c>%(project_id)s</c> stands for the project that the request is about.</summary>
/// <remarks>Source: oslo.policy formats it by Python's <c>%</c> with the target of the request. The original's target is empty; ours has that one key.</remarks>
internal sealed class PolicyText
{
    private const string Project = "project_id";

    // Texts with the project between each two of them.
    private readonly string[] _pieces;

    private PolicyText(string[] pieces) => _pieces = pieces;

    /// <summary>Reads what stands right of the colon.</summary>
    /// <param name="unknown">The first key that no request has, by which the check that asks is never true; null when there is none.</param>
    /// <exception cref="PolicyInvalidException">A <c>%</c> that begins neither <c>%(key)s</c> nor <c>%%</c>.</exception>
    public static PolicyText Read(string text, out string? unknown)
    {
        unknown = null;
        var pieces = new List<string>();
        var piece = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '%')
            {
                piece.Append(text[at]);
                continue;
            }

            if (at + 1 < text.Length && text[at + 1] == '%')
            {
                piece.Append('%');
                at++;
                continue;
            }

            var end = text.IndexOf(")s", at, StringComparison.Ordinal);
            if (at + 1 >= text.Length || text[at + 1] != '(' || end < 0)
                throw new PolicyInvalidException($"\"{text}\" has a % that begins neither %(key)s nor %%.");

            var key = text[(at + 2)..end];
            if (key != Project)
                unknown ??= key;

            pieces.Add(piece.ToString());
            piece.Clear();
            at = end + 1;
        }

        pieces.Add(piece.ToString());
        return new([.. pieces]);
    }

    /// <summary>The text for one caller.</summary>
    public string For(Credentials by) => _pieces switch
    {
        [var constant] => constant,
        ["", ""] => by.Project,
        _ => string.Join(by.Project, _pieces),
    };

    /// <summary>Whether a value is the text, letter by letter.</summary>
    public bool Is(string value, Credentials by) => string.Equals(value, For(by), StringComparison.Ordinal);
}
