using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Zaqar.Api.Responses;

namespace Zaqar.Api.OpenApi;

/// <summary>The OpenAPI document, generated from the route table and served at <c>/openapi/v2.json</c> to anyone.</summary>
internal static class OpenApiSetup
{
    public const string Path = "/openapi/v2.json";

    private const string Document = "v2";

    private static readonly string[] _tags =
        ["Documents", "Queues", "Messages", "Claims", "Subscriptions", "Deliveries", "Topics", "Pools", "Flavors", "Health"];

    public static IServiceCollection AddZaqarOpenApi(this IServiceCollection services) => services.AddOpenApi(Document, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddOperationTransformer<RouteDocumentation>();
        options.AddDocumentTransformer((document, _, _) =>
        {
            Complete(document);
            return Task.CompletedTask;
        });
    });

    public static void MapZaqarOpenApi(this IEndpointRouteBuilder endpoints)
    {
        // Routes never change while the service runs, so the document is written once.
        var document = new Lazy<Task<byte[]>>(() => Write(endpoints.ServiceProvider));
        endpoints.MapGet(Path, (RequestDelegate)(async context =>
            await JsonAnswer.Send(context.Response, StatusCodes.Status200OK, await document.Value)))
            .ExcludeFromDescription();
    }

    private static async Task<byte[]> Write(IServiceProvider services)
    {
        var provider = services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document);
        var document = await provider.GetOpenApiDocumentAsync();
        using var json = new MemoryStream();
        await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1);
        return json.ToArray();
    }

    private static void Complete(OpenApiDocument document)
    {
        document.Info = new()
        {
            Title = "OpenStack Messaging API", Version = Document,
            Description = "Queues, messages, claims, subscriptions and topics. Answers carry paths, never whole URLs.",
            License = new() { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };

        // Clients know where they found this; the addresses the service listens on may be others.
        document.Servers = [];
        document.Tags = _tags.Select(tag => new OpenApiTag { Name = tag }).ToHashSet();
        document.Components ??= new();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        foreach (var (name, schema) in Schemas.In(document))
            document.Components.Schemas[name] = schema;

        // The generator drops trailing slashes, which count here.
        if (document.Paths.Remove("/v2", out var home))
            document.Paths["/v2/"] = home;
    }
}
