using DandelionMl.Registry;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>Which version was served before, as the registry goes back to it.</summary>
internal static class ChampionHistory
{
    /// <param name="events">The events of all versions, in their order.</param>
    /// <returns>The version that a rollback makes the champion; null if there is none.</returns>
    public static int? FindPrevious(IEnumerable<ModelEvent> events)
    {
        var champions = new Stack<int>();
        foreach (var change in events.Where(item => item.To == ModelState.Champion))
        {
            if (change.Action == ModelAction.Rollback)
            {
                champions.Pop();
            }
            else
            {
                champions.Push(change.Version);
            }
        }

        return champions.Count > 1 ? champions.Skip(1).First() : null;
    }
}
