using CsCheck;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Policies;
using Zaqar.Api.Requests;

namespace Zaqar.Unit.Policies;

public class RandomExpressionsTests
{
    private static readonly string[] _roles = ["admin", "reader", "member"];

    private static readonly Gen<Credentials> _callers = Gen.Select(Gen.Bool, Gen.Bool, Gen.Bool, Gen.Bool, (admin, reader, member, isMine) =>
        new Credentials(isMine ? "mine" : "other", null, [.. _roles.Zip([admin, reader, member]).Where(role => role.Second).Select(role => role.First)]));

    /// <summary>Trees print themselves with as few parentheses as precedence asks for, or with more, and are judged by looking at them.</summary>
    [Fact]
    public void an_expression_means_what_its_tree_means() =>
        Gen.Select(Trees(5), _callers).Sample(
            (tree, by) => PolicyRules.With([new("queues:get", PolicyParser.Read(tree.Text(0), _ => { }), 1)], _ => { }).Allow("queues:get", by) == tree.Holds(by),
            iter: 20_000);

    [Fact]
    public void any_text_is_either_an_expression_or_refused() =>
        Gen.OneOf(
            Gen.String,
            Gen.OneOf("(", ")", " ", "not ", " and ", " or ", "@", "!", "role:x", "rule:y", "'x':", "%(project_id)s", "%", "\"", ":").Array[0, 30]
                .Select(string.Concat))
            .Sample(
                text =>
                {
                    try
                    {
                        PolicyParser.Read(text, _ => { });
                    }
                    catch (PolicyInvalidException refusal)
                    {
                        refusal.Message.Should().NotBeEmpty();
                    }
                },
                iter: 20_000);

    [Fact]
    public void any_text_is_either_a_file_or_refused() =>
        Gen.OneOf(
            Gen.String,
            Gen.OneOf("queues:get", ": ", "\n", "- ", "\"@\"", "[", "]", "{", "}", ",", "!", "&a ", "*a", "#", "role:x", "  ", "---", "~", "|", "%", "'")
                .Array[0, 30].Select(string.Concat))
            .Sample(
                text =>
                {
                    try
                    {
                        PolicyRules.With(PolicyDocument.Read(text, _ => { }), _ => { });
                    }
                    catch (PolicyInvalidException refusal)
                    {
                        refusal.Message.Should().NotBeEmpty();
                    }
                },
                iter: 20_000);

    private static Gen<Tree> Trees(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.OneOf(_roles).Select(Tree (role) => new Leaf($"role:{role}", by => by.Roles.Contains(role))),
            Gen.OneOf("mine", "other").Select(Tree (project) => new Leaf($"project_id:{project}", by => by.Project == project)),
            Gen.OneOf("mine", "other").Select(Tree (project) => new Leaf($"'{project}':%(project_id)s", by => by.Project == project)),
            Gen.Bool.Select(Tree (constant) => new Leaf(constant ? "@" : "!", _ => constant)));
        if (depth == 0)
            return leaf;

        var part = Trees(depth - 1);
        return Gen.OneOf(
            leaf,
            Gen.Select(part, Gen.Bool, Tree (one, more) => new Not(one, more)),
            Gen.Select(part.Array[2, 3], Gen.Bool, Tree (parts, more) => new And(parts, more)),
            Gen.Select(part.Array[2, 3], Gen.Bool, Tree (parts, more) => new Or(parts, more)));
    }

    /// <param name="more">Whether it prints with parentheses that it may not need.</param>
    private abstract class Tree(int precedence, bool more)
    {
        public abstract bool Holds(Credentials by);

        /// <param name="outer">Precedence of what stands around it.</param>
        public string Text(int outer) => more ? $"( {Inner()})" : precedence < outer ? $"({Inner()})" : Inner();

        protected abstract string Inner();
    }

    private sealed class Leaf(string text, Func<Credentials, bool> holds) : Tree(3, false)
    {
        public override bool Holds(Credentials by) => holds(by);

        protected override string Inner() => text;
    }

    private sealed class Not(Tree part, bool more) : Tree(2, more)
    {
        public override bool Holds(Credentials by) => !part.Holds(by);

        protected override string Inner() => $"not {part.Text(2)}";
    }

    private sealed class And(Tree[] parts, bool more) : Tree(1, more)
    {
        public override bool Holds(Credentials by) => parts.All(part => part.Holds(by));

        protected override string Inner() => string.Join(" AND ", parts.Select(part => part.Text(1)));
    }

    private sealed class Or(Tree[] parts, bool more) : Tree(0, more)
    {
        public override bool Holds(Credentials by) => parts.Any(part => part.Holds(by));

        protected override string Inner() => string.Join(" or ", parts.Select(part => part.Text(0)));
    }
}
