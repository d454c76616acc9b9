namespace DandelionMl.AspNetCore.Pages.Settings;

/// <summary><c>/settings</c>: what the application goes by. It is changed in the application's configuration.</summary>
internal static class SettingsPages
{
    public static void MapSettingsPages(this IEndpointRouteBuilder routes) => routes.MapAdminPages().MapPage<SettingsPage>("/settings");
}
