using DandelionMl.Backbones;
using DandelionMl.DinoV2.Download;
using DandelionMl.Imaging;

namespace DandelionMl.DinoV2;

/// <summary>A DINOv2 network whose weights are a local file, or a download that is pinned by size and hash.</summary>
internal sealed class DinoV2Source : IBackboneSource
{
    private const string License = "Apache-2.0";
    private const string RegisterSuffix = "-reg";
    private const string BFloat16Suffix = "-bf16";

    // The one that is chosen by itself: small enough for a processor, and its download is pinned.
    private const string Automatic = "dinov2-vits14";
    private const int Rank = 100;

    private static readonly Dictionary<string, int> Widths = new(StringComparer.Ordinal)
    {
        ["dinov2-vits14"] = 384,
        ["dinov2-vitb14"] = 768,
        ["dinov2-vitl14"] = 1024,
    };

    private static readonly Dictionary<string, PinnedFile> Downloads = new(StringComparer.Ordinal)
    {
        ["dinov2-vits14"] = new PinnedFile(
            new Uri("https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth"),
            Bytes: 88_283_115,
            Sha256: "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9"),
    };

    private readonly DinoV2Precision _precision;
    private readonly string _network;
    private readonly string? _localPath;
    private readonly PinnedFile? _download;
    private readonly WeightsDownloader _downloader;
    private readonly Preprocessing _preprocessing;
    private readonly DinoV2Options _options;

    /// <summary>Creates the source of one network.</summary>
    /// <param name="id">One of <see cref="Ids"/>.</param>
    /// <param name="backbones">Tells its local file, if it has one.</param>
    /// <param name="downloader">Fetches it otherwise.</param>
    /// <param name="preprocessing">How images are prepared for it.</param>
    /// <param name="options">How it is loaded.</param>
    public DinoV2Source(
        string id, BackboneOptions backbones, WeightsDownloader downloader, Preprocessing preprocessing, DinoV2Options options)
    {
        // Both precisions of a network are made from the same weights.
        _precision = id.EndsWith(BFloat16Suffix, StringComparison.Ordinal) ? DinoV2Precision.BFloat16 : DinoV2Precision.Full;
        _network = _precision == DinoV2Precision.BFloat16 ? id[..^BFloat16Suffix.Length] : id;
        _localPath = backbones.LocalWeights.TryGetValue(id, out var path) || backbones.LocalWeights.TryGetValue(_network, out path) ? path : null;
        _download = _localPath is null ? Downloads.GetValueOrDefault(_network) : null;
        (_downloader, _preprocessing, _options) = (downloader, preprocessing, options);
        var origin = (_precision == DinoV2Precision.BFloat16 ? ", in bfloat16" : "") + (_localPath is null ? "" : $", from {_localPath}");
        Descriptor = new BackboneDescriptor(
            id, $"DINOv2 vision transformer (Oquab et al. 2023){origin}", WidthOf(_network), _download?.Bytes ?? 0, License)
        {
            Rank = id == Automatic ? Rank : null,
        };
    }

    /// <summary>The ids of all networks: three sizes, each without and with registers, in two precisions.</summary>
    public static IReadOnlyList<string> Ids { get; } =
        [.. Widths.Keys.SelectMany(id => new[] { id, id + RegisterSuffix }).SelectMany(id => new[] { id, id + BFloat16Suffix })];

    /// <inheritdoc/>
    public BackboneDescriptor Descriptor { get; }

    /// <inheritdoc/>
    public bool IsAvailable =>
        (_localPath is not null || _download is not null) && (_precision == DinoV2Precision.Full || BFloat16Support.Missing is null);

    /// <inheritdoc/>
    public bool IsDownloaded => _download is null ? File.Exists(_localPath) : _downloader.IsDownloaded(_download);

    /// <inheritdoc/>
    public Task DownloadAsync(IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        if (_precision == DinoV2Precision.BFloat16)
        {
            BFloat16Support.Require(Descriptor.Id);
        }

        if (_download is not null)
        {
            return _downloader.DownloadAsync(_download, progress, cancellationToken);
        }

        if (_localPath is null)
        {
            throw new BackboneUnavailableException(
                $"'{Descriptor.Id}' can't be downloaded: set the option LocalWeights to a local copy of its weights.");
        }

        return File.Exists(_localPath)
            ? Task.CompletedTask
            : throw new BackboneUnavailableException(
                $"The option LocalWeights names {_localPath} for '{Descriptor.Id}', but that file was not found.");
    }

    /// <inheritdoc/>
    public IBackbone Load()
    {
        var path = _download is null ? _localPath! : _downloader.PathOf(_download);
        var backbone = DinoV2Backbone.Load(path, Descriptor.Id, _preprocessing, _options, _precision);
        if (Mismatch(backbone) is not { } mismatch)
        {
            return backbone;
        }

        backbone.Dispose();
        throw new BackboneUnavailableException($"{path} does not contain '{Descriptor.Id}': {mismatch}");
    }

    private string? Mismatch(DinoV2Backbone backbone)
    {
        if (_download is not null && backbone.Info.WeightsSha256 != _download.Sha256)
        {
            return $"its SHA-256 is {backbone.Info.WeightsSha256}, not {_download.Sha256}. Delete it to download it again.";
        }

        var hasRegisters = _network.EndsWith(RegisterSuffix, StringComparison.Ordinal);
        return backbone.Info.Dimensions != Descriptor.Dimensions || backbone.HasRegisters != hasRegisters
            ? $"its embeddings have {backbone.Info.Dimensions} values and it has {(backbone.HasRegisters ? "" : "no ")}registers."
            : null;
    }

    private static int WidthOf(string id) =>
        Widths[id.EndsWith(RegisterSuffix, StringComparison.Ordinal) ? id[..^RegisterSuffix.Length] : id];
}
