using DandelionMl.Data;

namespace DandelionMl.Pipelines.Execution;

/// <summary>Keeps every run of a pipeline from being taken up, while a step of it that was given up still works in this process. Ends by
/// itself when it is not renewed, as when the process is gone.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="RunId">The run that the step belongs to.</param>
/// <param name="Token">Tells this hold from others.</param>
/// <param name="Duration">How long it lasts without being renewed.</param>
/// <param name="Remark">Why there is a hold, in words for a person.</param>
internal sealed record PipelineHold(string Pipeline, long RunId, string Token, TimeSpan Duration, string Remark)
{
    /// <summary>That the pipeline of run <c>r</c> is not held at <c>@now</c>.</summary>
    public const string IsFree = "NOT EXISTS (SELECT 1 FROM pipelines h WHERE h.id = r.pipeline AND h.held_until > @now)";

    /// <summary>Begins the hold, in the transaction that ends the step's attempt: there is no moment without either.</summary>
    public Task BeginAsync(DatabaseSession session, DateTimeOffset now) => session.ExecuteAsync(
        "UPDATE pipelines SET held_by = @token, held_run = @runId, held_until = @until WHERE id = @pipeline",
        [("token", Token), ("runId", RunId), ("until", now + Duration), ("pipeline", Pipeline)]);

    public Task RenewAsync(DatabaseSession session, DateTimeOffset now) => session.ExecuteAsync(
        "UPDATE pipelines SET held_until = @until WHERE id = @pipeline AND held_by = @token",
        [("until", now + Duration), ("pipeline", Pipeline), ("token", Token)]);

    public Task EndAsync(DatabaseSession session) => session.ExecuteAsync(
        "UPDATE pipelines SET held_by = NULL, held_run = NULL, held_until = NULL WHERE id = @pipeline AND held_by = @token",
        [("pipeline", Pipeline), ("token", Token)]);

    /// <summary>The runs whose steps hold pipelines, by pipeline.</summary>
    public static async Task<Dictionary<string, long>> ListAsync(DatabaseSession session, DateTimeOffset now) =>
        (await session.QueryAsync(
            "SELECT id, held_run FROM pipelines WHERE held_until > @now",
            [("now", now)],
            static row => (Pipeline: row.GetFieldValue<string>(0), Run: row.GetFieldValue<long>(1))).ConfigureAwait(false))
        .ToDictionary(held => held.Pipeline, held => held.Run, StringComparer.Ordinal);
}
