using System.Buffers;
using DandelionMl.Backbones;
using DandelionMl.Data;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Imaging.Decoding;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Telemetry;

namespace DandelionMl.Classification;

/// <summary>Classifies photos with the registry's champion. Thread-safe. Concurrent requests share backbone passes; a new champion
/// replaces the old one between two requests; no request is dropped or answered by both. Photos are never hashed
/// or decoded on the caller's thread; of those that take much memory to decode, few wait at a time, and one more is refused.</summary>
public sealed class Classifier : IImageClassifier, IAsyncDisposable, IDisposable
{
    private readonly IModelSource _models;
    private readonly IImageDecoder _decoder;
    private readonly ImageLimits _limits;
    private readonly ClassifierOptions _options;
    private readonly ServingTelemetry _telemetry;
    private readonly IPredictionObserver? _observer;
    private readonly EmbeddingQueue _queue;
    private readonly RecentEmbeddings _recent;
    private readonly SemaphoreSlim _places;
    private readonly SemaphoreSlim _largePlaces;
    private readonly int _mostLarge;
    private readonly SemaphoreSlim _reload = new(1, 1);
    /// <summary>How long a request waits for the first model where something else sees to it.</summary>
    private static readonly TimeSpan FirstModelLimit = TimeSpan.FromSeconds(1);

    private ServingModel? _serving;
    private string? _championFailure;
    private volatile bool _isDisposed;

    /// <summary>Creates a classifier. It loads the champion by <see cref="ReloadAsync"/>, or with its first photo.</summary>
    /// <param name="registry">Says which version is the champion.</param>
    /// <param name="backbones">Gives the champion's backbone.</param>
    /// <param name="decoder">Decodes photos.</param>
    /// <param name="limits">Limits on photos; null for the defaults.</param>
    /// <param name="options">How to serve; null for the defaults.</param>
    public Classifier(
        IModelRegistry registry,
        IBackboneProvider backbones,
        IImageDecoder decoder,
        ImageLimits? limits = null,
        ClassifierOptions? options = null)
        : this(registry, backbones, decoder, limits, options, serving: null, embedding: null)
    {
    }

    internal Classifier(
        IModelRegistry registry,
        IBackboneProvider backbones,
        IImageDecoder decoder,
        ImageLimits? limits,
        ClassifierOptions? options,
        ServingTelemetry? serving,
        EmbeddingTelemetry? embedding,
        IPredictionObserver? observer = null)
        : this(new ChampionSource(registry, backbones), decoder, limits, options, serving, embedding, observer)
    {
    }

    private Classifier(
        IModelSource models,
        IImageDecoder decoder,
        ImageLimits? limits,
        ClassifierOptions? options,
        ServingTelemetry? serving = null,
        EmbeddingTelemetry? embedding = null,
        IPredictionObserver? observer = null)
    {
        (_models, _decoder) = (models, decoder);
        (_limits, _options) = (limits ?? new ImageLimits(), options ?? new ClassifierOptions());
        _telemetry = serving ?? new ServingTelemetry();
        _observer = observer;
        _queue = new EmbeddingQueue(_options.MaxBatchSize, embedding);
        _recent = new RecentEmbeddings(_options.RecentEmbeddings);
        _places = new SemaphoreSlim(_options.MaxConcurrency, _options.MaxConcurrency);
        _mostLarge = Math.Max(1, _options.MaxConcurrency / 4);
        _largePlaces = new SemaphoreSlim(_mostLarge, _mostLarge);
    }

    /// <summary>Whether something looks for the champion all the time, so that requests need not wait for it.</summary>
    internal bool IsWatched { get; set; }

    /// <summary>How many photos one caller may ask about at a time without being refused, however much memory they take.</summary>
    internal int PlacesForAny => _mostLarge;

    /// <summary>Drops what is remembered of some photos, as when they are erased.</summary>
    /// <param name="sha256">SHA-256 of each photo's bytes, lower-case hexadecimal.</param>
    internal void Forget(IReadOnlyCollection<string> sha256) => _recent.Forget(sha256);

    /// <summary>Why the champion is not what is served, as its artifact is lost, damaged or another version's, or, before there is a model, as
    /// the database does not answer; null where all is well.</summary>
    internal string? ChampionFailure => Volatile.Read(ref _championFailure);

