using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using DandelionMl.Backbones;
using DandelionMl.Imaging;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Training;

namespace DandelionMl.Classification;

/// <summary>Answers what is on a photo, with the registry's champion. Thread-safe. Concurrent requests share backbone passes; a new
/// champion takes over between two requests, and none is dropped or answered by a mixture.</summary>
public sealed class Classifier : IAsyncDisposable
{
    private readonly IModelRegistry _registry;
    private readonly IBackboneProvider _backbones;
    private readonly IImageDecoder _decoder;
    private readonly ImageLimits _limits;
    private readonly ClassifierOptions _options;
    private readonly EmbeddingQueue _queue;
    private readonly RecentEmbeddings _recent;
    private readonly SemaphoreSlim _reload = new(1, 1);
    private ServingModel? _serving;
    private int _inFlight;

    /// <summary>Creates a classifier; call <see cref="ReloadAsync"/> before the first classification.</summary>
    /// <param name="registry">Says which version is the champion.</param>
    /// <param name="backbones">Gives the champion's backbone.</param>
    /// <param name="decoder">Decodes photos.</param>
    /// <param name="limits">Bounds on photos; null for the defaults.</param>
    /// <param name="options">How to serve; null for the defaults.</param>
    public Classifier(
        IModelRegistry registry,
        IBackboneProvider backbones,
        IImageDecoder decoder,
        ImageLimits? limits = null,
        ClassifierOptions? options = null)
    {
        (_registry, _backbones, _decoder) = (registry, backbones, decoder);
        (_limits, _options) = (limits ?? new ImageLimits(), options ?? new ClassifierOptions());
        _queue = new EmbeddingQueue(_options.MaxBatchSize);
        _recent = new RecentEmbeddings(_options.RecentEmbeddings);
    }

    /// <summary>The version that is served; null while there is none.</summary>
    public ModelVersion? Serving => Volatile.Read(ref _serving)?.Version;

    /// <summary>Takes over the registry's champion, if it is another version than the one served.</summary>
    /// <param name="cancellationToken">Cancels the call; the version served stays.</param>
    /// <returns>The version served now; null while there is none.</returns>
    /// <exception cref="BackboneUnavailableException">The champion's backbone can't be loaded, or its weights are not those that the
    /// model was trained on; the version served stays.</exception>
    public async Task<ModelVersion?> ReloadAsync(CancellationToken cancellationToken = default)
    {
        await _reload.WaitAsync(cancellationToken);
        try
        {
            var champion = await _registry.GetChampionAsync(cancellationToken);
            if (champion is not null && champion.Version != Serving?.Version)
            {
                Volatile.Write(ref _serving, await LoadAsync(champion, cancellationToken));
            }

            return Serving;
        }
        finally
        {
            _reload.Release();
        }
    }

    /// <summary>Classifies a photo.</summary>
    /// <param name="photo">The whole file: JPEG, PNG or WebP.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="ImageDecodingException">The bytes are no photo that is read here.</exception>
    /// <exception cref="NoModelException">There is no model yet.</exception>
    /// <exception cref="ClassifierBusyException">Too many requests are in flight.</exception>
    public async Task<Prediction> ClassifyAsync(ReadOnlyMemory<byte> photo, CancellationToken cancellationToken = default)
    {
        using var place = TakePlace();
        return await ClassifyInPlaceAsync(photo, cancellationToken);
    }

    /// <summary>Classifies a photo.</summary>
    /// <param name="photo">The whole file, read to its end or to <see cref="ImageLimits.MaxBytes"/>; not disposed.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="ImageDecodingException">The bytes are no photo that is read here.</exception>
    /// <exception cref="NoModelException">There is no model yet.</exception>
    /// <exception cref="ClassifierBusyException">Too many requests are in flight.</exception>
    public async Task<Prediction> ClassifyAsync(Stream photo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        using var place = TakePlace();
        return await ClassifyInPlaceAsync(await ReadAsync(photo, cancellationToken), cancellationToken);
    }

    /// <summary>Refuses new requests and waits for those in flight.</summary>
    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
        _reload.Dispose();
    }

    private async Task<ServingModel> LoadAsync(ModelVersion champion, CancellationToken cancellationToken)
    {
        var artifact = await _registry.LoadArtifactAsync(champion.Version, cancellationToken);
        var backbone = await _backbones.GetAsync(champion.Space.BackboneId, progress: null, cancellationToken);
        if (backbone.Info.WeightsSha256 != artifact.BackboneSha256 || backbone.Info.Space != artifact.Space)
        {
            throw new BackboneUnavailableException(
                $"Model version {champion.Version} was trained on {artifact.Space} with weights {artifact.BackboneSha256}, but this machine "
                + $"has {backbone.Info.Space} with weights {backbone.Info.WeightsSha256}: train again, or restore those weights.");
        }

        return new ServingModel(champion, LinearHead.From(artifact), backbone);
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The caller disposes the place.")]
    private Place TakePlace()
    {
        var place = new Place(this);
        if (Interlocked.Increment(ref _inFlight) <= _options.MaxConcurrency)
        {
            return place;
        }

        place.Dispose();
        throw new ClassifierBusyException(_options.MaxConcurrency);
    }

    private async Task<Prediction> ClassifyInPlaceAsync(ReadOnlyMemory<byte> photo, CancellationToken cancellationToken)
    {
        var model = Volatile.Read(ref _serving) ?? throw new NoModelException();
        var space = model.Backbone.Info.Space;
        var sha256 = ContentHash.Of(photo.Span);
        if (!_recent.TryGet(space, sha256, out var embedding))
        {
            embedding = await EmbedAsync(model.Backbone, photo, cancellationToken);
            _recent.Add(space, sha256, embedding);
        }

        return model.Predict(sha256, embedding);
    }

    private async Task<float[]> EmbedAsync(IBackbone backbone, ReadOnlyMemory<byte> photo, CancellationToken cancellationToken)
    {
        var preprocessing = backbone.Info.Preprocessing;
        var tensor = ArrayPool<float>.Shared.Rent(preprocessing.TensorLength);
        try
        {
            preprocessing.Apply(_decoder.Decode(photo.Span, preprocessing.MinimumSide), tensor.AsSpan(0, preprocessing.TensorLength));
            return await _queue.EmbedAsync(backbone, tensor.AsMemory(0, preprocessing.TensorLength), cancellationToken);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(tensor);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(Stream photo, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream(photo.CanSeek ? (int)Math.Min(photo.Length - photo.Position, _limits.MaxBytes) : 0);
        var chunk = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (int read; (read = await photo.ReadAsync(chunk, cancellationToken)) > 0;)
            {
                buffer.Write(chunk, 0, read);
                if (buffer.Length > _limits.MaxBytes)
                {
                    throw new ImageDecodingException(
                        ImageDecodingFailure.TooLarge, $"The photo has more than {_limits.MaxBytes} bytes, the most that is taken.");
                }
            }

            return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>A request's place among those in flight.</summary>
    private sealed class Place(Classifier classifier) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref classifier._inFlight);
    }
}
