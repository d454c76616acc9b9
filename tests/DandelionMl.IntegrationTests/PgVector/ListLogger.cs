using Microsoft.Extensions.Logging;

namespace DandelionMl.IntegrationTests.PgVector;

/// <summary>Keeps what is logged, each message with its id.</summary>
internal sealed class ListLogger(List<string> messages) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        messages.Add($"{eventId.Id} {formatter(state, exception)}");
}
