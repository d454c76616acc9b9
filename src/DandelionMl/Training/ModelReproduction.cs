using System.Numerics.Tensors;
using System.Text.Json;
using DandelionMl.Backbones;
using DandelionMl.Registry;

namespace DandelionMl.Training;

/// <summary>Trains a version again from its lineage, the exact images, labels, split and options, and compares. Registers and
/// changes nothing.</summary>
internal sealed class ModelReproduction
{
    private const double Tolerance = 1e-6;

    // Adam goes further apart on another processor: its sums are of single precision.
    private const double ReferenceTolerance = 1e-5;

    private readonly IModelRegistry _registry;
    private readonly ManifestEmbeddings _embeddings;

    internal ModelReproduction(IModelRegistry registry, ManifestEmbeddings embeddings) => (_registry, _embeddings) = (registry, embeddings);

    /// <summary>Trains a version again. Its embeddings are read as they are kept; one that is missing is made again from the
    /// photo.</summary>
    /// <param name="version">The version's number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="IrreproducibleModelException">Images are gone, or it was not trained by <see cref="Trainer"/>.</exception>
    /// <exception cref="BackboneUnavailableException">An image has to be embedded again, and the backbone can't be had.</exception>
    /// <exception cref="Storage.ObjectNotFoundException">An image has to be embedded again, and its bytes are lost.</exception>
    public async Task<ReproductionReport> ReproduceAsync(int version, CancellationToken cancellationToken = default)
    {
        var model = await _registry.FindAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
        var options = ReadOptions(model);
        var artifact = await _registry.LoadArtifactAsync(version, cancellationToken).ConfigureAwait(false);
        var manifest = await _registry.LoadManifestAsync(version, cancellationToken).ConfigureAwait(false);
        if (manifest.Images.Select(image => image.Split).Distinct().Count() < 2
            || manifest.Images.Any(image => !model.Labels.Contains(image.Label)))
        {
            throw new IrreproducibleModelException(version, "its manifest was not written by a training.", []);
        }

        var embeddings = await _embeddings.GetAsync(model, [.. manifest.Images.Select(image => image.Sha256)], cancellationToken).ConfigureAwait(false);
        if (manifest.Images.Where(image => !embeddings.ContainsKey(image.Sha256)).Select(image => image.Sha256).ToList() is { Count: > 0 } gone)
        {
            throw new IrreproducibleModelException(
                version, $"{gone.Count} of its {manifest.Images.Count} images and their embeddings are missing; the first is {gone[0]}.", gone);
        }

        var fit = await HeadFit.RunAsync(manifest, embeddings, model.Labels, options, model.Metrics.DuplicateThreshold, progress: null, cancellationToken).ConfigureAwait(false);
        var tolerance = options.Method == HeadMethod.Reference ? ReferenceTolerance : Tolerance;
        var difference = Math.Max(
            LargestDifference(artifact.Weights, fit.Head.Weights.Span), LargestDifference(artifact.Bias, fit.Head.Bias.Span));
        return new ReproductionReport
        {
            Version = version,
            WeightsAgree = difference <= tolerance,
            LargestDifference = difference,
            MetricsEqual = AreEqual(model.Metrics, fit.Metrics, tolerance),
            Registered = model.Metrics,
            Reproduced = fit.Metrics,
            TrainedWith = model.Environment,
            ReproducedWith = TrainingEnvironment.Describe(backbone: null),
        };
    }

    private static TrainingOptions ReadOptions(ModelVersion model)
    {
        try
        {
            return TrainingRecord.Read(model.Options);
        }
        catch (JsonException exception)
        {
            throw new IrreproducibleModelException(model.Version, "its training options can't be read.", [], exception);
        }
    }

    private static float LargestDifference(float[] registered, ReadOnlySpan<float> reproduced)
    {
        if (registered.Length != reproduced.Length)
        {
            return float.PositiveInfinity;
        }

        var differences = new float[registered.Length];
        TensorPrimitives.Subtract(registered, reproduced, differences);
        return Math.Abs(TensorPrimitives.MaxMagnitude<float>(differences));
    }

    private static bool AreEqual(ModelMetrics registered, ModelMetrics reproduced, double tolerance) =>
        registered.ConfusionMatrix.Zip(reproduced.ConfusionMatrix).All(rows => rows.First.SequenceEqual(rows.Second))
        && registered.Images == reproduced.Images
        && registered.Accuracy.Equals(reproduced.Accuracy)
        && registered.DistinctPhotos == reproduced.DistinctPhotos
        && registered.DistinctAccuracy.Equals(reproduced.DistinctAccuracy)
        && registered.Classes.SequenceEqual(reproduced.Classes)
        && Math.Abs(registered.Loss - reproduced.Loss) <= tolerance
        && Math.Abs(registered.ExpectedCalibrationError - reproduced.ExpectedCalibrationError) <= tolerance;
}

/// <summary>What training a version again gave.</summary>
internal sealed record ReproductionReport
{
    /// <summary>The version.</summary>
    public required int Version { get; init; }

    /// <summary>Whether no weight or bias differs by more than 1e-6, or 1e-5 by <see cref="HeadMethod.Reference"/>.</summary>
    public required bool WeightsAgree { get; init; }

    /// <summary>The largest difference of a weight or bias.</summary>
    public required float LargestDifference { get; init; }

    /// <summary>Whether the metrics are equal: all counts and shares exactly, loss and calibration error, which are means of
    /// probabilities, likewise.</summary>
    public required bool MetricsEqual { get; init; }

    /// <summary>The metrics that were registered.</summary>
    public required ModelMetrics Registered { get; init; }

    /// <summary>The metrics now.</summary>
    public required ModelMetrics Reproduced { get; init; }

    /// <summary>What it was trained with.</summary>
    public required IReadOnlyDictionary<string, string> TrainedWith { get; init; }

    /// <summary>What it was trained with now; where weights don't agree, look here first.</summary>
    public required IReadOnlyDictionary<string, string> ReproducedWith { get; init; }
}
