using System.Buffers;
using System.Diagnostics;
using System.Threading.Channels;
using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using DandelionMl.Telemetry;
using DandelionMl.Threading;

namespace DandelionMl.Classification;

/// <summary>Batches concurrent requests: one loop takes all that wait, up to a batch, and embeds them in one backbone pass. Nobody
/// waits for a batch to fill. Its length is bounded by the classifier's places. Where a batch gains nothing, each photo has a pass of its own, so
/// that none waits for the slowest of a batch.</summary>
internal sealed class EmbeddingQueue : IAsyncDisposable
{
    // The process's, as its cores are. Its threads are gentle, so that requests come in and go out while all of them embed.
    private static readonly Lazy<LowPriorityLane> OneThreadPasses = new(() => new LowPriorityLane("embedding", Environment.ProcessorCount));

    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new UnboundedChannelOptions { SingleReader = true });
    private readonly int _maxBatchSize;
    private readonly EmbeddingTelemetry _telemetry;
    private readonly Task _loop;
    private readonly TaskCompletionSource _isIdle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Photos with a pass of their own, and one more until this is disposed.
    private int _alone = 1;

    public EmbeddingQueue(int maxBatchSize, EmbeddingTelemetry? telemetry = null)
    {
        (_maxBatchSize, _telemetry) = (maxBatchSize, telemetry ?? new EmbeddingTelemetry());
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Embeds one image. The tensor is read until the returned task has ended, also when it is cancelled.</summary>
    /// <exception cref="ObjectDisposedException">The queue is disposed, and with it the classifier, which the error names.</exception>
    public async Task<float[]> EmbedAsync(IBackbone backbone, ReadOnlyMemory<float> tensor, CancellationToken cancellationToken)
    {
        using var activity = LibraryTelemetry.Source.StartActivity("embed photo");
        if (backbone is IOneThreadBackbone)
        {
            return await EmbedAloneAsync(backbone, tensor, activity, cancellationToken).ConfigureAwait(false);
        }

        var request = new Request(backbone, tensor, activity, cancellationToken);
        ObjectDisposedException.ThrowIf(!_requests.Writer.TryWrite(request), typeof(Classifier));
        return await request.Embedding.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_requests.Writer.TryComplete())
        {
            Leave();
        }

        await _loop.ConfigureAwait(false);
        await _isIdle.Task.ConfigureAwait(false);
    }

    private async Task<float[]> EmbedAloneAsync(
        IBackbone backbone, ReadOnlyMemory<float> tensor, Activity? activity, CancellationToken cancellationToken)
    {
        var others = Interlocked.Increment(ref _alone) - 1;
        try
        {
            // Before it is disposed there is always one more.
            ObjectDisposedException.ThrowIf(others == 0, typeof(Classifier));
            return await OneThreadPasses.Value.RunAsync(
                () =>
                {
                    NotePass(activity, batchSize: 1);
                    var embedding = new float[backbone.Info.Dimensions];
                    _telemetry.Embed(backbone, tensor.Span, embedding, cancellationToken);
                    return embedding;
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _alone) == 0)
        {
            _isIdle.TrySetResult();
        }
    }

    /// <summary>Notes when a request's wait ended, with how many others.</summary>
    private static void NotePass(Activity? activity, int batchSize) => activity?.AddEvent(new ActivityEvent(
        "backbone pass", tags: new ActivityTagsCollection { ["dandelionml.embedding.batch_size"] = batchSize }));

    private async Task RunAsync()
    {
        var batch = new List<Request>(_maxBatchSize);
        while (await _requests.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < _maxBatchSize && _requests.Reader.TryRead(out var request))
            {
                if (request.CancellationToken.IsCancellationRequested)
                {
                    request.Embedding.SetCanceled(request.CancellationToken);
                    continue;
                }

                batch.Add(request);
            }

            // Around the swap to a model with another backbone, requests for both may wait side by side.
            foreach (var requests in batch.GroupBy(request => request.Backbone))
            {
                Embed(requests.Key, [.. requests]);
            }
        }
    }

    private void Embed(IBackbone backbone, Request[] requests)
    {
        foreach (var request in requests)
        {
            NotePass(request.Activity, requests.Length);
        }

        var (length, dimensions) = (requests[0].Tensor.Length, backbone.Info.Dimensions);

        // A batch of 16 takes 10 MB: rented, or each would be a large object for the garbage collector.
        var images = ArrayPool<float>.Shared.Rent(requests.Length * length);
        try
        {
            foreach (var (index, request) in requests.Index())
            {
                request.Tensor.CopyTo(images.AsMemory(index * length));
            }

            var embeddings = new float[requests.Length * dimensions];
            _telemetry.Embed(backbone, images.AsSpan(0, requests.Length * length), embeddings);
            foreach (var (index, request) in requests.Index())
            {
                request.Embedding.SetResult(embeddings.AsSpan(index * dimensions, dimensions).ToArray());
            }
        }
#pragma warning disable CA1031 // Whatever the backbone throws belongs to the requests of this batch; the loop serves the next.
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var request in requests)
            {
                request.Embedding.TrySetException(e);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(images);
        }
    }

    private sealed record Request(IBackbone Backbone, ReadOnlyMemory<float> Tensor, Activity? Activity, CancellationToken CancellationToken)
    {
        public TaskCompletionSource<float[]> Embedding { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
