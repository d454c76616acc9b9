using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Hosting;
using Microsoft.Extensions.Options;

namespace DandelionMl.Tool.Demo;

/// <summary>The data set <c>demo</c>: pictures of dandelions and grass, drawn into the data directory when they are asked for.</summary>
/// <param name="options">Tell the data directory.</param>
internal sealed class DemoDataset(IOptions<DandelionMlOptions> options) : IDataset
{
    public const string DatasetName = "demo";

    /// <summary>Enough for the gate's floor of test pictures of each class.</summary>
    public const int PicturesPerClass = 100;

    private const int Seed = 1;

    public string Name => DatasetName;

    /// <summary>Where the pictures are.</summary>
    public string Folder => Path.Combine(options.Value.DataDirectory, "pictures");

    public IAsyncEnumerable<ManifestEntry> ReadAsync(CancellationToken cancellationToken = default)
    {
        Draw(cancellationToken);
        return new FolderDataset(Folder).ReadAsync(cancellationToken);
    }

    /// <summary>Draws the pictures that are not there yet.</summary>
    public void Draw(CancellationToken cancellationToken) => DemoPictures.Draw(Folder, PicturesPerClass, Seed, cancellationToken);
}
