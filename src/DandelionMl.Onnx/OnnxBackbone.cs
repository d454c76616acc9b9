using DandelionMl.Backbones;
using DandelionMl.Imaging;
using DandelionMl.Onnx.Graphs;
using DandelionMl.Onnx.Pictures;
using Microsoft.ML.OnnxRuntime;

namespace DandelionMl.Onnx;

/// <summary>An exported feature extractor as a backbone, run by ONNX Runtime: an input [n, 3, height, width] of pictures and an
/// output [n, d] or [n, d, 1, 1], or tokens [n, tokens, d] whose CLS token is taken. The batch is free or fixed. Passes run one
/// at a time, each on all threads.</summary>
/// <remarks>What can go wrong quietly in an export is checked when it is loaded, on fixed pictures: that an answer is finite and
/// depends on the picture, that tokens begin with CLS, and that a picture's embedding is the same alone and in a batch. A graph
/// whose batch is not what it says runs one picture a pass.</remarks>
public sealed class OnnxBackbone : IBackbone
{
    internal const string Cpu = "CPU";
    internal const string Cuda = "CUDA";

    /// <summary>SPDX's word for a licence that nobody has stated.</summary>
    internal const string UnknownLicense = "NOASSERTION";

    private readonly FeatureGraph _graph;
    private readonly WeightCopies? _copies;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private bool _isDisposed;

    private OnnxBackbone(FeatureGraph graph, BackboneInfo info, OnnxFile file, string provider)
    {
        (_graph, Info, WeightFiles, _copies) = (graph, info, file.Weights, file.Copies);
        Environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ONNX Runtime"] = Session.RuntimeVersion,
            ["ONNX Runtime's execution provider"] = provider,
        };
    }

    /// <inheritdoc/>
    public BackboneInfo Info { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>How an embedding is taken from the graph's output, for people to read.</summary>
    internal string Reading => _graph.Reading;

    /// <summary>Files beside the ONNX file in which its weights lie, relative to its folder; none where they are inside it.</summary>
    internal IReadOnlyList<string> WeightFiles { get; }

    /// <summary>Pictures of a pass; 1 where the graph takes one at a time.</summary>
    internal int PicturesPerPass => _graph.PicturesPerPass;

    /// <summary>Loads an ONNX file.</summary>
    /// <param name="id">The backbone's id; part of every embedding's key, so another file needs another id.</param>
    /// <param name="options">The file, and how it is used.</param>
    /// <param name="preprocessing">How pictures are prepared; null for what <see cref="OnnxBackboneOptions.Preprocessing"/>
    /// says.</param>
    /// <exception cref="BackboneUnavailableException">The file can't be read or is no ONNX graph, or the graph is no feature
    /// extractor that can be used; or ONNX Runtime's native library or the execution provider is missing. The message says what
    /// to do.</exception>
    public static OnnxBackbone Load(string id, OnnxBackboneOptions options, Preprocessing? preprocessing = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(options.Path);
        try
        {
            return Load(
                id, OnnxFile.Read(options.Path), options,
                (session, side) => preprocessing ?? GivenPreprocessing.Choose(options, session.Metadata, side));
        }
        catch (UnusableGraphException cause)
        {
            throw new BackboneUnavailableException($"{options.Path} can't be used as backbone '{id}': {cause.Message}", cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new BackboneUnavailableException($"The ONNX file of backbone '{id}' can't be read: {cause.Message}", cause);
        }
    }

    /// <summary>Loads an ONNX file that was read.</summary>
    /// <param name="id">The backbone's id.</param>
    /// <param name="file">The file; its copies are owned by the result.</param>
    /// <param name="options">How it is used.</param>
    /// <param name="prepare">Gives the preprocessing, told the side of the graph's input in pixels; null where that is
    /// free.</param>
    /// <exception cref="UnusableGraphException">The graph is no feature extractor that can be used.</exception>
    internal static OnnxBackbone Load(
        string id, OnnxFile file, OnnxBackboneOptions options, Func<Session, int?, Preprocessing> prepare)
    {
        Session? session = null;
        try
        {
            session = Session.Open(file.Graph, options, file.Folder);
            var input = PictureInput.Of(session);
            var preprocessing = prepare(session, input.Side);
            input.Check(preprocessing);
            var graph = FeatureGraph.Probe(session, input, options, preprocessing);
            var info = new BackboneInfo(
                id, graph.Dimensions, preprocessing, file.Sha256, options.DuplicateThreshold);
            return new OnnxBackbone(graph, info, file, options.ExecutionProvider);
        }
        catch
        {
            session?.Dispose();
            file.Copies?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Embed(ReadOnlySpan<float> images, Span<float> embeddings, CancellationToken cancellationToken = default)
    {
        Info.CountImages(images.Length, embeddings.Length);
        _gate.Wait(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _graph.Embed(images, embeddings, cancellationToken);
        }
        catch (OnnxRuntimeException cause)
        {
            throw new BackboneUnavailableException($"The graph of backbone '{Info.Id}' failed. ONNX Runtime says: {cause.Message}", cause);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Frees the graph, after the pass that is running.</summary>
    public void Dispose()
    {
        _gate.Wait();
        if (!_isDisposed)
        {
            _isDisposed = true;
            _graph.Dispose();
            _copies?.Dispose();
        }

        _gate.Release();
    }
}
