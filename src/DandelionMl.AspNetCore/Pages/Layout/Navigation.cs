namespace DandelionMl.AspNetCore.Pages.Layout;

/// <summary>The pages that every page links to, in order.</summary>
internal static class Navigation
{
    public static IReadOnlyList<NavigationLink> Links { get; } =
    [
        new("predict", "Navigation.Predict", IsForAdmins: false),
        new("review", "Navigation.Review", IsForAdmins: true, IsReview: true),
        new("models", "Navigation.Models", IsForAdmins: true),
        new("pipelines", "Navigation.Pipelines", IsForAdmins: true),
        new("data", "Navigation.Data", IsForAdmins: true),
        new("monitoring", "Navigation.Monitoring", IsForAdmins: true),
    ];
}

/// <summary>A page to go to.</summary>
/// <param name="Path">Its path; a page below it counts as it.</param>
/// <param name="Text">Key of its name.</param>
/// <param name="IsForAdmins">Whether only those who are signed in see it.</param>
/// <param name="IsReview">Whether the number of photos that wait for review stands beside it.</param>
internal sealed record NavigationLink(string Path, string Text, bool IsForAdmins, bool IsReview = false);
