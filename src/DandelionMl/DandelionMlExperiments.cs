namespace DandelionMl;

/// <summary>Ids of what is not settled yet: its shape may change in any release. Whoever uses it turns the id off, by
/// <c>#pragma warning disable</c> or <c>NoWarn</c>, and knows.</summary>
internal static class DandelionMlExperiments
{
    /// <summary>Pipelines: their runs, and definitions and steps of an application's own.</summary>
    public const string Pipelines = "DANDELION001";

    /// <summary>Finding, counting and correcting photos of the training set.</summary>
    public const string Curation = "DANDELION002";

    /// <summary>Comparing two model versions photo by photo.</summary>
    public const string Comparison = "DANDELION003";

    /// <summary>Setting the store and the database right.</summary>
    public const string Reconciliation = "DANDELION004";

    /// <summary>By which method a head is fitted.</summary>
    public const string HeadMethod = "DANDELION005";

    /// <summary>What more photos would bring.</summary>
    public const string LearningCurve = "DANDELION006";
}
