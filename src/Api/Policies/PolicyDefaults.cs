namespace Zaqar.Api.Policies;

/// <summary>The rules that the service asks, and what they say unless an operator's file says otherwise.</summary>
/// <remarks>Word for word the original's, those of routes that are not there yet included. Source: API contract, section 9.4.</remarks>
internal static class PolicyDefaults
{
    private const string Anyone = "";
    private const string Administrators = "role:admin";

    /// <summary>Each rule's name and expression.</summary>
    public static IReadOnlyDictionary<string, string> Rules { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["context_is_admin"] = Administrators,
        ["admin_or_owner"] = "is_admin:True or project_id:%(project_id)s",
        ["queues:get_all"] = Anyone,
        ["queues:create"] = Anyone,
        ["queues:get"] = Anyone,
        ["queues:delete"] = Anyone,
        ["queues:update"] = Anyone,
        ["queues:stats"] = Anyone,
        ["queues:share"] = Anyone,
        ["queues:purge"] = Anyone,
        ["messages:get_all"] = Anyone,
        ["messages:create"] = Anyone,
        ["messages:get"] = Anyone,
        ["messages:delete"] = Anyone,
        ["messages:delete_all"] = Anyone,
        ["claims:create"] = Anyone,
        ["claims:get"] = Anyone,
        ["claims:update"] = Anyone,
        ["claims:delete"] = Anyone,
        ["subscription:get_all"] = Anyone,
        ["subscription:create"] = Anyone,
        ["subscription:get"] = Anyone,
        ["subscription:update"] = Anyone,
        ["subscription:delete"] = Anyone,
        ["subscription:confirm"] = Anyone,
        ["topics:get_all"] = Anyone,
        ["topics:create"] = Anyone,
        ["topics:get"] = Anyone,
        ["topics:update"] = Anyone,
        ["topics:delete"] = Anyone,
        ["topics:stats"] = Anyone,
        ["topics:purge"] = Anyone,
        ["ping:get"] = Anyone,
        ["health:get"] = Administrators,
        ["pools:get_all"] = Administrators,
        ["pools:create"] = Administrators,
        ["pools:get"] = Administrators,
        ["pools:update"] = Administrators,
        ["pools:delete"] = Administrators,
        ["flavors:get_all"] = Anyone,
        ["flavors:get"] = Anyone,
        ["flavors:create"] = Administrators,
        ["flavors:update"] = Administrators,
        ["flavors:delete"] = Administrators,
    };
}
