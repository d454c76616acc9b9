using DandelionMl.Backbones;
using DandelionMl.Imaging;
using Microsoft.Extensions.AI;

namespace DandelionMl.Extensions.AI;

/// <summary>A backbone as an embedding generator.</summary>
internal sealed class BackboneEmbeddingGenerator(IBackbone backbone, IImageDecoder decoder) : IEmbeddingGenerator<DataContent, Embedding<float>>
{
    private const string Provider = "dandelionml";

    /// <summary>Pictures embedded at once; bounds the memory of a call.</summary>
    private const int BatchSize = 16;

    private readonly EmbeddingGeneratorMetadata _metadata = new(Provider, providerUri: null, backbone.Info.Id, backbone.Info.Dimensions);

    /// <inheritdoc/>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<DataContent> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        Check(options);

        // Decoding and embedding take the processor for a while; the caller may be a user interface's thread.
        return Task.Run(() => Generate(values, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(backbone) ? backbone
            : null;
    }

    /// <summary>Does nothing: the backbone is its owner's.</summary>
    public void Dispose()
    {
    }

    private void Check(EmbeddingGenerationOptions? options)
    {
        if (options?.ModelId is { } model && model != backbone.Info.Id)
        {
            throw new ArgumentException($"This generator has the model '{backbone.Info.Id}', not '{model}'.", nameof(options));
        }

        if (options?.Dimensions is { } dimensions && dimensions != backbone.Info.Dimensions)
        {
            throw new ArgumentException(
                $"The model '{backbone.Info.Id}' gives {backbone.Info.Dimensions} dimensions; {dimensions} can't be had.", nameof(options));
        }
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(IEnumerable<DataContent> values, CancellationToken cancellationToken)
    {
        var (length, dimensions) = (backbone.Info.Preprocessing.TensorLength, backbone.Info.Dimensions);
        var (results, place) = (new GeneratedEmbeddings<Embedding<float>>(), 0);
        foreach (var batch in values.Chunk(BatchSize))
        {
            var (images, embeddings) = (new float[batch.Length * length], new float[batch.Length * dimensions]);
            for (var index = 0; index < batch.Length; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Prepare(batch[index], place++, images.AsSpan(index * length, length));
            }

            backbone.Embed(images, embeddings, cancellationToken);
            for (var index = 0; index < batch.Length; index++)
            {
                results.Add(new Embedding<float>(embeddings.AsMemory(index * dimensions, dimensions)) { ModelId = backbone.Info.Id });
            }
        }

        return results;
    }

    private void Prepare(DataContent content, int place, Span<float> image)
    {
        if (content is null)
        {
            throw new ArgumentException($"The picture at place {place} is null.", nameof(content));
        }

        try
        {
            backbone.Info.Preprocessing.Apply(decoder.Decode(content.Data.Span, backbone.Info.Preprocessing.MinimumSide), image);
        }
        catch (ImageDecodingException cause)
        {
            throw new ImageDecodingException(cause.Reason, $"The picture at place {place} (from 0) can't be embedded: {cause.Message}", cause);
        }
    }
}
