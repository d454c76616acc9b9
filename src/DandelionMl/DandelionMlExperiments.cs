namespace DandelionMl;

/// <summary>Ids of what is not settled yet: its shape may change in any release. Whoever uses it turns the id off, by
/// <c>#pragma warning disable</c> or <c>NoWarn</c>, and knows.</summary>
internal static class DandelionMlExperiments
{
    /// <summary>Pipelines of an application's own: definitions and steps.</summary>
    public const string Pipelines = "DANDELION001";
}
