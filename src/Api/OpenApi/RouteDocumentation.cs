using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Zaqar.Api.Errors;
using Zaqar.Api.Policies;
using Zaqar.Api.Routing;
using Zaqar.Api.Settings;
using Zaqar.Domain;
using Zaqar.Domain.Queues;

namespace Zaqar.Api.OpenApi;

/// <summary>Turns what the route table says about an endpoint into its part of the OpenAPI document.</summary>
internal sealed class RouteDocumentation(Limits limits, ServiceSettings settings) : IOpenApiOperationTransformer
{
    private static readonly Dictionary<int, string> _refusals = new()
    {
        [400] = "A header, parameter or body is not as it must be.",
        [401] = "No token that Keystone knows.",
        [403] = "The policy does not allow it, or the message is claimed, or the pool is the last of its flavor.",
        [404] = "Not found.",
        [406] = "The client does not take JSON; no body.",
        [409] = "The metadata has no such key, or the queue has a subscription with this subscriber already, or another pool is in that database.",
        [415] = "Another Content-Type than this operation takes.",
        [429] = "The project asks more often than the operator allows: try again after Retry-After.",
        [500] = "The service failed; its log tells why.",
        [503] = "Not carried out, or the outcome is unknown: try again after Retry-After.",
    };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var route = context.Description.ActionDescriptor.EndpointMetadata.OfType<ApiRoute>().FirstOrDefault();
        if (route is not null)
            Describe(operation, route, context.Document!);

        return Task.CompletedTask;
    }

    private void Describe(OpenApiOperation operation, ApiRoute route, OpenApiDocument document)
    {
        var told = route.Operation;
        operation.OperationId = told.Id;
        operation.Summary = told.Summary;
        operation.Description = route.Rule is null ? null : $"Guarded by the policy rule {route.Rule}.";
        operation.Tags = new HashSet<OpenApiTagReference> { new(told.Tag, document) };
        operation.Parameters = [.. PathParameters(route), .. Headers(route), .. told.Query.Select(Query)];
        operation.RequestBody = told.Body is not { } body ? null : new OpenApiRequestBody
        {
            Required = body.IsRequired,
            Content = new Dictionary<string, OpenApiMediaType> { [body.ContentType] = Content(body.Schema, document) },
        };

        operation.Responses = [];
        foreach (var answer in told.Answers)
            operation.Responses[answer.Status.ToString(CultureInfo.InvariantCulture)] = Describe(answer, document);
        foreach (var status in told.Refusals.Concat(AnyRefusals(route)).Distinct().Order())
            operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = Refusal(status, route.Method, document);
    }

    private int[] AnyRefusals(ApiRoute route) => route.IsOpen ? [406] :
    [
        400, 406, 429, 500, 503, .. route.Rule is null ? (int[])[] : [403], .. settings.AsksKeystone ? (int[])[401] : [],
    ];

    private static IEnumerable<OpenApiParameter> PathParameters(ApiRoute route)
    {
        foreach (var segment in route.Pattern.Split('/'))
            if (segment is ['{', .. var name, '}'])
                yield return new()
                {
                    Name = name, In = ParameterLocation.Path, Required = true,
                    Schema = name switch
                    {
                        "queue_name" or "topic_name" => new() { Type = JsonSchemaType.String, Pattern = "^[a-zA-Z0-9_.-]+$", MinLength = 1, MaxLength = QueueId.MaxNameLength },
                        "pool_name" or "flavor_name" => new() { Type = JsonSchemaType.String, MinLength = 1, MaxLength = ResourceName.MaxLength },
                        _ => new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                };
    }

    private IEnumerable<OpenApiParameter> Headers(ApiRoute route)
    {
        if (route.IsOpen)
            yield break;

        yield return Header("Client-ID", "A UUID that the client chose for itself.", "uuid");
        if (settings.AsksKeystone)
        {
            yield return Header("X-Auth-Token", "A token of Keystone's, for the project whose queues are meant.");
            yield break;
        }

        yield return Header("X-Project-ID", $"The project whose queues are meant; at most {Limits.MaxProjectLength} characters.");
        if (route.Rule is not null && PolicyDefaults.Rules[route.Rule].Length > 0)
            yield return Header("X-Roles", "Comma-separated; admin among them.");
    }

    private static OpenApiParameter Header(string name, string description, string? format = null) => new()
    {
        Name = name, In = ParameterLocation.Header, Required = true, Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = format },
    };

    private OpenApiParameter Query(Parameter parameter)
    {
        var max = parameter.Max?.Invoke(limits);
        var isList = parameter.Type == JsonSchemaType.Array;
        return new()
        {
            Name = parameter.Name, In = ParameterLocation.Query, Description = parameter.Description,
            Schema = new OpenApiSchema
            {
                Type = parameter.Type,
                Items = isList ? new OpenApiSchema { Type = JsonSchemaType.String } : null,
                MaxItems = isList ? max : null,
                Minimum = parameter.Min?.ToString(CultureInfo.InvariantCulture),
                Maximum = isList ? null : max?.ToString(CultureInfo.InvariantCulture),
                Default = parameter.Default is { } standard ? JsonValue.Create(standard) : null,
            },
        };
    }

    private static OpenApiResponse Describe(Answer answer, OpenApiDocument document)
    {
        var response = new OpenApiResponse { Description = answer.Description, Headers = RequestId() };
        if (answer.Schema is not null)
            response.Content = new Dictionary<string, OpenApiMediaType> { [answer.ContentType] = Content(answer.Schema, document) };
        if (answer.HasLocation)
            response.Headers!["Location"] = TextHeader("A path.");
        return response;
    }

    private static OpenApiResponse Refusal(int status, string method, OpenApiDocument document)
    {
        var response = new OpenApiResponse { Description = _refusals[status], Headers = RequestId() };
        if (status == 401) // Keystone's own shape.
            response.Headers!["WWW-Authenticate"] = TextHeader("Where Keystone is.");
        else if (status != 406 && method != "HEAD")
            response.Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = Content("Error", document) };
        if (status is 429 or 503)
            response.Headers!["Retry-After"] = TextHeader("Seconds.");
        return response;
    }

    private static OpenApiMediaType Content(string schema, OpenApiDocument document) =>
        new() { Schema = new OpenApiSchemaReference(schema, document) };

    private static Dictionary<string, IOpenApiHeader> RequestId() =>
        new() { [Failures.RequestIdHeader] = TextHeader("The request's id, as the service's log names it.") };

    private static OpenApiHeader TextHeader(string description) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
}
