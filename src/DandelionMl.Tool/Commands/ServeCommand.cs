using System.Buffers;
using System.CommandLine;
using System.Net.Sockets;
using DandelionMl.Tool.Hosting;
using DandelionMl.Tool.Hosting.Telemetry;
using Microsoft.AspNetCore.Connections;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion serve</c>, the default: the HTTP API and the web pages.</summary>
internal static class ServeCommand
{
    public const string DefaultUrls = "http://localhost:8000";

    private static readonly SearchValues<char> NotInPrefix = SearchValues.Create("{}?# *");

    public static Command Create(CommonOptions options)
    {
        var command = new Command("serve", "Serve the champion over HTTP (the default).");
        SetAction(command, options);
        return command;
    }

    /// <summary>Makes serving what the root command does.</summary>
    public static void MakeDefault(RootCommand root, CommonOptions options) => SetAction(root, options);

    private static void SetAction(Command command, CommonOptions options)
    {
        var urls = UrlsOption();
        var prefix = new Option<string>("--prefix")
        {
            Description = "The path that all addresses begin with, such as /plants. Default: none.",
            DefaultValueFactory = _ => "",
        };
        prefix.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not "" and var given && (given is not ['/', _, ..] || given.AsSpan().ContainsAny(NotInPrefix)))
            {
                result.AddError($"--prefix is '{given}': it must begin with a slash, such as /plants.");
            }
        });
        command.Options.Add(urls);
        command.Options.Add(prefix);
        command.SetAction((parseResult, cancellationToken) => new Terminal(parseResult.GetValue(options.Json)).GuardAsync(async () =>
        {
            var application = CreateApplication(
                parseResult.GetValue(options.Data), parseResult.GetValue(urls), LogSettings(parseResult.GetValue(options.Json)),
                prefix: parseResult.GetRequiredValue(prefix));
            await using var applicationLifetime = application.ConfigureAwait(false);
            await RunAsync(application, started: null, cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        }));
    }

    public static Option<string?> UrlsOption()
    {
        var option = new Option<string?>("--urls") { Description = $"The addresses to listen on, separated by semicolons. Default: {DefaultUrls}." };
        option.Validators.Add(result =>
        {
            foreach (var url in Parts(result.Tokens is [{ Value: var text }, ..] ? text : "").Where(url => !IsAddress(url)))
            {
                result.AddError($"--urls is '{url}': an address is needed, such as {DefaultUrls}.");
            }
        });
        return option;
    }

    /// <summary>Where a command writes its results as documents, standard output is theirs, and the log goes to standard error.</summary>
    public static Dictionary<string, string?> LogSettings(bool json) =>
        json ? new() { ["Logging:Console:LogToStandardErrorThreshold"] = nameof(LogLevel.Trace) } : [];

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", Port: >= 0 and <= ushort.MaxValue };
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Builds the web application, listening nowhere yet.</summary>
    /// <param name="data">The data directory; null for the one that is configured.</param>
    /// <param name="urls">Where to listen; null for what is configured.</param>
    /// <param name="settings">Settings above all others.</param>
    /// <param name="services">Services in the place of the host's own.</param>
    /// <param name="prefix">What all addresses begin with.</param>
    public static WebApplication CreateApplication(
        DirectoryInfo? data,
        string? urls,
        IReadOnlyDictionary<string, string?>? settings = null,
        Action<IServiceCollection>? services = null,
        string prefix = "")
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLineSettings(data, settings);
        builder.WebHost.UseUrls([.. Addresses(urls, builder.Configuration), .. MetricsAddress(builder.Configuration[TelemetryOptions.MetricsPortKey])]);
        services?.Invoke(builder.Services);
        builder.Services.AddConfiguredDandelionMl(builder.Configuration).AddLearningLoop();
        builder.Services.AddDandelionMlWeb();
        builder.UseDandelionMlDefaults();
        builder.AddTelemetry();

        // Why it can't start is told once, at the end; why a service failed, with what is critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);

        var application = builder.Build();
        application.UseTelemetry();
        application.MapDandelionMl(prefix);
        return application;
    }

    /// <summary>Where to listen: what the command line says, else the configured <c>urls</c>, else the configured <c>http_ports</c> on all of
    /// the machine's addresses (container images set <c>ASPNETCORE_HTTP_PORTS</c>), else <see cref="DefaultUrls"/>.</summary>
    /// <param name="urls">What the command line says; null for nothing.</param>
    /// <param name="configuration">The host's configuration.</param>
    public static string[] Addresses(string? urls, IConfiguration configuration)
    {
        if ((urls ?? configuration[WebHostDefaults.ServerUrlsKey]) is { } addresses)
        {
            return Parts(addresses);
        }

        var ports = Parts(configuration[WebHostDefaults.HttpPortsKey] ?? "");
        return ports is [] ? [DefaultUrls] : [.. ports.Select(port => $"http://*:{port}")];
    }

    private static string[] MetricsAddress(string? port) => string.IsNullOrEmpty(port) ? [] : [$"http://*:{port}"];

    private static string[] Parts(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="application">The application.</param>
    /// <param name="started">Called when it listens, with its first address.</param>
    /// <param name="cancellationToken">Stops it, after the requests in flight.</param>
    public static async Task RunAsync(WebApplication application, Action<string>? started, CancellationToken cancellationToken)
    {
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // What runs by itself already would be cut off else, and say that it failed.
            application.Lifetime.StopApplication();
            await application.StopAsync(CancellationToken.None).ConfigureAwait(false);
            if (IsOfListening(exception))
            {
                throw new ListeningException(exception);
            }

            throw;
        }

        started?.Invoke(application.Urls.First());
        await application.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether an error says that the server can't listen: there is no such address here, it is taken, or there is no certificate.</summary>
    private static bool IsOfListening(Exception exception) =>
        exception is SocketException || exception.InnerException is AddressInUseException
        || (exception is InvalidOperationException or FormatException or ArgumentException
            && exception.StackTrace?.Contains("Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal) == true);
}

/// <summary>The server can't listen where it is told to.</summary>
internal sealed class ListeningException(Exception cause) : DandelionMlException($"The server can't listen: {cause.Message}", cause);
