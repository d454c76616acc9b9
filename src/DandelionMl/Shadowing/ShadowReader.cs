using DandelionMl.Data;
using DandelionMl.Photos;
using DandelionMl.Registry;

namespace DandelionMl.Shadowing;

/// <summary>Tells how the shadow compares with the champion. Thread-safe.</summary>
internal sealed class ShadowReader(Database database, ShadowSwitch shadows)
{
    private const string DifferingSql =
        """
        SELECT u.decision, p.label, u.predicted_label, u.shadow_label
        FROM uploads u JOIN plants_data p ON p.id = u.image_id
        WHERE u.shadow_version = @shadow AND u.model_version = @champion AND u.shadow_label <> u.predicted_label
            AND u.decision IS NOT NULL AND u.decision <> @unusable
        ORDER BY u.decided_at, u.image_id
        """;

    /// <summary>How the shadow that runs compares with the champion.</summary>
    /// <returns>The report; null while no shadow runs.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<ShadowReport?> FindAsync(CancellationToken cancellationToken)
    {
        if (await shadows.FindAsync(cancellationToken).ConfigureAwait(false) is not { } running)
        {
            return null;
        }

        var (champion, shadow) = (running.Champion.Version, running.Model.Version);
        var (counts, scores) = await database.ReadAsync(
            async session => (
                await ShadowRows.ListAsync(session, champion, shadow).ConfigureAwait(false),
                await ListScoresAsync(session, champion, shadow).ConfigureAwait(false)),
            cancellationToken).ConfigureAwait(false);
        return new ShadowReport
        {
            ShadowVersion = shadow,
            ChampionVersion = champion,
            Since = running.Setting.Since,
            StartedBy = running.Setting.StartedBy,
            Failure = await FindFailureAsync(running.Model, cancellationToken).ConfigureAwait(false),
            Compared = counts.Sum(count => count.Answers),
            Agreed = counts.Where(count => count.IsAgreed).Sum(count => count.Answers),
            Classes = counts.ConvertAll(count => new ShadowClasses(count.ChampionLabel, count.ShadowLabel, count.Answers)),
            Reviewed = PairedEvidence.Of(scores),
        };
    }

    private static Task<List<PairedScore>> ListScoresAsync(DatabaseSession session, int champion, int shadow) => session.QueryAsync(
        DifferingSql,
        [("champion", (long)champion), ("shadow", (long)shadow), ("unusable", PhotoActionText.Of(PhotoAction.Unusable))],
        static row => Score(
            PhotoActionText.Parse(row.GetFieldValue<string>(0)), row.GetFieldValue<string>(1), row.GetFieldValue<string>(2), row.GetFieldValue<string>(3)));

    /// <summary>Which of the two is right, by the label that the photo has now. One that is none of the classes keeps the label that it came with.</summary>
    private static PairedScore Score(PhotoAction decision, string label, string champion, string shadow) => decision switch
    {
        PhotoAction.NoneOfThese => PairedScore.BothWrong,
        _ when label == shadow => PairedScore.ShadowRight,
        _ when label == champion => PairedScore.ChampionRight,
        _ => PairedScore.BothWrong,
    };

    private async Task<string?> FindFailureAsync(ModelVersion model, CancellationToken cancellationToken)
    {
        try
        {
            await shadows.LoadAsync(model, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (DandelionMlException exception)
        {
            return exception.Message;
        }
    }
}
