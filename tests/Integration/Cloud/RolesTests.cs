using FluentAssertions;
using Xunit;
using Zaqar.Integration.Http;

namespace Zaqar.Integration.Cloud;

/// <summary>What the roles that Keystone names are good for, by the policy that is shipped.</summary>
[Collection(RealCloud.Name)]
public sealed class RolesTests(RealCloud cloud)
{
    [CloudTheory, InlineData("admin"), InlineData("member"), InlineData("reader"), InlineData("guest")]
    public async Task every_role_may_use_its_projects_queues(string user)
    {
        using var client = cloud.Client(await cloud.Token(user));
        var queue = Messaging.NewQueue();

        (await client.Put($"/v2/queues/{queue}")).ShouldBeEmpty(201);
        await client.PostBodies(queue, "1");
        var claim = await client.Claim(queue);
        (await client.Delete($"/v2/queues/{queue}/claims/{claim}")).ShouldBeEmpty(204);
        (await client.Delete($"/v2/queues/{queue}")).ShouldBeEmpty(204);
    }

    [CloudTheory, InlineData("member"), InlineData("reader"), InlineData("guest")]
    public async Task health_is_for_administrators(string user)
    {
        using var client = cloud.Client(await cloud.Token(user));
        using var admin = cloud.Client(await cloud.Token("admin"));

        (await client.Get("/v2/health")).ShouldBe(403, "Not authorized");
        (await client.Get("/v2/health", ("X-Roles", "admin"))).ShouldBe(403, "Not authorized");
        (await client.Get("/v2/health", ("X-Identity-Status", "Confirmed"), ("X-Roles", "admin"), ("X-Is-Admin-Project", "True"))).ShouldBe(403, "Not authorized");
        (await admin.Get("/v2/health")).Status.Should().Be(200);
    }

    [CloudFact]
    public async Task a_headers_roles_take_nothing_away()
    {
        using var admin = cloud.Client(await cloud.Token("admin"));

        (await admin.Get("/v2/health", ("X-Roles", "reader"))).Status.Should().Be(200);
    }
}
