using DandelionMl.Data;
using DandelionMl.Storage;
using DandelionMl.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.IntegrationTests.Telemetry;

/// <summary>Servers that are not there: nothing listens on port 1.</summary>
public sealed class RetryTests
{
    [Fact]
    public async Task UsePostgres_counts_what_is_asked_again()
    {
        var services = new ServiceCollection();
        services.AddDandelionMl().UsePostgres(options => (options.ConnectionString, options.MaxRetryAttempts, options.RetryDelay) =
            ("Host=127.0.0.1;Port=1", 2, TimeSpan.FromMilliseconds(1)));
        await using var provider = services.BuildServiceProvider();
        using var measured = new Measurements(provider);

        await Assert.ThrowsAsync<DatabaseException>(
            () => provider.GetRequiredService<Database>().ReadAsync(_ => Task.FromResult(0), TestContext.Current.CancellationToken));

        Assert.Equal([(1, "dandelionml.server=postgresql"), (1, "dandelionml.server=postgresql")], measured.Of("dandelionml.retries"));
    }

    [Fact]
    public async Task UseS3_counts_what_is_asked_again()
    {
        var services = new ServiceCollection();
        services.AddDandelionMl().UseS3(options => (options.Endpoint, options.AccessKey, options.SecretKey) = (new Uri("http://127.0.0.1:1"), "access", "secret"));
        await using var provider = services.BuildServiceProvider();
        using var measured = new Measurements(provider);

        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => provider.GetRequiredService<IImageStore>().ExistsAsync("raw/a.jpg", TestContext.Current.CancellationToken));

        var retries = measured.Of("dandelionml.retries");
        Assert.NotEmpty(retries);
        Assert.All(retries, item => Assert.Equal((1, "dandelionml.server=s3"), item));
    }
}
