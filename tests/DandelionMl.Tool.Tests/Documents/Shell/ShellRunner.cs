namespace DandelionMl.Tool.Tests.Documents.Shell;

/// <summary>The tests that run blocks of commands, by the name that a block calls them by, as in
/// <c>runs-with: servers</c>.</summary>
internal static class ShellRunner
{
    /// <summary>The tests of the command, as it was built; a block without a name is theirs.</summary>
    public const string Tool = "tool";

    /// <summary>The tests of the packages, from a feed of their own.</summary>
    public const string Packages = "packages";

    /// <summary>The integration tests with PostgreSQL and an S3 store.</summary>
    public const string Servers = "servers";

    /// <summary>Those with an MLflow server.</summary>
    public const string Mlflow = "mlflow";

    /// <summary>Those with a Kubernetes API server.</summary>
    public const string Cluster = "cluster";

    /// <summary>Those with Airflow.</summary>
    public const string Airflow = "airflow";

    public static IReadOnlyList<string> All { get; } = [Tool, Packages, Servers, Mlflow, Cluster, Airflow];
}
