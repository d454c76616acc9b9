using DandelionMl.Classification;
using DandelionMl.Data;
using DandelionMl.Drift.Detection;

namespace DandelionMl.Drift.Watching;

/// <summary>Looks at served photos for drift, and records what it finds: the state of the watch, counts by day, and a sample of each day.
/// Processes that share a database share one watch.</summary>
internal sealed class DriftRecorder(
    ServedPhotoQueue queue, DriftReferenceSource references, Database database, ClassifierOptions options, TimeProvider time)
{
    private string? _sweptOn;

    /// <summary>Looks at the photos that wait. Where the database does not answer, they are given up.</summary>
    /// <returns>For each version that served some: what is known now, and whether an alarm was raised.</returns>
    /// <exception cref="DandelionMlException">The database or the store does not answer.</exception>
    public async Task<IReadOnlyList<DriftRecord>> RecordAsync(CancellationToken cancellationToken)
    {
        var records = new List<DriftRecord>();
        foreach (var photos in queue.Take().GroupBy(item => item.Prediction.ModelVersion).OrderBy(group => group.Key))
        {
            if (await references.GetAsync(photos.Key, cancellationToken).ConfigureAwait(false) is { } reference)
            {
                records.Add(await RecordAsync(photos.Key, [.. photos], reference, cancellationToken).ConfigureAwait(false));
            }
        }

        await SweepAsync(cancellationToken).ConfigureAwait(false);
        return records;
    }

    private async Task<DriftRecord> RecordAsync(
        int version, IReadOnlyList<(Prediction Prediction, DateTimeOffset At)> photos, DriftReference reference, CancellationToken cancellationToken)
    {
        var ranked = photos.Select(photo => Rank(photo.Prediction, photo.At, reference)).ToList();
        var served = ranked.ConvertAll(item => item.Photo);
        var rules = new DriftRules(options.DriftPhotosPerFalseAlarm, options.DriftBurstInterval);
        var now = time.GetUtcMicroseconds();
        return await database.WriteAsync(
            async session =>
            {
                var state = await DriftRows.FindAsync(session, version).ConfigureAwait(false) ?? new DriftState { Since = served[0].At };
                var hadAlarm = state.Alarm is not null;
                foreach (var (photo, rank) in ranked)
                {
                    DriftDetector.Add(state, photo.Label, rank, photo.At, rules);
                }

                DriftDetector.EndBurst(state, now, rules);
                await DriftRows.SetAsync(session, version, state, now).ConfigureAwait(false);
                await ServedDayRows.AddAsync(session, ServedDay.Count(served)).ConfigureAwait(false);
                if (options.DriftPhotosKeptPerDay > 0)
                {
                    await ServedPhotoRows.OfferAsync(session, served, options.DriftPhotosKeptPerDay).ConfigureAwait(false);
                }

                return new DriftRecord(version, state, served.Count, IsNewAlarm: !hadAlarm && state.Alarm is not null);
            },
            cancellationToken).ConfigureAwait(false);
    }

    private static (ServedPhoto Photo, FamiliarityRank? Rank) Rank(Prediction prediction, DateTimeOffset at, DriftReference reference)
    {
        var rank = reference.Rank(prediction.Label, prediction.Embedding.Span);
        return (new ServedPhoto
        {
            Sha256 = prediction.Sha256,
            ModelVersion = prediction.ModelVersion,
            Label = prediction.Label,
            Probability = prediction.Probability,
            Rank = rank?.Value,
            NamedClasses = prediction.Labels?.Count,
            IsKnown = prediction.IsKnown,
            At = at,
            Embedding = prediction.Embedding,
        }, rank);
    }

    /// <summary>Deletes what is too old, once a day.</summary>
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var today = ServedDay.Of(now);
        if (_sweptOn == today)
        {
            return;
        }

        await database.WriteIdempotentAsync(
            async session => await ServedPhotoRows.DeleteBeforeAsync(session, ServedDay.Of(now.AddDays(-options.DriftDaysKept))).ConfigureAwait(false)
                + await ServedDayRows.DeleteBeforeAsync(session, ServedDay.Of(now.AddDays(-DriftMonitor.MostDays))).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        _sweptOn = today;
    }
}

/// <summary>What is known of the photos that a version served, after some more.</summary>
/// <param name="ModelVersion">The version.</param>
/// <param name="State">What is known.</param>
/// <param name="Photos">Photos just looked at.</param>
/// <param name="IsNewAlarm">Whether they raised an alarm.</param>
internal sealed record DriftRecord(int ModelVersion, DriftState State, int Photos, bool IsNewAlarm);
