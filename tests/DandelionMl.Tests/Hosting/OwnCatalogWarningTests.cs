using System.Reflection;
using DandelionMl.Catalog;
using DandelionMl.Hosting;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Tests.Hosting;

public sealed class OwnCatalogWarningTests
{
    [Fact]
    public async Task StartAsync_with_a_catalog_of_the_applications_own_says_that_uploads_do_not_meet_it()
    {
        var log = new Lines();

        await new OwnCatalogWarning(DispatchProxy.Create<IImageCatalog, NoCatalog>(), log).StartAsync(TestContext.Current.CancellationToken);

        Assert.Contains("uploads", Assert.Single(log.Texts), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_with_the_librarys_catalog_says_nothing()
    {
        await using var stores = new TestStores();
        var log = new Lines();

        await new OwnCatalogWarning(stores.Catalog, log).StartAsync(TestContext.Current.CancellationToken);

        Assert.Empty(log.Texts);
    }

    public class NoCatalog : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw new NotSupportedException();
    }

    private sealed class Lines : ILogger<OwnCatalogWarning>
    {
        public List<string> Texts { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Texts.Add(formatter(state, exception));
    }
}
