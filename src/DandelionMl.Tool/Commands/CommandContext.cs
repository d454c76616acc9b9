using System.CommandLine;
using DandelionMl.Tool.Hosting;

namespace DandelionMl.Tool.Commands;

/// <summary>What a command that does not serve works with: the library's services on the data directory asked for, and the
/// terminal.</summary>
internal sealed class CommandContext : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private CommandContext(ServiceProvider services, Terminal terminal) => (_services, Terminal) = (services, terminal);

    public Terminal Terminal { get; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Runs a command and turns its known errors into a message and an exit code.</summary>
    public static async Task<int> RunAsync(
        ParseResult parseResult,
        CommonOptions options,
        Func<CommandContext, Task<int>> command,
        IReadOnlyDictionary<string, string?>? settings = null)
    {
        var terminal = new Terminal(parseResult.GetValue(options.Json));
        return await terminal.GuardAsync(async () =>
        {
            var configuration = HostConfiguration.Create(parseResult.GetValue(options.Data), settings).Build();
            var services = new ServiceCollection();
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)
                .AddSimpleConsole(console => console.SingleLine = true)
                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
            services.AddConfiguredDandelionMl(configuration);
            var context = new CommandContext(services.BuildServiceProvider(validateScopes: true), terminal);
            await using var contextLifetime = context.ConfigureAwait(false);
            return await command(context).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
