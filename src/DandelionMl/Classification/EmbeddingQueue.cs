using System.Buffers;
using System.Diagnostics;
using System.Threading.Channels;
using DandelionMl.Backbones;
using DandelionMl.Embeddings;
using DandelionMl.Telemetry;

namespace DandelionMl.Classification;

/// <summary>Batches concurrent requests: one loop takes all that wait, up to a batch, and embeds them in one backbone pass. Nobody
/// waits for a batch to fill. Its length is bounded by the classifier's places.</summary>
internal sealed class EmbeddingQueue : IAsyncDisposable
{
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new UnboundedChannelOptions { SingleReader = true });
    private readonly int _maxBatchSize;
    private readonly EmbeddingTelemetry _telemetry;
    private readonly Task _loop;

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
        var request = new Request(backbone, tensor, activity, cancellationToken);
        ObjectDisposedException.ThrowIf(!_requests.Writer.TryWrite(request), typeof(Classifier));
        return await request.Embedding.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

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
            request.Begin(requests.Length);
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
        /// <summary>Notes when its wait ended, with how many others.</summary>
        public void Begin(int batchSize) => Activity?.AddEvent(new ActivityEvent(
            "backbone pass", tags: new ActivityTagsCollection { ["dandelionml.embedding.batch_size"] = batchSize }));

        public TaskCompletionSource<float[]> Embedding { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
