using DandelionMl.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary><c>admin.json</c> of the data directory as configuration, read anew when it changes.</summary>
internal sealed class AdminSettings : IDisposable
{
    private readonly IConfigurationRoot _root;
    private readonly bool _isRunning;

    /// <exception cref="InvalidAdminFileException">The file is damaged.</exception>
    public AdminSettings(IOptions<DandelionMlOptions> options)
    {
        var builder = new ConfigurationBuilder();
        builder.AddAdminFile(options.Value.DataDirectory, () => _isRunning);
        _root = builder.Build();
        _isRunning = true;
    }

    public IConfiguration Configuration => _root;

    /// <summary>Reads it now.</summary>
    public void Reload() => _root.Reload();

    public void Dispose() => (_root as IDisposable)?.Dispose();
}
