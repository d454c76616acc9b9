using DandelionMl.AspNetCore.Pages.Models;
using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Tests.Pages.Models;

public sealed class ChampionHistoryTests
{
    [Theory]
    [InlineData("", null)]
    [InlineData("+1", null)]
    [InlineData("+1 +2", 1)]
    [InlineData("+1 +2 -1", null)]
    [InlineData("+1 +2 +3 -2", 1)]
    [InlineData("+1 +2 -1 +3", 1)]
    [InlineData("+1 +2 +1", 2)]
    public void FindPrevious_goes_back_as_rollbacks_do(string changes, int? previous)
    {
        var events = changes.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany((change, index) =>
        {
            var action = change[0] == '+' ? ModelAction.Promote : ModelAction.Rollback;
            return new[]
            {
                Change(2 * index, 9, action, ModelState.Champion, ModelState.Archived),
                Change((2 * index) + 1, change[1] - '0', action, ModelState.Archived, ModelState.Champion),
            };
        });

        Assert.Equal(previous, ChampionHistory.FindPrevious(events));
    }

    private static ModelEvent Change(long id, int version, ModelAction action, ModelState from, ModelState to) => new()
    {
        Id = id,
        Version = version,
        Action = action,
        From = from,
        To = to,
        Reason = "a reason",
        Actor = "anna",
        At = DateTimeOffset.UnixEpoch,
    };
}
