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

    private const int Strangers = 32;
    private const int AtATime = 2_000;

    // One in so many photos waits for a review, besides those that are stored.
    private const int StoredPerWaiting = 10;

    private readonly BackboneInfo _backbone;
    private readonly Random _random = new(1);
    private readonly List<float[]> _centres;
    private float[] _last = [];
    private int _next;

    /// <param name="backbone">What the embeddings are said to be of.</param>
    public SyntheticPhotos(BackboneInfo backbone)
    {
        _backbone = backbone;
        _centres = [.. Enumerable.Range(0, Scenes).Select(_ => Draw(_random))];
        var random = new Random(2);
        Strange = [.. Enumerable.Range(0, Strangers).Select(number => Near(_centres[number], 1.5f, random))];
    }

    /// <summary>Photos of the same scenes that are in no catalog.</summary>
    public IReadOnlyList<float[]> Strange { get; }

    /// <summary>SHA-256 of a photo.</summary>
    public static string Hash(int number) => ContentHash.Of(BitConverter.GetBytes(number));

    /// <summary>Puts the next photos into the catalog, embedded; few are in memory at a time.</summary>
    public async Task AddAsync(Database database, IEmbeddingStore embeddings, int count)
    {
        foreach (var batch in Enumerable.Range(_next, count).Chunk(AtATime))
        {
            await InsertAsync(database, batch, "stored");
            await embeddings.PutAsync(_backbone.Space, [.. batch.Select(number => KeyValuePair.Create(Hash(number), Next(number)))]);
        }

        _next += count;
    }

    /// <summary>Puts photos that users sent into the catalog, a tenth as many as are stored, to be reviewed.</summary>
    public async Task AddWaitingAsync(Database database, IEmbeddingStore embeddings, int version)
    {
        var first = int.MaxValue / 2;
        foreach (var batch in Enumerable.Range(first, _next / StoredPerWaiting).Chunk(AtATime))
        {
            await InsertAsync(database, batch, "pending");
            await embeddings.PutAsync(_backbone.Space, [.. batch.Select(number => KeyValuePair.Create(Hash(number), Near(_centres[number % Scenes], 1.5f, _random)))]);
        }

        await database.WriteAsync(
            session => session.ExecuteAsync(
                """
                INSERT INTO uploads (
                    image_id, file_name, predicted_label, probability, margin, model_version, backbone_id, preprocessing_id, drawn_at_random)
                SELECT id, 'photo.jpg', label, 0.6, (id % 997) / 997.0, @version, @backbone, @preprocessing, @random
                FROM plants_data WHERE state = 'pending'
                """,
                [
                    ("version", (long)version), ("backbone", _backbone.Space.BackboneId), ("preprocessing", _backbone.Space.PreprocessingId),
                    ("random", false),
                ]),
            CancellationToken.None);
    }

    private static Task<int> InsertAsync(Database database, int[] numbers, string state)
    {
        var now = DateTimeOffset.UnixEpoch;
        return database.WriteAsync(session => session.InsertNewAsync(
            "plants_data",
            Columns,
            [.. numbers.Select(number => new object?[]
            {
                string.Create(CultureInfo.InvariantCulture, $"synthetic:{number}"), $"file:///{StorageKey}", number % 2 == 0 ? "dandelion" : "grass",
                StorageKey, Hash(number), 1L, state, now, now,
            })]), CancellationToken.None);
    }

    private float[] Next(int number) => _last = number % 20 == 19 ? Duplicate(_last) : Near(_centres[number % Scenes], 1.5f, _random);

    /// <summary>Nearly the same photo, so of about the same length, too.</summary>
    private float[] Duplicate(float[] other)
    {
        const float Closeness = 20;
        var vector = Near(other, Closeness, _random);
        TensorPrimitives.Divide(vector, Closeness, vector);
        return vector;
    }

    private float[] Near(float[] other, float closeness, Random random)
    {
        var vector = Draw(random);
        TensorPrimitives.MultiplyAdd(other, closeness, vector, vector);
        return vector;
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
