using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Embeddings;
using DandelionMl.Registry;
using DandelionMl.Training.LearningCurves;
using DandelionMl.Training.Logistic;

namespace DandelionMl.Training;

/// <summary>Trains a model on every stored image of the catalog and registers it as a candidate. Images already embedded cost no
/// backbone pass, so a retraining is a matter of milliseconds.</summary>
/// <example>
/// <code>
/// var training = await provider.GetRequiredService&lt;Trainer&gt;().TrainAsync();
/// Console.WriteLine($"version {training.Version.Version}: accuracy {training.Version.Metrics.Accuracy:P1} on held-out photos");
/// </code>
/// </example>
public sealed class Trainer
{
    private readonly IImageCatalog _catalog;
    private readonly BackboneSelection _backbones;
    private readonly ImageEmbedder _embedder;
    private readonly NearDuplicateGroups _groups;
    private readonly IModelRegistry _registry;
    private readonly LearningCurveReader _curves;
    private readonly TrainingOptions _configured;
    private readonly TrainingTelemetry _telemetry;

    internal Trainer(
        IImageCatalog catalog,
        BackboneSelection backbones,
        ImageEmbedder embedder,
        NearDuplicateGroups groups,
        IModelRegistry registry,
        LearningCurveReader curves,
        TrainingOptions? configured = null,
        TrainingTelemetry? telemetry = null)
    {
        (_catalog, _backbones, _embedder, _groups, _registry, _curves) = (catalog, backbones, embedder, groups, registry, curves);
        _telemetry = telemetry ?? new TrainingTelemetry();
        _configured = configured ?? new TrainingOptions();
    }

    /// <summary>Trains and registers a model.</summary>
    /// <param name="options">How to train; null for the configured options.</param>
    /// <param name="progress">Receives the progress of the backbone's download, of embedded images and of each epoch.</param>
    /// <param name="requestId">What the training is for, under which it is registered once; see
    /// <see cref="ModelRegistration.RequestId"/>.</param>
    /// <param name="cancellationToken">Cancels at any step; nothing is registered then, and embeddings already made are kept.</param>
    /// <returns>The registered candidate with its lineage.</returns>
    /// <exception cref="InsufficientTrainingDataException">There are fewer than two classes, or too few images of one; nothing is
    /// registered.</exception>
    /// <exception cref="BackboneUnavailableException">The backbone can't be loaded; the message says what to do.</exception>
    /// <exception cref="DandelionMlException">An embedding holds a value that is no finite number; the message names its image, and nothing is
    /// registered.</exception>
    public Task<TrainingResult> TrainAsync(
        TrainingOptions? options = null,
        IProgress<TrainingProgress>? progress = null,
        string? requestId = null,
        CancellationToken cancellationToken = default)
    {
        options ??= _configured;
        if (new TrainingOptionsValidator().Validate(name: null, options) is { Failed: true, FailureMessage: var wrong })
        {
            throw new ArgumentException(wrong, nameof(options));
        }

        return _telemetry.MeasureAsync(() => RunAsync(options, progress, requestId, cancellationToken));
    }

    /// <summary>The learning curve: the accuracy by the number of photos that are trained on, and what more of them would bring. It is of the photos of
    /// the newest version, by kept embeddings: none passes through the backbone. Measured when it is asked for first, and kept until there is another
    /// version.</summary>
    /// <param name="cancellationToken">Cancels before the next step.</param>
    /// <returns>From few photos to many, near-duplicates counted as one: the accuracy on photos held out, 0 to 1, and what it lies between 19 times in 20.
    /// Up to the number of photos there are, what was measured, both bounds the accuracy itself; then for 100 more and for twice as many.</returns>
    /// <exception cref="InsufficientTrainingDataException">There is no version, or it has too few photos; the message says how many it
    /// takes.</exception>
    [Experimental(DandelionMlExperiments.LearningCurve)]
    public async Task<IReadOnlyList<(int Photos, double Accuracy, double Low, double High)>> MeasureLearningCurveAsync(
        CancellationToken cancellationToken = default)
    {
        var curve = await _curves.GetAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. curve.Points.Append(new CurvePoint(curve.Photos, curve.Accuracy)).Select(point => (point.Photos, point.Accuracy, point.Accuracy, point.Accuracy)),
            .. curve.Gains.Select(gain => (
                curve.Photos + gain.More, At(gain.Accuracy.Value), At(gain.Accuracy.Low), At(gain.Accuracy.High))),
        ];

