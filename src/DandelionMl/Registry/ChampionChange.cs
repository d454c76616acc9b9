using DandelionMl.Data;

namespace DandelionMl.Registry;

/// <summary>The changes that make a version the champion, each within the caller's transaction.</summary>
internal static class ChampionChange
{
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="ChampionChangedException">The champion is not the one expected.</exception>
    public static async Task<ModelVersion> PromoteAsync(DatabaseSession session, int version, int? expectedChampion, ModelChange change)
    {
        var next = await ModelRows.FindAsync(session, version).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
        if (next.State == ModelState.Champion)
        {
            return next;
        }

        var champion = await ModelRows.FindChampionAsync(session).ConfigureAwait(false);
        if (expectedChampion is not null)
        {
            RequireChampion(expectedChampion, champion);
        }

        return await ReplaceAsync(session, champion, next, change).ConfigureAwait(false);
    }

    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="ChampionChangedException">The champion is not the one that the verdict is about.</exception>
    public static async Task<ModelVersion> DecideAsync(DatabaseSession session, int version, GateVerdict verdict, ModelChange change)
    {
        var candidate = await ModelRows.FindAsync(session, version).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
        if (candidate.State != ModelState.Candidate)
        {
            return candidate;
        }

        var champion = await ModelRows.FindChampionAsync(session).ConfigureAwait(false);
        RequireChampion(verdict.ChampionVersion, champion);
        await ModelRows.KeepVerdictAsync(session, version, verdict).ConfigureAwait(false);
        var judged = candidate with { Verdict = verdict };
        if (verdict.Passed)
        {
            return await ReplaceAsync(session, champion, judged, change).ConfigureAwait(false);
        }

        await ModelRows.MoveAsync(session, version, ModelStateText.Candidate, ModelStateText.Rejected, change).ConfigureAwait(false);
        return judged with { State = ModelState.Rejected, StateChangedAt = change.At };
    }

    /// <exception cref="NoPreviousChampionException">There is none.</exception>
    /// <exception cref="ChampionChangedException">The champion is not the one expected.</exception>
    public static async Task<ModelVersion> RollbackAsync(DatabaseSession session, int? expectedChampion, ModelChange change)
    {
        var champion = await ModelRows.FindChampionAsync(session).ConfigureAwait(false);
        if (expectedChampion is not null)
        {
            RequireChampion(expectedChampion, champion);
        }

        var champions = await ModelEventRows.SelectChampionsAsync(session).ConfigureAwait(false);
        if (champion is null || champions.Count < 2)
        {
            throw new NoPreviousChampionException();
        }

        champions.Pop();
        return await ReplaceAsync(session, champion, (await ModelRows.FindAsync(session, champions.Peek()).ConfigureAwait(false))!, change).ConfigureAwait(false);
    }

    private static async Task<ModelVersion> ReplaceAsync(
        DatabaseSession session, ModelVersion? champion, ModelVersion next, ModelChange change)
    {
        if (champion is not null)
        {
            var reason = change.Action == ModelAction.Rollback ? change.Reason : $"replaced by version {next.Version}";
            await ModelRows.MoveAsync(session, champion.Version, ModelStateText.Champion, ModelStateText.Archived, change, reason).ConfigureAwait(false);
        }

        await ModelRows.MoveAsync(session, next.Version, ModelStateText.Of(next.State), ModelStateText.Champion, change).ConfigureAwait(false);
        await session.NotifyAsync(SqlModelRegistry.ChampionChannel).ConfigureAwait(false);
        return next with { State = ModelState.Champion, StateChangedAt = change.At };
    }

    private static void RequireChampion(int? expected, ModelVersion? champion)
    {
        if (champion?.Version != expected)
        {
            throw new ChampionChangedException(expected, champion?.Version);
        }
    }
}
