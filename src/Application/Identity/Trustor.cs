namespace Zaqar.Application.Identity;

/// <summary>A client that may let the service act for it: its token, and whom that speaks for.</summary>
/// <param name="Token">A secret, good for all that the client may do. It goes to the identity service and nowhere else.</param>
public sealed record Trustor(string Token, Identity Identity)
{
    /// <summary>Stands for the id of a trust that is not made yet; as long as Keystone's are.</summary>
    internal const string AnyTrust = "00000000000000000000000000000000";

    // Commands carry it, and records print their members: a secret prints as nothing.
    public override string ToString() => nameof(Trustor);
}