        double At(double gain) => Math.Min(1, curve.Accuracy + gain);
    }

    private async Task<TrainingResult> RunAsync(
        TrainingOptions options, IProgress<TrainingProgress>? progress, string? requestId, CancellationToken cancellationToken)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var (backbone, embedding, images) = await EmbedAsync(progress, cancellationToken).ConfigureAwait(false);
        var leftOut = ClassSelection.RemoveSingles(images);
        RequireTwoClasses(images.Select(image => image.Label), leftOut, embedding.Unreadable);

        // The order of the images is part of the result: by catalog for the split, by hash for the fit, whoever ingested first.
        var leaders = await _groups.FindLeadersAsync(backbone.Info, images, cancellationToken).ConfigureAwait(false);
        var sides = HoldoutSplit.Split(images, leaders, options.TestFraction);
        var all = images.Select((image, index) => new ManifestImage(image.Sha256, image.Label, sides[index]) { Leader = leaders[index] }).ToList();
        var distinct = DistinctOn(all);
        leftOut.AddRange(ClassSelection.FindScarce(
            all, distinct[DataSplit.Test], await _registry.GetChampionAsync(cancellationToken).ConfigureAwait(false), options.MinimumTestImagesOfNewClass));
        var manifest = new TrainingManifest([.. all.Where(image => leftOut.All(item => item.Label != image.Label))
            .OrderBy(image => image.Sha256, StringComparer.Ordinal)]);
        var labels = RequireTwoClasses(manifest.Images.Select(image => image.Label), leftOut, embedding.Unreadable);
        var fit = await HeadFit.RunAsync(
            manifest, embedding.Embeddings, labels, options, backbone.Info.DuplicateThreshold,
            Forward<EpochMetrics>(progress, epoch => new(TrainingStage.Fitting, epoch.Epoch, MostEpochs(options), epoch)), cancellationToken).ConfigureAwait(false);

        var artifact = new ModelArtifact
        {
            Labels = labels,
            Space = backbone.Info.Space,
            BackboneSha256 = backbone.Info.WeightsSha256,
            Weights = fit.Head.Weights.ToArray(),
            Bias = fit.Head.Bias.ToArray(),
            Familiar = fit.Familiar,
            Sets = fit.Sets,
            Temperature = fit.Head.Temperature,
        };
        var registration = new ModelRegistration(
            artifact, manifest, TrainingRecord.Write(options, fit),
            fit.Metrics with { DistinctTrainingPhotos = labels.Sum(label => distinct[DataSplit.Train].GetValueOrDefault(label)) })
        {
            RequestId = requestId,
            Environment = TrainingEnvironment.Describe(backbone),
            Epochs = fit.Epochs,
            TrainingTime = Stopwatch.GetElapsedTime(startedAt),
        };
        var version = await _registry.RegisterAsync(registration, cancellationToken).ConfigureAwait(false);
        return new TrainingResult
        {
            Version = version,
            Manifest = manifest,
            Epochs = fit.Epochs,
            EmbeddedImages = embedding.Embedded,
            Unreadable = embedding.Unreadable,
            LeftOut = leftOut,
        };
    }

    /// <summary>Embeds what is not embedded yet. The catalog's rows are let go then: of a million photos they take a gigabyte.</summary>
    private async Task<(IBackbone Backbone, EmbeddingReport Embedding, List<LabelledEmbedding> Images)> EmbedAsync(
        IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var stored = await _catalog.ListAsync(ImageState.Stored, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
        RequireTwoClasses(stored.Select(image => image.Label));

        var backbone = await _backbones.SelectAsync(
            Forward<DownloadProgress>(progress, report => new(TrainingStage.Downloading, report.ReceivedBytes, report.TotalBytes)),
            cancellationToken).ConfigureAwait(false);
        var embedding = await _embedder.EmbedMissingAsync(
            backbone, stored,
            Forward<ItemProgress>(progress, report => new(TrainingStage.Embedding, report.Completed, report.Total)),
            cancellationToken).ConfigureAwait(false);
        return (
            backbone,
            embedding,
            [
                .. stored.Where(image => embedding.Embeddings.ContainsKey(image.Content!.Sha256))
                    .Select(image => new LabelledEmbedding(image.Content!.Sha256, image.Label, embedding.Embeddings[image.Content.Sha256])),
            ]);
    }

    /// <summary>The number of distinct photos of each class on each side.</summary>
    private static Dictionary<DataSplit, Dictionary<string, int>> DistinctOn(List<ManifestImage> images) =>
        Enum.GetValues<DataSplit>().ToDictionary(side => side, side => images.Where(image => image.Split == side)
            .DistinctBy(image => (image.Label, image.Leader)).CountBy(image => image.Label).ToDictionary(StringComparer.Ordinal));

    private static List<string> RequireTwoClasses(
        IEnumerable<string> imageLabels, IReadOnlyList<LeftOutClass>? leftOut = null, IReadOnlyList<UnreadableImage>? unreadable = null)
    {
        var labels = imageLabels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var without = leftOut is { Count: > 0 } ? $" Left out: {string.Join("; ", leftOut.Select(item => $"'{item.Label}', {item.Reason}"))}." : "";
        without += unreadable is [var first, ..] ? $" {unreadable.Count} images can't be read, the first: {first.Name}: {first.Reason}" : "";
        return labels switch
        {
            [] when without.Length == 0 => throw new InsufficientTrainingDataException(new Reason("NoPhotos")),
            [] => throw new InsufficientTrainingDataException($"No class has enough images to train on.{without}"),
            [var only] when without.Length == 0 => throw new InsufficientTrainingDataException(new Reason("OneClass", only)),
            [var only] => throw new InsufficientTrainingDataException(
                $"All images are labelled '{only}': at least two classes are needed.{without}"),
            _ => labels,
        };
    }

    private static int MostEpochs(TrainingOptions options) =>
        options.Method == HeadMethod.Reference ? options.Epochs : LogisticProblem.MostIterations;

    private static SynchronousProgress<T>? Forward<T>(IProgress<TrainingProgress>? progress, Func<T, TrainingProgress> translate) =>
        progress is null ? null : new(report => progress.Report(translate(report)));
}
