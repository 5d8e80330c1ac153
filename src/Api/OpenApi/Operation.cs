namespace Zaqar.Api.OpenApi;

/// <summary>What the OpenAPI document says about one method of a path, beyond what every one has in common.</summary>
/// <param name="Id">Unique; generated clients name their calls after it.</param>
/// <param name="Answers">The answers that are no refusals.</param>
internal sealed record Operation(string Id, string Tag, string Summary, params Answer[] Answers)
{
    public IReadOnlyList<Parameter> Query { get; init; } = [];

    /// <summary>Null when no body is read.</summary>
    public Body? Body { get; init; }

    /// <summary>Refusals beyond those that every request may meet.</summary>
    public IReadOnlyList<int> Refusals { get; init; } = [];
}

/// <param name="Schema">Name of a schema in <see cref="Schemas"/>; null for an answer without a body.</param>
internal sealed record Answer(int Status, string Description, string? Schema = null)
{
    public string ContentType { get; init; } = "application/json";

    /// <summary>Whether the answer says where what was made is.</summary>
    public bool HasLocation { get; init; }
}

/// <param name="Schema">Name of a schema in <see cref="Schemas"/>.</param>
internal sealed record Body(string Schema, bool IsRequired)
{
    public string ContentType { get; init; } = "application/json";
}
