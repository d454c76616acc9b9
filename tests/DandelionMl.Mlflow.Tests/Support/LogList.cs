using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Mlflow.Tests.Support;

/// <summary>Keeps what is logged of mirroring, each message with its id.</summary>
internal sealed class LogList : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> _messages = [];

    public IReadOnlyList<string> Of(int id) => [.. _messages.Where(message => message.Id == id).Select(message => message.Text)];

    public IReadOnlyList<string> All => [.. _messages.Select(message => message.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _messages.Enqueue((eventId.Id, formatter(state, exception)));

    public void Dispose()
    {
    }
}
