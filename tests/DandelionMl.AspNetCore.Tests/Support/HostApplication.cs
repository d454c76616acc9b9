using DandelionMl.Tool.Tests.Support;
using DandelionMl.Tool.Commands;
using DandelionMl.AspNetCore.Security.Credentials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DandelionMl.AspNetCore.Tests.Support;

/// <summary>The real application on Kestrel in this process, on loopback, with a clock of the test's. 'anna' has a password and 'robot'
/// a key, unless it is started without.</summary>
internal sealed class HostApplication : IAsyncDisposable
{
    public const string Person = "anna";
    public const string Password = "correct horse battery";

    private readonly TempFolder? _ownFolder;
    private readonly List<IDisposable> _clients = [];

    private HostApplication(TempFolder? ownFolder, string data, WebApplication application, FakeTimeProvider time, LogCollector logs, string key)
    {
        (_ownFolder, Data, Application, Time, Logs, Key) = (ownFolder, data, application, time, logs, key);
        File = new AdminFile(data);
    }

    /// <summary>Hashed once for all tests, since that is slow on purpose.</summary>
    public static string PasswordHash { get; } = AdminPassword.Hash(Password);

    public string Data { get; }

    public WebApplication Application { get; }

    public FakeTimeProvider Time { get; }

    public LogCollector Logs { get; }

    /// <summary>The key of 'robot'.</summary>
    public string Key { get; }

    public AdminFile File { get; }

    /// <param name="data">The data directory; null for one of its own.</param>
    /// <param name="settings">Settings, by their keys below <c>DandelionMl</c>.</param>
    /// <param name="map">Maps further routes, on a group that is the library's.</param>
    /// <param name="withAdmin">Whether anybody may administer.</param>
    /// <param name="services">Services in the place of the host's own.</param>
    /// <param name="others">Settings that are not below <c>DandelionMl</c>.</param>
    public static async Task<HostApplication> StartAsync(
        string? data = null, Dictionary<string, string?>? settings = null, Action<IEndpointRouteBuilder>? map = null, bool withAdmin = true,
        Action<IServiceCollection>? services = null, Dictionary<string, string?>? others = null)
    {
        var ownFolder = data is null ? new TempFolder() : null;
        data ??= ownFolder!["data"];
        var key = ApiKey.Create();
        if (withAdmin)
        {
            var file = new AdminFile(data);
            file.Set("Passwords", Person, PasswordHash);
            file.Set("ApiKeys", "robot", ApiKey.Hash(key));
        }

        var time = new FakeTimeProvider(new DateTimeOffset(2030, 3, 2, 12, 0, 0, TimeSpan.Zero));
        var logs = new LogCollector();
        var all = (settings ?? []).ToDictionary(item => $"DandelionMl:{item.Key}", item => item.Value);
        foreach (var (name, value) in others ?? [])
        {
            all[name] = value;
        }

        all["DandelionMl:Backbone"] = "built-in-v1";
        all["Logging:LogLevel:Default"] = "Trace";
        all["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace";
        var application = ServeCommand.CreateApplication(new DirectoryInfo(data), "http://127.0.0.1:0", all, own =>
        {
            own.AddSingleton<TimeProvider>(time);
            own.RemoveAll<ILoggerProvider>();
            own.AddSingleton<ILoggerProvider>(logs);
            services?.Invoke(own);
        });
        map?.Invoke(application.MapMount("").Group);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new HostApplication(ownFolder, data, application, time, logs, key);
    }

    /// <summary>Reads the settings anew at once; the file's watcher would take a moment.</summary>
    public void Reload()
    {
        ((IConfigurationRoot)Application.Configuration).Reload();
        Application.Services.GetRequiredService<AdminSettings>().Reload();
    }

    /// <summary>A client with cookies of its own, signed in nowhere.</summary>
    public HostClient CreateClient()
    {
        var client = new HostClient(new Uri(Application.Urls.First()));
        _clients.Add(client);
        return client;
    }

    /// <summary>A client that 'anna' signed in with.</summary>
    public async Task<HostClient> SignInAsync()
    {
        var client = CreateClient();
        using var response = await client.SignInAsync(Person, Password);
        response.EnsureSuccessStatusCode();
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        await Application.DisposeAsync();
        _ownFolder?.Dispose();
    }
}