    /// <summary>The version that is served; null while there is none, and for a model that was loaded without a registry.</summary>
    public ModelVersion? Serving => Volatile.Read(ref _serving)?.Version;

    /// <summary>The backbone of the model that is served; null while there is none.</summary>
    internal IBackbone? Backbone => Volatile.Read(ref _serving)?.Backbone;

    /// <summary>Serves one model without a registry or a data directory, as on a desktop or a device.</summary>
    /// <param name="artifact">The model.</param>
    /// <param name="backbone">The backbone that it was trained on; not disposed.</param>
    /// <param name="decoder">Decodes photos; null for the default one.</param>
    /// <param name="limits">Limits on photos; null for the defaults.</param>
    /// <param name="options">How to serve; null for the defaults.</param>
    /// <exception cref="InvalidModelArtifactException">A part of the artifact is missing or does not agree with the others.</exception>
    /// <exception cref="BackboneUnavailableException">It is not the backbone that the model was trained on.</exception>
    public static Classifier Load(
        ModelArtifact artifact,
        IBackbone backbone,
        IImageDecoder? decoder = null,
        ImageLimits? limits = null,
        ClassifierOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(backbone);
        ModelArtifactValidation.Check(artifact);
        var model = new FixedModel(new ServingModel(artifact, backbone));
        return new Classifier(model, decoder ?? new SkiaImageDecoder(limits ?? new ImageLimits()), limits, options);
    }

