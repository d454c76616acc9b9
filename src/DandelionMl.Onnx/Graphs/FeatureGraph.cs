using System.Numerics.Tensors;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DandelionMl.Onnx.Graphs;

/// <summary>A graph that turns pictures into embeddings. One pass at a time.</summary>
internal sealed class FeatureGraph : IDisposable
{
    /// <summary>Pictures of a pass where the batch is free; more are no faster and take memory.</summary>
    private const int FreeBatch = 8;

    private const float SameSimilarity = 0.9999f;
    private static readonly string[] KnownOutputs = ["pooler_output", "last_hidden_state"];

    private readonly Session _session;
    private readonly PictureInput _input;
    private readonly string _output;
    private readonly Preprocessing _preprocessing;
    private EmbeddingReader _reader = null!;

    private FeatureGraph(Session session, PictureInput input, string output, Preprocessing preprocessing) =>
        (_session, _input, _output, _preprocessing) = (session, input, output, preprocessing);

    /// <summary>Length of an embedding.</summary>
    public int Dimensions => _reader.Dimensions;

    /// <summary>How an embedding is taken from the output, for people to read.</summary>
    public string Reading => $"{_output}: {_reader.Description}";

    /// <summary>Most pictures of a pass.</summary>
    public int PicturesPerPass { get; private set; }

    /// <summary>Finds the output that has the embedding and how it is read, and tries the graph on fixed pictures.</summary>
    /// <param name="session">The graph; owned by the result.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Names the output, if it is not to be found by itself.</param>
    /// <param name="preprocessing">How pictures are prepared for it.</param>
    /// <exception cref="UnusableGraphException">No output can be read as an embedding, or what the graph answers is of no
    /// use.</exception>
    public static FeatureGraph Probe(Session session, PictureInput input, OnnxBackboneOptions options, Preprocessing preprocessing)
    {
        var graph = new FeatureGraph(session, input, ChooseOutput(session, options), preprocessing);
        graph.Probe(options.MeanPool);
        return graph;
    }

