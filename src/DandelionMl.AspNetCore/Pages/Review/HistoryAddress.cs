using System.Globalization;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Pages.Shared;
using DandelionMl.Photos;

namespace DandelionMl.AspNetCore.Pages.Review;

/// <summary>Which decisions are looked for, as the address has it; what can't be read is no condition.</summary>
internal static class HistoryAddress
{
    public const string Page = "review/history";
    public const string Table = "review/history.csv";

    /// <summary>What a reviewer decides.</summary>
    public static IReadOnlyList<PhotoAction> Actions { get; } =
        [PhotoAction.Confirm, PhotoAction.Correct, PhotoAction.NoneOfThese, PhotoAction.Unusable, PhotoAction.Undo];

    public static ReviewHistoryFilter Read(IQueryCollection query) => new(
        query["person"].ToString().Trim() is { Length: > 0 } person ? person : null,
        Choice<PhotoAction>.TryParse(query["decision"], null, out var action) && Actions.Contains(action.Value) ? action.Value : null,
        FormDay.Read(query, "from"),
        FormDay.Read(query, "to"));

    public static string Of(string path, ReviewHistoryFilter filter, int skip = 0)
    {
        var fields = new Dictionary<string, string?>
        {
            ["person"] = filter.Actor,
            ["decision"] = filter.Action?.ToString(),
            ["from"] = FormDay.Show(filter.From),
            ["to"] = FormDay.Show(filter.To),
            ["skip"] = skip > 0 ? skip.ToString(CultureInfo.InvariantCulture) : null,
        };
        return path + QueryString.Create(fields.Where(field => field.Value is not null));
    }
}
