using System.Globalization;
using System.Numerics.Tensors;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Storage;

namespace DandelionMl.Benchmarks.Scale;

/// <summary>Rows of the catalog and embeddings with no picture behind them: two classes, of which each photo is like others of its scene, and one
/// in twenty a near-duplicate of the one before.</summary>
internal sealed class SyntheticPhotos
{
    /// <summary>The one object in the store that stands for all of them.</summary>
    public const string StorageKey = "images/synthetic";

    private const int Scenes = 200;

    private static readonly string[] Columns =
        ["url_source", "url_s3", "label", "storage_key", "sha256", "size_bytes", "state", "created_at", "updated_at"];

    private readonly BackboneInfo _backbone;
    private const int Strangers = 32;

    private readonly List<float[]> _vectors = [];

    public SyntheticPhotos(BackboneInfo backbone, int count)
    {
        _backbone = backbone;
        Hashes = [.. Enumerable.Range(0, count).Select(number => ContentHash.Of(BitConverter.GetBytes(number)))];
        var random = new Random(1);
        var centres = Enumerable.Range(0, Scenes).Select(_ => Draw(random)).ToList();
        for (var number = 0; number < count; number++)
        {
            var vector = Draw(random);
            var isCopy = number % 20 == 19;
            TensorPrimitives.MultiplyAdd(isCopy ? _vectors[number - 1] : centres[number % Scenes], isCopy ? 20f : 1.5f, vector, vector);
            _vectors.Add(vector);
        }

        Strange = [.. Enumerable.Range(0, Strangers).Select(number =>
        {
            var vector = Draw(random);
            TensorPrimitives.MultiplyAdd(centres[number], 1.5f, vector, vector);
            return vector;
        })];
    }

    public IReadOnlyList<string> Hashes { get; }

    /// <summary>Photos of the same scenes that are in no catalog.</summary>
    public IReadOnlyList<float[]> Strange { get; }

    /// <summary>Puts some of them into the catalog, embedded.</summary>
    public async Task AddAsync(Database database, IEmbeddingStore embeddings, int first, int count)
    {
        var now = DateTimeOffset.UnixEpoch;
        var numbers = Enumerable.Range(first, count).ToList();
        await database.WriteAsync(session => session.InsertNewAsync(
            "plants_data",
            Columns,
            [.. numbers.Select(number => new object?[]
            {
                string.Create(CultureInfo.InvariantCulture, $"synthetic:{number}"), $"file:///{StorageKey}", number % 2 == 0 ? "dandelion" : "grass",
                StorageKey, Hashes[number], 1L, "stored", now, now,
            })]), CancellationToken.None);
        foreach (var batch in numbers.Chunk(10_000))
        {
            await embeddings.PutAsync(_backbone.Space, [.. batch.Select(number => KeyValuePair.Create(Hashes[number], _vectors[number]))]);
        }
    }

    /// <summary>Of a spectrum that falls as one by the rank, as that of features of photos does.</summary>
    private float[] Draw(Random random)
    {
        var vector = new float[_backbone.Dimensions];
        for (var index = 0; index < vector.Length; index++)
        {
            vector[index] = (float)(random.NextGaussian() / Math.Sqrt(index + 1));
        }

        return vector;
    }
}
