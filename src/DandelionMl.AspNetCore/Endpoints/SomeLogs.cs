using Microsoft.Extensions.Logging.Abstractions;

namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>The application's logs without some of the framework's own.</summary>
/// <param name="application">The application's, not disposed.</param>
/// <param name="silent">How the categories begin of which nothing is logged.</param>
internal sealed class SomeLogs(ILoggerFactory application, string silent) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(silent, StringComparison.Ordinal) ? NullLogger.Instance : application.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => application.AddProvider(provider);

    public void Dispose()
    {
    }
}
