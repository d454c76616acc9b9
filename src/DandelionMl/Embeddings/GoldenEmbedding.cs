using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Imaging;

namespace DandelionMl.Embeddings;

/// <summary>Tells whether a backbone answers on this machine as it did where it was first used on this database: another runtime or processor may
/// give other embeddings for the same weights, which neither the kept ones nor the models go with. The embedding of a fixed picture is kept
/// for each space and weights file. Thread-safe.</summary>
internal sealed class GoldenEmbedding(SettingStore settings)
{
    /// <summary>Cosine similarity from which two embeddings are the same but for rounding.</summary>
    public const float LeastSimilarity = 0.999f;

    private const int Width = 240;
    private const int Height = 180;

    /// <summary>Embeds the fixed picture.</summary>
    public static float[] Embed(IBackbone backbone, CancellationToken cancellationToken)
    {
        var preprocessing = backbone.Info.Preprocessing;
        var (tensor, embedding) = (new float[preprocessing.TensorLength], new float[backbone.Info.Dimensions]);
        preprocessing.Apply(Picture(), tensor);
        backbone.Embed(tensor, embedding, cancellationToken);
        return embedding;
    }

    /// <summary>Compares an embedding of the fixed picture with the one that is kept; where none is, this one is kept.</summary>
    /// <param name="info">The backbone that embedded it.</param>
    /// <param name="embedding">The embedding.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Their cosine similarity, from -1 to 1.</returns>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<float> CompareAsync(BackboneInfo info, float[] embedding, CancellationToken cancellationToken)
    {
        var kept = await settings.GetAsync(Key(info), cancellationToken).ConfigureAwait(false)
            ?? await settings.TrySetOnceAsync(Key(info), Write(embedding), cancellationToken).ConfigureAwait(false);
        return Similarity(kept, embedding);
    }

    /// <summary>Compares an embedding of the fixed picture with the one that is kept, if there is one.</summary>
    /// <returns>Their cosine similarity, from -1 to 1; null where none is kept.</returns>
    /// <inheritdoc cref="CompareAsync"/>
    public async Task<float?> CompareKnownAsync(BackboneInfo info, float[] embedding, CancellationToken cancellationToken) =>
        await settings.GetAsync(Key(info), cancellationToken).ConfigureAwait(false) is { } kept ? Similarity(kept, embedding) : null;

    /// <summary>Keeps an embedding in the place of the one that is kept.</summary>
    /// <inheritdoc cref="CompareAsync"/>
    public Task AcceptAsync(BackboneInfo info, float[] embedding, CancellationToken cancellationToken) =>
        settings.SetAsync(Key(info), Write(embedding), cancellationToken);

    /// <summary>Says that a backbone answers otherwise, and what to do.</summary>
    public static string Explain(BackboneInfo info, float similarity) => string.Create(
        CultureInfo.InvariantCulture,
        $"Backbone {info.Space} gives other embeddings on this machine than where it was first used: cosine similarity {similarity:F4} on a "
        + $"fixed picture. Restore the runtime that was used then; or, where the model is right all the same on photos whose labels you know, run "
        + $"'dandelion backbone accept {info.Id}' of the tool DandelionMl.Tool on the same data.");

    /// <summary>Slopes and fine patterns in all colours, so that a change anywhere in decoding to values, resampling or network shows.</summary>
    internal static RgbImage Picture()
    {
        var pixels = new byte[Width * Height * 3];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                var place = 3 * ((y * Width) + x);
                pixels[place] = (byte)(x * 255 / Width);
                pixels[place + 1] = (byte)((y * 255 / Height) ^ ((x * x) + (y * 7)) % 97);
                pixels[place + 2] = (byte)(x / 12 % 2 == y / 12 % 2 ? 220 : (x * y) % 251);
            }
        }

        return new RgbImage(Width, Height, pixels);
    }

    /// <summary>A key of at most 200 characters, whatever ids backbones have.</summary>
    private static string Key(BackboneInfo info) =>
        $"golden-embedding/{Digest(info.Space.BackboneId, info.Space.PreprocessingId, info.WeightsSha256)}";

    /// <summary>A short text in the place of several of any length.</summary>
    internal static string Digest(params string[] parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    private static float Similarity(string kept, float[] embedding) =>
        Read(kept) is var values && values.Length == embedding.Length ? SqlEmbeddingStore.Similarity(values, embedding) : -1;

    private static string Write(float[] embedding) => Convert.ToBase64String(VectorBytes.Write(embedding));

    private static ReadOnlySpan<float> Read(string text) => VectorBytes.Read(Convert.FromBase64String(text));
}
