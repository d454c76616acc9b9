using DandelionMl.AspNetCore.Pages;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Security.Limits;

namespace DandelionMl.AspNetCore;

/// <summary>How DandelionMl's API and pages work in an application; configuration section <c>DandelionMl</c>, where the library has its
/// settings, too.</summary>
public sealed class DandelionMlWebOptions
{
    /// <summary>The application's authorization policy (see <c>AddAuthorization</c>) for administrators, used with its own
    /// authentication. Null by default: then people sign in with a password of <see cref="Admin"/>, and programs have keys.</summary>
    public string? AdministratorPolicy { get; set; }

    /// <summary>Who may administer, where the application has no policy of its own.</summary>
    public AdminOptions Admin { get; set; } = new();

    /// <summary>What the pages show.</summary>
    public PageOptions Pages { get; set; } = new();

    /// <summary>Limits on what clients may do.</summary>
    public SecurityOptions Security { get; set; } = new();
}
