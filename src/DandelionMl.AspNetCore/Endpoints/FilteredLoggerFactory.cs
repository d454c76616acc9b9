using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>The application's loggers, less those of some categories.</summary>
/// <param name="application">The application's, not disposed.</param>
/// <param name="silent">How the categories begin of which nothing is logged.</param>
internal sealed class FilteredLoggerFactory(ILoggerFactory application, params IReadOnlyList<string> silent) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) =>
        silent.Any(start => categoryName.StartsWith(start, StringComparison.Ordinal)) ? NullLogger.Instance : application.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => application.AddProvider(provider);

    public void Dispose()
    {
    }
}
