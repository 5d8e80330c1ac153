using System.Text.Json;
using FluentAssertions;
using Xunit;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;
using Zaqar.Integration.Pools;

namespace Zaqar.Integration.Http;

public sealed class OpenApiTests(PoolAdminService service) : IClassFixture<PoolAdminService>, IAsyncLifetime, IDisposable
{
    private readonly HttpClient _nobody = new() { BaseAddress = service.Address };
    private JsonElement _document;

    public async Task InitializeAsync() => _document = (await _nobody.Get("/openapi/v2.json")).Json;

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _nobody.Dispose();

    [Fact]
    public void every_route_is_in_the_document_and_nothing_else()
    {
        var documented =
            from path in _document.GetProperty("paths").EnumerateObject()
            from method in path.Value.EnumerateObject()
            select $"{method.Name.ToUpperInvariant()} {path.Name}";

        documented.Should().BeEquivalentTo(Routes.For(new ServiceSettings { AdminMode = true, Pooling = true }).Select(route => $"{route.Method} {route.Pattern}"));
    }

    [Fact]
    public void every_operation_has_a_name_of_its_own_its_path_parameters_and_an_error_shape()
    {
        var operations = _document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => (Path: path.Name, Method: method.Name, Told: method.Value))).ToArray();

        operations.Select(operation => operation.Told.GetProperty("operationId").GetString()).Should().OnlyHaveUniqueItems();
        foreach (var (path, method, told) in operations)
        {
            var parameters = told.TryGetProperty("parameters", out var given)
                ? given.EnumerateArray().Select(parameter => $"{parameter.GetProperty("in").GetString()} {parameter.GetProperty("name").GetString()}").ToArray()
                : [];
            foreach (var segment in path.Split('/').Where(segment => segment.StartsWith('{')))
                parameters.Should().Contain($"path {segment.Trim('{', '}')}", path);
            if (path != "/")
                parameters.Should().Contain("header Client-ID").And.Contain("header X-Project-ID");

            var responses = told.GetProperty("responses");
            responses.Keys().Should().Contain(status => status.StartsWith('2') || status.StartsWith('3'), "{0} {1}", method, path);
            if (path != "/" && method != "head")
                responses.GetProperty("400").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref")
                    .GetString().Should().Be("#/components/schemas/Error");
        }
    }

    [Fact]
    public void every_schema_referred_to_is_there()
    {
        var schemas = _document.GetProperty("components").GetProperty("schemas").Keys();
        var references = System.Text.RegularExpressions.Regex.Matches(_document.GetRawText(), "#/components/schemas/([A-Za-z]+)")
            .Select(match => match.Groups[1].Value).Distinct();

        references.Should().BeEquivalentTo(schemas);
    }

    [Fact]
    public async Task every_route_refuses_a_caller_who_does_not_say_who_it_is()
    {
        foreach (var route in Routes.For(new ServiceSettings { AdminMode = true, Pooling = true }).Where(route => !route.IsOpen))
        {
            var path = string.Join('/', route.Pattern.Split('/').Select(segment => segment.StartsWith('{') ? "x" : segment));

            (await _nobody.Ask(route.Method, path)).Status.Should().Be(400, "{0} {1}", route.Method, path);
        }
    }
}
