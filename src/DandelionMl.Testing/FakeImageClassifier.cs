using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DandelionMl.Classification;
using DandelionMl.Storage;

namespace DandelionMl.Testing;

/// <summary>An <see cref="IImageClassifier"/> that answers what a test tells it, for some photos or for all, and remembers what it was
/// asked. Thread-safe.</summary>
/// <example>
/// <code>
/// var classifier = new FakeImageClassifier(("dandelion", 0.9f), ("grass", 0.1f));
/// classifier.Answer(blurred, ("dandelion", 0.51f), ("grass", 0.49f));
/// classifier.Fail(broken, new ImageDecodingException(ImageDecodingFailure.Damaged, "The photo is cut off."));
/// </code>
/// </example>
public sealed class FakeImageClassifier : IImageClassifier
{
    private readonly ConcurrentDictionary<string, Func<string, Prediction>> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<ReadOnlyMemory<byte>> _photos = [];
    private volatile Func<string, Prediction> _otherwise = _ => throw new NoModelException();

    /// <summary>Creates a classifier that has no model yet: it throws <see cref="NoModelException"/> until it is told what to
    /// answer.</summary>
    public FakeImageClassifier()
    {
    }

    /// <summary>Creates a classifier that gives the same answer for every photo.</summary>
    /// <param name="answer">The classes and their probabilities, which add up to 1.</param>
    /// <exception cref="ArgumentException">The probabilities are not valid.</exception>
    public FakeImageClassifier(params IReadOnlyList<(string Label, float Probability)> answer) => Answer(answer);

    /// <summary>The version that answers from now on: 1 by default.</summary>
    public int ModelVersion { get; set; } = 1;

    /// <summary>The photos that it was asked about, in order; each as often as it was asked. Copies.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Photos => [.. _photos];

    /// <summary>Sets the answer for all photos without an answer of their own.</summary>
    /// <param name="answer">The classes and their probabilities, which add up to 1.</param>
    /// <exception cref="ArgumentException">The probabilities are not valid.</exception>
    public void Answer(params IReadOnlyList<(string Label, float Probability)> answer) => _otherwise = Answering(answer);

    /// <summary>Sets the answer for one photo.</summary>
    /// <param name="photo">The photo's bytes.</param>
    /// <param name="answer">The classes and their probabilities, which add up to 1.</param>
    /// <exception cref="ArgumentException">The probabilities are not valid.</exception>
    public void Answer(ReadOnlyMemory<byte> photo, params IReadOnlyList<(string Label, float Probability)> answer) =>
        _answers[ContentHash.Of(photo.Span)] = Answering(answer);

    /// <summary>Fails for all photos without an answer of their own.</summary>
    /// <param name="exception">The error, such as a <see cref="ClassifierBusyException"/>.</param>
    public void Fail(Exception exception) => _otherwise = Failing(exception);

    /// <summary>Fails for one photo.</summary>
    /// <param name="photo">The photo's bytes.</param>
    /// <param name="exception">The error, such as an <see cref="Imaging.ImageDecodingException"/>.</param>
    public void Fail(ReadOnlyMemory<byte> photo, Exception exception) => _answers[ContentHash.Of(photo.Span)] = Failing(exception);

    /// <inheritdoc/>
    public Task<Prediction> ClassifyAsync(ReadOnlyMemory<byte> photo, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Prediction>(cancellationToken);
        }

        _photos.Enqueue(photo.ToArray());
        var sha256 = ContentHash.Of(photo.Span);
        try
        {
            return Task.FromResult(_answers.GetValueOrDefault(sha256, _otherwise)(sha256));
        }
#pragma warning disable CA1031 // What it was told to throw belongs to whoever awaits the task.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Task.FromException<Prediction>(exception);
        }
    }

    /// <inheritdoc/>
    public async Task<Prediction> ClassifyAsync(Stream photo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        using var bytes = new MemoryStream();
        await photo.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return await ClassifyAsync(bytes.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Prediction> ClassifyAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> photos, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photos);
        await foreach (var photo in photos.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return await ClassifyAsync(photo, cancellationToken).ConfigureAwait(false);
        }
    }

    private Func<string, Prediction> Answering(IReadOnlyList<(string Label, float Probability)> answer)
    {
        var probabilities = FakePrediction.Check(answer);
        return sha256 => new Prediction { Probabilities = probabilities, ModelVersion = ModelVersion, Sha256 = sha256 };
    }

    private static Func<string, Prediction> Failing(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return _ => throw exception;
    }
}
