using static TorchSharp.torch;

namespace DandelionMl.DinoV2;

/// <summary>
/// Runs images of one size through a network on a team of threads, each of which uses one thread inside libtorch. Whole images go to
/// whichever thread is free, and no thread waits for another; images that are left over are split by tokens among the threads, which
/// then meet once in every block, when the keys and values of all tokens are known. libtorch's own way, OpenMP threads that meet after
/// every operation, loses a fifth of a single image's time to these meetings, or far more on a machine that does other work.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="team">The threads; one pass at a time.</param>
/// <param name="height">Height of the images in pixels, a multiple of 14.</param>
/// <param name="width">Width of the images in pixels, a multiple of 14.</param>
internal sealed class DinoV2Pass(DinoV2Network network, WorkerTeam team, int height, int width)
{
    // Fewer tokens than this are not worth a thread of their own.
    private const int MinimumTokens = 16;

    private readonly DinoV2Architecture _architecture = network.Architecture;
    private readonly int _rows = height / DinoV2Architecture.PatchSize;
    private readonly int _columns = width / DinoV2Architecture.PatchSize;
    private readonly int _imageLength = 3 * height * width;

    /// <summary>Computes the embeddings: the CLS tokens after the last norm.</summary>
    /// <param name="images">Images in NCHW order.</param>
    /// <param name="embeddings">Receives images × width values.</param>
    /// <param name="cancellationToken">Cancels between blocks.</param>
    public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var count = images.Length / _imageLength;
        var input = TensorStore.FromSpan(images, count, _imageLength);
        var output = empty(count, _architecture.Width, dtype: ScalarType.Float32);

        var whole = count - (count % team.Size);
        if (whole > 0)
        {
            var next = -1;
            Run(_ =>
            {
                for (var index = Interlocked.Increment(ref next); index < whole; index = Interlocked.Increment(ref next))
                {
                    ForwardWhole(input, output, index, cancellationToken);
                }
            });
        }

        for (var index = whole; index < count; index++)
        {
            ForwardSplit(input, output, index, cancellationToken);
        }

        TensorStore.Values(output).CopyTo(embeddings);
    }

    private void Run(Action<int> work) => team.Run(worker =>
    {
        // Makes the setting of the process, one thread (see TorchRuntime), known to oneDNN, which keeps it for each thread.
        _ = get_num_threads();
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        work(worker);
    });

    private void ForwardWhole(Tensor input, Tensor output, int index, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var patches = network.EmbedPatches(Image(input, index), _rows, _columns, 0, _rows * _columns);
        var tokens = cat([network.LeadingTokens, patches], 0).unsqueeze(0);
        for (var block = 0; block < network.Blocks.Count - 1; block++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var inner = NewDisposeScope();
            network.Blocks[block].Forward(tokens);
        }

        cancellationToken.ThrowIfCancellationRequested();
        StoreCls(tokens, output, index);
    }

    private void ForwardSplit(Tensor input, Tensor output, int index, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        var count = _architecture.LeadingTokens + (_rows * _columns);
        var tokens = empty(1, count, _architecture.Width, dtype: ScalarType.Float32);
        // Two in turn: a thread may be a block ahead of another that still reads the last block's.
        Tensor[] shared = [.. Enumerable.Range(0, 2).Select(_ => empty(1, count, 3 * _architecture.Width, dtype: network.Blocks[0].Type))];
        var parts = Math.Clamp(count / MinimumTokens, 1, team.Size);
        Run(worker =>
        {
            var (first, end) = (count * worker / parts, count * (worker + 1) / parts);
            var rows = worker < parts ? tokens[0].narrow(0, first, end - first) : null;
            if (rows is not null)
            {
                FillTokens(rows, first, Image(input, index));
            }

            for (var block = 0; block < network.Blocks.Count - 1; block++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ForwardPart(network.Blocks[block], rows, first, shared[block % 2]);
            }

            team.Synchronise();
            cancellationToken.ThrowIfCancellationRequested();
            if (worker == 0)
            {
                StoreCls(tokens, output, index);
            }
        });
    }

    private void ForwardPart(DinoV2Block block, Tensor? rows, int first, Tensor shared)
    {
        if (rows is null)
        {
            team.Synchronise();
            return;
        }

        using var scope = NewDisposeScope();
        var own = block.Project(rows).unsqueeze(0);
        shared.narrow(1, first, rows.shape[0]).copy_(own);
        team.Synchronise();
        block.Finish(rows, own, shared);
    }

    private void FillTokens(Tensor rows, int first, ReadOnlySpan<float> image)
    {
        using var scope = NewDisposeScope();
        var count = (int)rows.shape[0];
        var leading = Math.Clamp(_architecture.LeadingTokens - first, 0, count);
        if (leading > 0)
        {
            rows.narrow(0, 0, leading).copy_(network.LeadingTokens.narrow(0, first, leading));
        }

        if (count > leading)
        {
            var firstPatch = first + leading - _architecture.LeadingTokens;
            rows.narrow(0, leading, count - leading)
                .copy_(network.EmbedPatches(image, _rows, _columns, firstPatch, count - leading));
        }
    }

    private void StoreCls(Tensor tokens, Tensor output, int index)
    {
        var cls = network.Normalise(network.Blocks[^1].ForwardCls(tokens));
        TensorStore.Values(cls).CopyTo(TensorStore.Values(output).Slice(index * _architecture.Width, _architecture.Width));
    }

    private ReadOnlySpan<float> Image(Tensor input, int index) => TensorStore.Values(input).Slice(index * _imageLength, _imageLength);
}
