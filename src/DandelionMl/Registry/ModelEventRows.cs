using System.Data.Common;
using DandelionMl.Data;

namespace DandelionMl.Registry;

/// <summary>Who changes states, why and when.</summary>
internal sealed record ModelChange(ModelAction Action, string Reason, string Actor, DateTimeOffset At);

/// <summary>The record of changes in <c>model_events</c>.</summary>
internal static class ModelEventRows
{
    private const string Register = "register";
    private const string Promote = "promote";
    private const string Reject = "reject";
    private const string Rollback = "rollback";

    public static Task InsertAsync(
        DatabaseSession session, int version, string fromState, string toState, ModelChange change, string reason) => session.ExecuteAsync(
        """
        INSERT INTO model_events (version, from_state, to_state, action, reason, actor, at)
        VALUES (@version, @fromState, @toState, @action, @reason, @actor, @at)
        """,
        [
            ("version", version), ("fromState", fromState), ("toState", toState), ("action", Write(change.Action)),
            ("reason", reason), ("actor", change.Actor), ("at", change.At),
        ]);

    public static async Task<IReadOnlyList<ModelEvent>> ListAsync(DatabaseSession session, int? version) => await session.QueryAsync(
        $"""
        SELECT id, version, action, from_state, to_state, reason, actor, at FROM model_events
        {(version is null ? "" : "WHERE version = @version")}
        ORDER BY id
        """,
        [("version", version)],
        Read).ConfigureAwait(false);

    /// <summary>The champions, the present one last: a promotion puts one more on the pile, a rollback takes the topmost off.</summary>
    public static async Task<Stack<int>> SelectChampionsAsync(DatabaseSession session)
    {
        var champions = new Stack<int>();
        var changes = session.StreamAsync(
            "SELECT version, action FROM model_events WHERE to_state = @champion ORDER BY id",
            [("champion", ModelStateText.Champion)],
            static row => (Version: checked((int)row.GetFieldValue<long>(0)), Action: Parse(row.GetFieldValue<string>(1))));
        await foreach (var (version, action) in changes.ConfigureAwait(false))
        {
            if (action == ModelAction.Rollback)
            {
                champions.Pop();
            }
            else
            {
                champions.Push(version);
            }
        }

        return champions;
    }

    private static ModelEvent Read(DbDataReader row) => new()
    {
        Id = row.GetFieldValue<long>(0),
        Version = checked((int)row.GetFieldValue<long>(1)),
        Action = Parse(row.GetFieldValue<string>(2)),
        From = row.GetFieldValue<string>(3) is var from && from == ModelStateText.Reserved ? null : ModelStateText.Parse(from),
        To = ModelStateText.Parse(row.GetFieldValue<string>(4)),
        Reason = row.GetFieldValue<string>(5),
        Actor = row.GetFieldValue<string>(6),
        At = row.GetFieldValue<DateTimeOffset>(7),
    };

    private static string Write(ModelAction action) => action switch
    {
        ModelAction.Register => Register,
        ModelAction.Promote => Promote,
        ModelAction.Reject => Reject,
        ModelAction.Rollback => Rollback,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "An unknown action."),
    };

    private static ModelAction Parse(string text) => text switch
    {
        Register => ModelAction.Register,
        Promote => ModelAction.Promote,
        Reject => ModelAction.Reject,
        Rollback => ModelAction.Rollback,
        _ => throw new InvalidOperationException($"The registry holds the unknown action '{text}'."),
    };
}
