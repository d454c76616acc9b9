using System.CommandLine;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Registry;
using DandelionMl.Training;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion evaluate</c>: measures the champion on a folder of labelled photos, none of which is kept.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CommonOptions options)
    {
        var folder = new Argument<string>("folder")
        {
            Description = "A folder with one subfolder of photos per label; or a manifest or another tool's export, as 'dandelion ingest' reads them.",
        };
        var command = new Command("evaluate", "Measure the champion on labelled photos that it was not trained on; the photos are not stored.") { folder };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var classifier = context.Get<Classifier>();
            var model = await classifier.ReloadAsync(cancellationToken).ConfigureAwait(false) ?? throw new NoModelException();
            classifier.WarnOfDamage(context.Terminal);
            var dataset = DatasetFormats.Recognise(Path.GetFullPath(parseResult.GetRequiredValue(folder)), toMeasure: true);
            var listed = await dataset.ReadItemsAsync(cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false);
            var photos = LabelledFiles(dataset, listed, model.Labels);
            var (metrics, unreadable) = await context.Terminal.WithProgressAsync(
                "Evaluating", report => MeasureAsync(classifier, model.Labels, photos, report, cancellationToken)).ConfigureAwait(false);
            var failures = listed.Select(item => item.Failure).OfType<IngestionFailure>()
                .Concat(listed.Select(item => item.Entry).OfType<ManifestEntry>().Where(entry => !IsFile(entry))
                    .Select(entry => new IngestionFailure(entry.UrlSource, "It is at an address: models are measured on files alone.")))
                .Select(failure => new Failure(ImageSource.Display(failure.Source), failure.Reason))
                .Concat(unreadable).ToList();
            var remarks = listed.Select(item => item.Remark).OfType<string>().ToList();
            context.Terminal.WriteResult(new { modelVersion = model.Version, metrics, failures, remarks }, console =>
            {
                console.MarkupLineInterpolated($"Model version [bold]{model.Version}[/]");
                MetricsTable.Write(console, metrics);
                remarks.ForEach(remark => console.MarkupLineInterpolated($"[yellow]{remark}[/]"));
                failures.ForEach(failure => console.MarkupLineInterpolated($"[yellow]{failure.File}: {failure.Reason}[/]"));
            });
            return failures.Count > 0 ? ExitCodes.Partial : ExitCodes.Success;
        }));
        return command;
    }

    private static List<(string Path, int Target)> LabelledFiles(
        IDataset dataset, IReadOnlyList<DatasetItem> listed, IReadOnlyList<string> labels)
    {
        var photos = new List<(string Path, int Target)>();
        foreach (var (source, label) in listed.Select(item => item.Entry).OfType<ManifestEntry>().Where(IsFile))
        {
            var target = labels.Index().FirstOrDefault(item => item.Item == label, (Index: -1, Item: "")).Index;
            if (target < 0)
            {
                throw new IOException(
                    $"'{label}' is not one of the model's classes ({string.Join(", ", labels)}); each label of '{dataset.Name}' must be the name of a class.");
            }

            photos.Add((ImageSource.ToPath(new Uri(source)), target));
        }

        return photos.Count > 0 ? photos : throw new IOException($"'{dataset.Name}' has no photos.");
    }

    private static bool IsFile(ManifestEntry entry) => Uri.TryCreate(entry.UrlSource, UriKind.Absolute, out var source) && source.IsFile;

    private static async Task<(ModelMetrics Metrics, List<Failure> Failures)> MeasureAsync(
        Classifier classifier,
        IReadOnlyList<string> labels,
        List<(string Path, int Target)> photos,
        Action<double, double, string?> report,
        CancellationToken cancellationToken)
    {
        var predictions = new (EvaluatedImage Image, Prediction Prediction)?[photos.Count];
        var failures = new Failure?[photos.Count];
        var done = 0;

        // One photo more than that may be refused, and is not tried again here.
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = Math.Min(Environment.ProcessorCount, classifier.PlacesForAny), CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, photos.Count, parallel, async (index, token) =>
        {
            try
            {
                var prediction = await PhotoFile.ClassifyAsync(classifier, photos[index].Path, token).ConfigureAwait(false);
                var byLabel = prediction.Probabilities.ToDictionary(item => item.Label, item => item.Probability);
                predictions[index] = (new EvaluatedImage([.. labels.Select(label => byLabel[label])], photos[index].Target), prediction);
            }
            catch (Exception e) when (PhotoFile.IsUnreadable(e))
            {
                failures[index] = new Failure(photos[index].Path, e.Message);
            }

            report(Interlocked.Increment(ref done), photos.Count, null);
        }).ConfigureAwait(false);

        var measured = predictions.OfType<(EvaluatedImage Image, Prediction Prediction)>().ToList();
        if (measured.Count == 0)
        {
            throw new IOException("None of the photos can be read.");
        }

        // As the gate counts them: near-duplicates are one photo.
        var threshold = measured[0].Prediction.RequireBackbone().DuplicateThreshold;
        var distinct = DistinctPhotos.Find(
            measured.ConvertAll(item => new LabelledEmbedding(
                item.Prediction.Sha256, labels[item.Image.Target], item.Prediction.Embedding)),
            threshold, cancellationToken);
        var metrics = Evaluation.Measure(labels, measured.ConvertAll(item => item.Image), distinct) with { DuplicateThreshold = threshold };
        return (metrics, failures.OfType<Failure>().ToList());
    }

    private sealed record Failure(string File, string Reason);
}
