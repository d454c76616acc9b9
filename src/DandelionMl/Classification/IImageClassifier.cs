using DandelionMl.Backbones;
using DandelionMl.Imaging;

namespace DandelionMl.Classification;

/// <summary>Classifies photos. Implementations are thread-safe. Applications depend on this interface and replace it in their
/// tests.</summary>
/// <example>
/// <code>
/// var prediction = await classifier.ClassifyAsync(await File.ReadAllBytesAsync("photo.jpg"));
/// Console.WriteLine(prediction); // dandelion 97.3 % (model version 1)
/// </code>
/// </example>
public interface IImageClassifier
{
    /// <summary>Classifies a photo.</summary>
    /// <param name="photo">The whole file: JPEG, PNG or WebP. Its bytes are read until the task has ended.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="ImageDecodingException">The bytes are not a photo that can be read.</exception>
    /// <exception cref="NoModelException">There is no model yet.</exception>
    /// <exception cref="BackboneUnavailableException">The model's backbone can't be loaded; the message says what to do.</exception>
    /// <exception cref="ClassifierBusyException">Too many requests are in flight.</exception>
    Task<Prediction> ClassifyAsync(ReadOnlyMemory<byte> photo, CancellationToken cancellationToken = default);

    /// <summary>Classifies a photo.</summary>
    /// <param name="photo">The whole file, read to its end or to <see cref="ImageLimits.MaxBytes"/>; not disposed.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="ImageDecodingException">The bytes are not a photo that can be read.</exception>
    /// <exception cref="NoModelException">There is no model yet.</exception>
    /// <exception cref="BackboneUnavailableException">The model's backbone can't be loaded; the message says what to do.</exception>
    /// <exception cref="ClassifierBusyException">Too many requests are in flight.</exception>
    Task<Prediction> ClassifyAsync(Stream photo, CancellationToken cancellationToken = default);

    /// <summary>Classifies any number of photos, several at a time. Waits where a single request would be refused as one too
    /// many.</summary>
    /// <param name="photos">The files, read as fast as they are answered; each stays as it is until its answer has come.</param>
    /// <param name="cancellationToken">Cancels the photos that are not answered yet.</param>
    /// <returns>The answers in the order of the photos, each as soon as it and those before it are there. The first photo that fails
    /// ends them with its error.</returns>
    /// <exception cref="ImageDecodingException">The bytes are not a photo that can be read.</exception>
    /// <exception cref="NoModelException">There is no model yet.</exception>
    /// <exception cref="BackboneUnavailableException">The model's backbone can't be loaded; the message says what to do.</exception>
    IAsyncEnumerable<Prediction> ClassifyAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> photos, CancellationToken cancellationToken = default);
}
