using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Storage;
using DandelionMl.S3;
using Microsoft.Extensions.DependencyInjection;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>The library's way, as an application has it.</summary>
internal static class Ingestion
{
    public static async Task<Measurement> OnServersAsync(Servers servers, PhotoSet photos)
    {
        var (s3, connectionString) = (servers.NewBucket(), await servers.NewDatabaseAsync());
        return await RunAsync(servers, photos, builder => builder.UsePostgres(connectionString).UseS3(options => Copy(s3, options)));
    }

    public static Task<Measurement> EmbeddedAsync(Servers servers, PhotoSet photos) => RunAsync(servers, photos, builder => builder);

    private static async Task<Measurement> RunAsync(
        Servers servers, PhotoSet photos, Func<DandelionMlBuilder, DandelionMlBuilder> configure)
    {
        var services = new ServiceCollection();
        configure(services.AddDandelionMl(options => options.DataDirectory = servers.NewFolder()));
        await using var provider = services.BuildServiceProvider();

        // Tables and bucket are there before the clock runs, as they are for the loop.
        await provider.GetRequiredService<IImageCatalog>().FindBySourceAsync("none");
        await provider.GetRequiredService<IImageStore>().ExistsAsync("none");
        return await Measurement.OfAsync(photos.Count, async progress =>
        {
            var report = await provider.GetRequiredService<DatasetIngestor>().IngestAsync(
                new FolderDataset(photos.Folder), new Reporter(progress));
            if (report.New != photos.Count)
            {
                throw new InvalidOperationException($"{report.New} of {photos.Count} photos were taken in.");
            }
        });
    }

    private static void Copy(S3Options from, S3Options to)
    {
        (to.Endpoint, to.Bucket) = (from.Endpoint, from.Bucket);
        (to.AccessKey, to.SecretKey) = (from.AccessKey, from.SecretKey);
    }

    private sealed class Reporter(Action<int> progress) : IProgress<ItemProgress>
    {
        public void Report(ItemProgress value) => progress(value.Completed);
    }
}
