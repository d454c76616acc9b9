using DandelionMl.Backbones;
using DandelionMl.Extensions.AI;
using DandelionMl.Imaging;

// Found where embedding generators are found.
namespace Microsoft.Extensions.AI;

/// <summary>Makes embedding generators of backbones.</summary>
public static class BackboneExtensions
{
    /// <summary>Makes an embedding generator of a backbone: each picture's vector, of the backbone's length, as the backbone
    /// gives it (not scaled to length 1).</summary>
    /// <remarks>
    /// <para>The generator is thread-safe. It does not own the backbone: disposing it does nothing, and the backbone must
    /// outlive it.</para>
    /// <para>Pictures are JPEG, PNG or WebP; their content decides, not the media type. One that can't be decoded fails the call
    /// with an <see cref="ImageDecodingException"/> that names its place. <see cref="EmbeddingGenerationOptions.ModelId"/> and
    /// <see cref="EmbeddingGenerationOptions.Dimensions"/> other than the backbone's are an
    /// <see cref="ArgumentException"/>.</para>
    /// <para><see cref="IEmbeddingGenerator.GetService"/> gives <see cref="EmbeddingGeneratorMetadata"/> (provider
    /// <c>dandelionml</c>, the backbone's id, its dimensions) and the <see cref="IBackbone"/>.</para>
    /// </remarks>
    /// <param name="backbone">The backbone.</param>
    /// <param name="decoder">Decodes pictures; null for the library's own with its default limits, see
    /// <see cref="ImageLimits"/>.</param>
    public static IEmbeddingGenerator<DataContent, Embedding<float>> AsEmbeddingGenerator(this IBackbone backbone, IImageDecoder? decoder = null)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        return new BackboneEmbeddingGenerator(backbone, decoder ?? new SkiaImageDecoder(new ImageLimits()));
    }
}
