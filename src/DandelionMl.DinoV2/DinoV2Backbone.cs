using System.Reflection;
using System.Security.Cryptography;
using DandelionMl.Backbones;
using DandelionMl.DinoV2.Native;
using DandelionMl.Backbones.Weights;
using DandelionMl.Imaging;

namespace DandelionMl.DinoV2;

/// <summary>A DINOv2 vision transformer (Oquab et al. 2023, arXiv:2304.07193) on the processor. An embedding is
/// the CLS token after the last norm, as the official <c>x_norm_clstoken</c>. Passes run one at a time, each on all threads.</summary>
public sealed class DinoV2Backbone : IBackbone
{
    // Bounds the memory of a large batch.
    private const int ImagesPerPass = 64;

    private readonly DinoV2Network _network;
    private readonly DinoV2Pass _pass;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _isDisposed;

    private DinoV2Backbone(DinoV2Network network, WorkerTeam team, BackboneInfo info)
    {
        (_network, Team, Info) = (network, team, info);
        _pass = new DinoV2Pass(network, team, info.Preprocessing.Height, info.Preprocessing.Width);
    }

    /// <inheritdoc/>
    public BackboneInfo Info { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["TorchSharp"] = typeof(TorchSharp.torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? typeof(TorchSharp.torch).Assembly.GetName().Version!.ToString(),
    };

    /// <summary>The threads of a pass, for tests that look at each.</summary>
    internal WorkerTeam Team { get; }

    internal bool HasRegisters => _network.Architecture.Registers > 0;

    /// <summary>Loads a network of size S, B or L, with or without registers; the weights tell which.</summary>
    /// <param name="weightsPath">The weights: the official <c>.pth</c>, or safetensors with the official or Hugging Face's names.</param>
    /// <param name="id">The backbone's id, such as <c>dinov2-vits14</c>.</param>
    /// <param name="preprocessing">How images are prepared; sides must be multiples of 14.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <param name="precision">What it computes with; give another id with another one, as its embeddings are another space.</param>
    /// <exception cref="BackboneUnavailableException">The native library can't be loaded; the processor can't compute so; or the file can't be read, is damaged, or holds
    /// another network.</exception>
    /// <exception cref="ArgumentException">The preprocessing's sides are not multiples of 14, or the threads are less than one, or there is no such
    /// precision.</exception>
    public static DinoV2Backbone Load(
        string weightsPath,
        string id,
        Preprocessing preprocessing,
        DinoV2Options? options = null,
        DinoV2Precision precision = DinoV2Precision.Full)
    {
        if (preprocessing.Width % DinoV2Architecture.PatchSize != 0 || preprocessing.Height % DinoV2Architecture.PatchSize != 0)
        {
            throw new ArgumentException(
                $"DINOv2 needs sides that are multiples of 14; {preprocessing.Id} gives {preprocessing.Width} × {preprocessing.Height}.",
                nameof(preprocessing));
        }

        if (!Enum.IsDefined(precision))
        {
            throw new ArgumentOutOfRangeException(
                nameof(precision), precision, $"There is no such precision; there are {string.Join(" and ", Enum.GetNames<DinoV2Precision>())}.");
        }

        options ??= new DinoV2Options();
        var threads = options.Threads ?? System.Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads, nameof(options.Threads));
        if (precision == DinoV2Precision.BFloat16)
        {
            BFloat16Support.Require(id);
        }

        TorchRuntime.EnsureLoaded();
        if (options.LimitTorchThreads)
        {
            TorchRuntime.LimitThreads();
        }

        if (precision == DinoV2Precision.BFloat16 && !OneDnnOperators.IsRight(TorchSharp.torch.ScalarType.BFloat16))
        {
            throw new BackboneUnavailableException($"'{id}' can't be used here: libtorch computes wrong products in bfloat16 on this processor.");
        }

        try
        {
            using var stream = File.OpenRead(weightsPath);
            var sha256 = Convert.ToHexStringLower(SHA256.HashData(stream));
            using var file = WeightFile.Open(stream);
            var network = DinoV2Network.Load(file, options.Heads, precision: precision);
            var team = new WorkerTeam(threads);
            return new DinoV2Backbone(
                network, team, new BackboneInfo(id, network.Architecture.Width, preprocessing, sha256, options.DuplicateThreshold));
        }
        catch (InvalidWeightsException cause)
        {
            throw new BackboneUnavailableException($"{weightsPath} can't be used: {cause.Message} Delete it, or replace it.", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BackboneUnavailableException($"The weights of '{id}' can't be read from {weightsPath}: {cause.Message}", cause);
        }
    }

    /// <inheritdoc/>
    public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
    {
        var (length, dimensions) = (Info.Preprocessing.TensorLength, Info.Dimensions);
        var count = Info.CountImages(images.Length, embeddings.Length);
        _gate.Wait(cancellationToken);
        try
        {
            for (var first = 0; first < count; first += ImagesPerPass)
            {
                var some = Math.Min(ImagesPerPass, count - first);
                _pass.Embed(
                    images.Slice(first * length, some * length), embeddings.Slice(first * dimensions, some * dimensions),
                    cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Frees the weights and ends the threads, after the pass that is running.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        _gate.Wait();
        Team.Dispose();
        _network.Dispose();
        _gate.Dispose();
    }
}