    /// <summary>Serves the registry's champion, if it is another version than the one served now.</summary>
    /// <param name="cancellationToken">Cancels the call; the version served stays.</param>
    /// <returns>The version served now; null while there is none.</returns>
    /// <exception cref="BackboneUnavailableException">The champion's backbone can't be loaded, or its weights are not those that the
    /// model was trained on; the version served stays.</exception>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public async Task<ModelVersion?> ReloadAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return (await LoadAsync(isReload: true, cancellationToken).ConfigureAwait(false))?.Version;
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public async Task<Prediction> ClassifyAsync(ReadOnlyMemory<byte> photo, CancellationToken cancellationToken = default)
    {
        TakePlace();
        return await AnswerAsync(photo, waits: false, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public async Task<Prediction> ClassifyAsync(Stream photo, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        TakePlace();
        ReadOnlyMemory<byte> bytes;
        try
        {
            bytes = await PhotoReader.ReadAsync(photo, _limits.MaxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _places.Release();
            throw;
        }

        return await AnswerAsync(bytes, waits: false, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>At most half of <see cref="ClassifierOptions.MaxConcurrency"/> are in flight for one such call, so that single requests
    /// still find places.</remarks>
    /// <exception cref="ObjectDisposedException">The classifier is disposed.</exception>
    public IAsyncEnumerable<Prediction> ClassifyAsync(
        IAsyncEnumerable<ReadOnlyMemory<byte>> photos, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photos);
        ObjectDisposedException.ThrowIf(_isDisposed, this);

        // One batch in the backbone, and the next one being decoded.
        var ahead = Math.Clamp(2 * _options.MaxBatchSize, 1, Math.Max(1, _options.MaxConcurrency / 2));
        return OrderedAnswers.RunAsync(photos, AnswerInTurnAsync, ahead, cancellationToken);
    }

    /// <summary>Refuses new requests and waits for those in progress.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _queue.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc cref="DisposeAsync"/>
    public void Dispose()
    {
        // The queue's loop never comes back to the caller's thread, so that waiting for it can't be a deadlock.
        _isDisposed = true;
        _queue.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private void TakePlace()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (!_places.Wait(0))
        {
            _telemetry.Reject(isLarge: false);
            throw new ClassifierBusyException(_options.MaxConcurrency);
        }
    }

    private async Task<Prediction> AnswerInTurnAsync(ReadOnlyMemory<byte> photo, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await AnswerAsync(photo, waits: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers in a place that was taken, and gives it back.</summary>
    private async Task<Prediction> AnswerAsync(ReadOnlyMemory<byte> photo, bool waits, CancellationToken cancellationToken)
    {
        try
        {
            // The model that is served when the request comes answers it, whatever is promoted meanwhile.
            var model = Volatile.Read(ref _serving);

            // Hashing takes milliseconds, and the caller's thread may be the one that draws a window.
            return await _telemetry.MeasureAsync(() => Task.Run(
                () => ClassifyHereAsync(model, photo, waits, cancellationToken), cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task<Prediction> ClassifyHereAsync(
        ServingModel? model, ReadOnlyMemory<byte> photo, bool waits, CancellationToken cancellationToken)
    {
        model ??= await LoadFirstAsync(cancellationToken).ConfigureAwait(false) ?? throw new NoModelException();
        var space = model.Backbone.Info.Space;
        var sha256 = ContentHash.Of(photo.Span);
        var isKnown = _recent.TryGet(space, sha256, out var embedding);
        _telemetry.LookedUp(isKnown);
        if (!isKnown)
        {
            var cost = DecodingCost.Of(photo.Span);
            embedding = cost.IsLarge
                ? await EmbedLargeAsync(model.Backbone, photo, cost, waits, cancellationToken).ConfigureAwait(false)
                : await EmbedAsync(model.Backbone, photo, cost, cancellationToken).ConfigureAwait(false);
            _recent.Add(space, sha256, embedding);
        }

        var prediction = model.Predict(sha256, embedding);
        _observer?.Observe(prediction);
        return prediction;
    }

    /// <summary>Embeds a photo that takes much memory. They are decoded one after another, so few may wait: the others' places are for
    /// the usual photos.</summary>
    private async Task<float[]> EmbedLargeAsync(
        IBackbone backbone, ReadOnlyMemory<byte> photo, DecodingCost cost, bool waits, CancellationToken cancellationToken)
    {
        if (!await _largePlaces.WaitAsync(waits ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            _telemetry.Reject(isLarge: true);
            throw new ClassifierBusyException(_mostLarge);
        }

        try
        {
            return await EmbedAsync(backbone, photo, cost, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _largePlaces.Release();
        }
    }

    private async Task<float[]> EmbedAsync(
        IBackbone backbone, ReadOnlyMemory<byte> photo, DecodingCost cost, CancellationToken cancellationToken)
    {
        var preprocessing = backbone.Info.Preprocessing;
        var tensor = ArrayPool<float>.Shared.Rent(preprocessing.TensorLength);
        try
        {
            using var decoding = LibraryTelemetry.Source.StartActivity("decode photo");
            await DecodingLanes.RunAsync(
                cost,
                () =>
                {
                    preprocessing.Apply(
                        _decoder.Decode(photo.Span, preprocessing.MinimumSide), tensor.AsSpan(0, preprocessing.TensorLength));
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            decoding?.Dispose();
            return await _queue.EmbedAsync(backbone, tensor.AsMemory(0, preprocessing.TensorLength), cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(tensor);
        }
    }

    private async Task<ServingModel?> LoadFirstAsync(CancellationToken cancellationToken)
    {
        if (!IsWatched)
        {
            return await LoadAsync(isReload: false, cancellationToken).ConfigureAwait(false);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(FirstModelLimit);
        try
        {
            return await LoadAsync(isReload: false, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DatabaseException(
                DatabaseFailure.Unavailable,
                "The model is not loaded yet: it takes a moment after the start, or the database or the image store does not answer. Try again.");
        }
    }

    /// <param name="isReload">Whether to look for another model though one is served.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    private async Task<ServingModel?> LoadAsync(bool isReload, CancellationToken cancellationToken)
    {
        await _reload.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Of several first photos at once, one loads.
            if (_serving is null || isReload)
            {
                Volatile.Write(ref _serving, await _models.FindAsync(_serving, cancellationToken).ConfigureAwait(false));
                Volatile.Write(ref _championFailure, _serving?.StandsInBecause);
                _telemetry.Serve(_serving?.Version?.Version ?? 0);
            }

            return _serving;
        }
        catch (DandelionMlException exception) when (_serving is null || ChampionSource.IsDamage(exception))
        {
            Volatile.Write(ref _championFailure, exception.Message);
            throw;
        }
        catch (Exception exception) when (_serving is null && exception is not OperationCanceledException)
        {
            // As a damaged database: there is a model, or may be. What such an error says may be anything.
            Volatile.Write(ref _championFailure, "The model can't be loaded, by an unexpected error that the log tells.");
            throw;
        }
        finally
        {
            _reload.Release();
        }
    }
}
