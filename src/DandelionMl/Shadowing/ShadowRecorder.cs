using DandelionMl.Data;

namespace DandelionMl.Shadowing;

/// <summary>Asks the shadow about the photos that the champion answered, and counts what the two say. Several processes add to the same
/// counts.</summary>
internal sealed class ShadowRecorder(ShadowQueue queue, Database database, ShadowTelemetry telemetry)
{
    /// <summary>Compares the answers that wait. Where the database does not answer, they are given up, and so are those that wait when the process
    /// is killed: some seconds of counts.</summary>
    /// <returns>How many were counted.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<long> RecordAsync(CancellationToken cancellationToken)
    {
        var counts = queue.Take()
            .CountBy(item => (item.Prediction.ModelVersion, item.Shadow.Version, item.Prediction.Label, ShadowLabel: item.Shadow.Answer(item.Prediction)))
            .Select(item => new ShadowCount(item.Key.ModelVersion, item.Key.Version, item.Key.Label, item.Key.ShadowLabel, item.Value)).ToList();
        if (counts.Count == 0)
        {
            return 0;
        }

        await database.WriteAsync(session => ShadowRows.AddAsync(session, counts), cancellationToken).ConfigureAwait(false);
        telemetry.Count(counts);
        return counts.Sum(count => count.Answers);
    }
}
