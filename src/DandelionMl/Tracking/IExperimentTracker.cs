namespace DandelionMl.Tracking;

/// <summary>Tells of the trainings that there were. The database knows them all; a tracking server may have a copy. Thread-safe.</summary>
internal interface IExperimentTracker
{
    /// <summary>The training of a version; null if there is no such version.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ExperimentRun?> FindAsync(int version, CancellationToken cancellationToken = default);

    /// <summary>The training that a pipeline's run tried and that made no version; null if there is no such run, or it has not ended.</summary>
    /// <param name="runId">The run's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<ExperimentRun?> FindFailedAsync(long runId, CancellationToken cancellationToken = default);
}
