using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace DandelionMl.Backbones.BuiltIn;

/// <summary>The backbone that ships with the library and needs no download: colour patches as a Fisher vector and as activations of a
/// dictionary, with descriptors of colour and texture.</summary>
/// <remarks>
/// <para>A photo and its mirror image have the same embedding, so it can't tell left from right. It is far weaker than DINOv2: it sees
/// colours and textures and where they are, not objects.</para>
/// <para>It is plain managed code, and one thread embeds one image after the other.</para>
/// </remarks>
public sealed class BuiltInBackbone : IBackbone
{
    /// <summary>The id of the backbone with the weights that ship with the library.</summary>
    public const string DefaultId = "built-in-v1";

    internal const float DuplicateThreshold = 0.92f;

    private const string Resource = "DandelionMl.Backbones.BuiltIn.built-in-v1.bin";

    private readonly PhotoDescriber _describer;
    private readonly Standardisation _standardisation;
    private readonly ConcurrentBag<PhotoDescriber.Workspace> _workspaces = [];

    /// <summary>Creates the backbone with weights of one's own.</summary>
    /// <param name="id">Its id; another one than <see cref="DefaultId"/>, since embeddings of different weights do not mix.</param>
    /// <param name="weights">The weights.</param>
    public BuiltInBackbone(string id, BuiltInBackboneWeights weights)
        : this(id, weights, weights?.ToBytes() ?? throw new ArgumentNullException(nameof(weights)))
    {
    }

    private BuiltInBackbone(string id, BuiltInBackboneWeights weights, ReadOnlySpan<byte> file)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        _describer = weights.CreateDescriber();
        _standardisation = weights.Standardisation;
        Info = new BackboneInfo(
            id, EmbeddingBlock.TotalLength, new SquashUnitPreprocessing(), Convert.ToHexStringLower(SHA256.HashData(file)), DuplicateThreshold);
    }

    /// <inheritdoc />
    public BackboneInfo Info { get; }

    /// <summary>Loads the backbone with the weights that ship with the library.</summary>
    /// <exception cref="BackboneUnavailableException">The library's file is damaged.</exception>
    public static BuiltInBackbone Load()
    {
        using var resource = typeof(BuiltInBackbone).Assembly.GetManifestResourceStream(Resource)
            ?? throw new BackboneUnavailableException("The weights of the built-in backbone are missing. Reinstall the library.");
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return new BuiltInBackbone(DefaultId, BuiltInBackboneWeights.FromBytes(bytes), bytes);
    }

    /// <inheritdoc />
    public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
    {
        var (imageLength, length) = (Info.Preprocessing.TensorLength, Info.Dimensions);
        var count = images.Length / imageLength;
        if (images.Length != count * imageLength || embeddings.Length != count * length)
        {
            throw new ArgumentException(
                $"{images.Length} values of images and {embeddings.Length} of embeddings do not agree: an image has {imageLength}, an "
                + $"embedding {length}.", nameof(embeddings));
        }

        if (!_workspaces.TryTake(out var workspace))
        {
            workspace = new PhotoDescriber.Workspace();
        }

        try
        {
            for (var i = 0; i < count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var embedding = embeddings.Slice(i * length, length);
                _describer.Describe(images.Slice(i * imageLength, imageLength), workspace, embedding);
                _standardisation.Apply(embedding);
            }
        }
        finally
        {
            _workspaces.Add(workspace);
        }
    }

    /// <summary>Has nothing to free.</summary>
    public void Dispose()
    {
    }
}
