namespace DandelionMl.Registry;

/// <summary>Shorter ways to call an <see cref="IModelRegistry"/>.</summary>
internal static class ModelRegistryExtensions
{
    /// <summary>Makes a version the champion by hand, in the name of the user that this process runs as.</summary>
    /// <param name="registry">The registry.</param>
    /// <param name="version">The version's number.</param>
    /// <param name="reason">The reason, kept in the history.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    public static Task<ModelVersion> PromoteAsync(
        this IModelRegistry registry, int version, string reason, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registry);
        return registry.PromoteAsync(version, reason, Environment.UserName, expectedChampion: null, cancellationToken);
    }
}