    /// <summary>Embeds pictures.</summary>
    /// <param name="images">Some pictures, prepared.</param>
    /// <param name="embeddings">Receives an embedding of each.</param>
    /// <param name="cancellationToken">Cancels between layers.</param>
    public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken)
    {
        var length = _preprocessing.TensorLength;
        var count = images.Length / length;
        for (var first = 0; first < count; first += PicturesPerPass)
        {
            var some = Math.Min(PicturesPerPass, count - first);
            Pass(images.Slice(first * length, some * length), some, embeddings.Slice(first * Dimensions, some * Dimensions), cancellationToken);
        }
    }

    public void Dispose() => _session.Dispose();

    private static string ChooseOutput(Session session, OnnxBackboneOptions options)
    {
        var names = session.Outputs.Keys.Order(StringComparer.Ordinal).ToList();
        var name = options.Output
            ?? (names.Count == 1 ? names[0] : null)
            ?? (options.MeanPool ? Enumerable.Reverse(KnownOutputs) : KnownOutputs).FirstOrDefault(names.Contains)
            ?? throw new UnusableGraphException($"The graph has several outputs: {string.Join(", ", names)}. Name the one to take in Output.");
        if (!session.Outputs.TryGetValue(name, out var output))
        {
            throw new UnusableGraphException($"The graph has no output '{name}'. It has: {string.Join(", ", names)}.");
        }

        return output.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR && output.ElementDataType == TensorElementType.Float
            ? name
            : throw new UnusableGraphException($"The output '{name}' is not of float32. Export it in float32.");
    }

    private void Probe(bool meanPool)
    {
        var (length, own) = (_preprocessing.TensorLength, _input.Batch ?? 1);
        var pictures = new float[2 * length];
        _preprocessing.Apply(GoldenEmbedding.Picture(), pictures.AsSpan(0, length));
        _preprocessing.Apply(Grey(), pictures.AsSpan(length));
        try
        {
            Run(Padded(pictures.AsSpan(0, length), own), own, (shape, _) => _reader = Understand(shape, own, meanPool), CancellationToken.None);
            PicturesPerPass = own;
            var alone = new float[2 * Dimensions];
            Pass(pictures.AsSpan(0, length), 1, alone.AsSpan(0, Dimensions), CancellationToken.None);
            Pass(pictures.AsSpan(length), 1, alone.AsSpan(Dimensions), CancellationToken.None);
            CheckAnswers(alone);
            PicturesPerPass = _input.Batch is null && IsSameTogether(pictures, alone) ? FreeBatch : own;
            if (own > 1 && !IsSameTogether(pictures, alone))
            {
                throw new UnusableGraphException(
                    $"A picture's embedding depends on the others of its batch of {own}. Export it with a batch of one or a free batch.");
            }
        }
        catch (OnnxRuntimeException cause)
        {
            throw new UnusableGraphException(
                $"It does not run on a picture of {_preprocessing.Width} × {_preprocessing.Height} pixels. ONNX Runtime says: {cause.Message}", cause);
        }
    }

    private EmbeddingReader Understand(ReadOnlySpan<long> shape, int batch, bool meanPool) => shape.Length > 1 && shape[0] == batch
        ? EmbeddingReader.For(shape, _preprocessing, meanPool)
        : throw new UnusableGraphException(
            $"The output '{_output}' has the shape [{Shapes.Describe(shape)}] for a batch of {batch}; its first dimension must be the batch.");

    private void CheckAnswers(ReadOnlySpan<float> alone)
    {
        foreach (var value in alone)
        {
            if (!float.IsFinite(value))
            {
                throw new UnusableGraphException($"The output '{_output}' has values that are not finite on a plain picture. Export it anew.");
            }
        }

        if (alone[..Dimensions].SequenceEqual(alone[Dimensions..]))
        {
            throw new UnusableGraphException($"The output '{_output}' is the same whatever the picture. Name another output, or export it anew.");
        }
    }

    /// <summary>Whether both pictures in one pass have the embeddings that they have alone. A traced export may say that its
    /// batch is free and have the size it was traced with inside.</summary>
    private bool IsSameTogether(ReadOnlySpan<float> pictures, ReadOnlySpan<float> alone)
    {
        var together = new float[2 * Dimensions];
        try
        {
            Pass(pictures, 2, together, CancellationToken.None);
        }
        catch (Exception cause) when (cause is OnnxRuntimeException or UnusableGraphException)
        {
            return false;
        }

        return IsSame(alone[..Dimensions], together.AsSpan(0, Dimensions)) && IsSame(alone[Dimensions..], together.AsSpan(Dimensions));
    }

    private static bool IsSame(ReadOnlySpan<float> one, ReadOnlySpan<float> other) =>
        one.SequenceEqual(other) || TensorPrimitives.CosineSimilarity(one, other) >= SameSimilarity;

    private void Pass(ReadOnlySpan<float> images, int count, Span<float> embeddings, CancellationToken cancellationToken)
    {
        var batch = _input.Batch ?? count;
        var results = new float[count * Dimensions];
        Run(
            count == batch ? images : Padded(images, batch), batch,
            (shape, values) =>
            {
                if (values.Length != batch * _reader.Length)
                {
                    throw new UnusableGraphException(
                        $"The output '{_output}' has the shape [{Shapes.Describe(shape)}] for a batch of {batch}, which is not that many embeddings.");
                }

                for (var index = 0; index < count; index++)
                {
                    _reader.Read(values.Slice(index * _reader.Length, _reader.Length), results.AsSpan(index * Dimensions, Dimensions));
                }
            },
            cancellationToken);
        results.CopyTo(embeddings);
    }

    private void Run(ReadOnlySpan<float> images, int batch, OutputReader read, CancellationToken cancellationToken) =>
        _session.Run(_input.Name, [batch, 3, _preprocessing.Height, _preprocessing.Width], images, _output, read, cancellationToken);

    /// <summary>The pictures and as many empty ones as a fixed batch still takes.</summary>
    private float[] Padded(ReadOnlySpan<float> images, int batch)
    {
        var padded = new float[batch * _preprocessing.TensorLength];
        images.CopyTo(padded);
        return padded;
    }

    private static RgbImage Grey()
    {
        var pixels = new byte[64 * 64 * 3];
        Array.Fill(pixels, (byte)128);
        return new RgbImage(64, 64, pixels);
    }
}
