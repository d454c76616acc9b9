#!/usr/bin/env dotnet
// A walk through a set of photos with DandelionMl: dotnet run explore.cs [-- photos [report.html]]
// Without photos, or with "", it draws some.
// In a program of yours, name packages with their versions in place of the next four lines:
// #:package DandelionMl.ResNet18@*-*  #:package MathNet.Numerics@5.0.0  #:package ScottPlot@5.1.59
#:project ../../src/DandelionMl/DandelionMl.csproj
#:project ../../src/DandelionMl.ResNet18/DandelionMl.ResNet18.csproj
#:package MathNet.Numerics
#:package ScottPlot
#:property PublishAot=false
#:property TieredCompilationQuickJitForLoops=false

using System.Diagnostics;
using System.Globalization;
using System.Net;
using DandelionMl;
using DandelionMl.Backbones;
using DandelionMl.Catalog;
using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Embeddings;
using DandelionMl.Imaging;
using DandelionMl.Promotion;
using DandelionMl.Registry;
using DandelionMl.Retraining;
using DandelionMl.Storage;
using DandelionMl.Training;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.Extensions.DependencyInjection;
using SkiaSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var photos = args.ElementAtOrDefault(0) is { Length: > 0 } folder ? folder : null;
var output = args.ElementAtOrDefault(1) ?? "report.html";
if (photos is not null && !Directory.Exists(photos))
{
    Console.Error.WriteLine($"There is no folder '{photos}'. Name one with a subfolder of photos for each label.");
    return 2;
}

// What is made of the photos lies here, and is removed at the end.
var data = Directory.CreateTempSubdirectory("explore-").FullName;

// What the library refuses, such as too few photos, it says in a sentence: it takes no stack trace.
AppDomain.CurrentDomain.UnhandledException += (_, failure) =>
{
    if (failure.ExceptionObject is DandelionMlException refused)
    {
        Console.Error.WriteLine(refused.Message);
        Directory.Delete(data, recursive: true);
        Environment.Exit(1);
    }
};

// What a section shows goes into the report; the notebook shows it under its cell.
List<string> sections = [];
var show = (string title, string html) =>
{
    Console.WriteLine(title);
    sections.Add(html);
};

// Each part from here on is a cell of explore.ipynb; a test holds the two against each other.
// %% Show results
string[] colours = ["#D69F00", "#3F8F4F", "#3B7DD8", "#C4508A", "#8A63D2", "#C8643C"];

void Section(string title, string explanation, params string[] parts)
{
    show(title, $"<section><h2>{Encode(title)}</h2><p>{Encode(explanation)}</p>{string.Concat(parts)}</section>");
}

string Encode(string text) => WebUtility.HtmlEncode(text);

string Figure(ScottPlot.Plot plot, string description, int width = 760, int height = 420)
{
    // Lines and words take the colour of the page's text, so that they can be read on light and dark.
    var ink = ScottPlot.Color.FromHex("#010203");
    plot.Axes.Color(ink);
    plot.Axes.Title.Label.ForeColor = ink;
    plot.FigureBackground.Color = plot.DataBackground.Color = ScottPlot.Colors.Transparent;
    plot.Legend.BackgroundColor = plot.Legend.OutlineColor = plot.Legend.ShadowColor = ScottPlot.Colors.Transparent;
    plot.Legend.FontColor = ink;
    plot.Grid.MajorLineColor = ScottPlot.Colors.Gray.WithAlpha(.2);
    var svg = plot.GetSvgXml(width, height).Replace("#010203", "currentColor");
    svg = svg[svg.IndexOf("<svg", StringComparison.Ordinal)..]
        .Replace("<svg ", $"<svg role=\"img\" aria-label=\"{Encode(description)}\" viewBox=\"0 0 {width} {height}\" ");
    return $"<figure>{Separate(svg)}</figure>";
}

// Ids are unique in a page, and each plot counts its own from the start.
string Separate(string svg)
{
    var own = $"p{Guid.NewGuid():N}-";
    return svg.Replace(" id=\"", $" id=\"{own}").Replace("url(#", $"url(#{own}").Replace("href=\"#", $"href=\"#{own}");
}

string Table(string[] head, IEnumerable<string[]> rows) =>
    "<div class=\"wide\" tabindex=\"0\"><table><thead>"
    + $"<tr>{string.Concat(head.Select(cell => $"<th scope=\"col\">{Encode(cell)}</th>"))}</tr></thead><tbody>"
    + string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{Encode(cell)}</td>"))}</tr>"))
    + "</tbody></table></div>";

string Pictures(IEnumerable<(byte[] Bytes, string Caption)> pictures) =>
    "<div class=\"pictures\">"
    + string.Concat(pictures.Select(picture => $"<figure>{Thumbnail(picture.Bytes, picture.Caption)}</figure>"))
    + "</div>";

// Small, so that the report stays small.
string Thumbnail(byte[] bytes, string caption)
{
    using var picture = SKBitmap.Decode(bytes);
    var scale = Math.Min(1, 160f / Math.Max(picture.Width, picture.Height));
    var size = new SKSizeI(Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)));
    using var small = picture.Resize(size, new SKSamplingOptions(SKCubicResampler.Mitchell));
    using var jpeg = small.Encode(SKEncodedImageFormat.Jpeg, 80);
    return $"<img alt=\"{Encode(caption)}\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg.ToArray())}\">"
        + $"<figcaption>{Encode(caption)}</figcaption>";
}

// %% Draw pictures
// With no photos at hand: meadows with yellow flowers, with white flowers, and with none. Some flowers are so small that a model errs.
void DrawMeadows(string folder, int perLabel)
{
    string[] labels = ["daisy", "dandelion", "grass"];
    foreach (var (kind, label) in labels.Index())
    {
        Directory.CreateDirectory(Path.Combine(folder, label));
        for (var number = 0; number < perLabel; number++)
        {
            using var surface = SKSurface.Create(new SKImageInfo(192, 144));
            DrawMeadow(surface.Canvas, label, new Random((1_000 * kind) + number));
            using var picture = surface.Snapshot();
            using var jpeg = picture.Encode(SKEncodedImageFormat.Jpeg, 85);
            File.WriteAllBytes(Path.Combine(folder, label, $"{label}-{number:000}.jpg"), jpeg.ToArray());
        }
    }
}

void DrawMeadow(SKCanvas canvas, string label, Random random)
{
    float Within(float from, float to) => from + ((to - from) * random.NextSingle());
    var light = Within(20, 45);
    canvas.Clear(SKColor.FromHsl(Within(70, 120), Within(30, 60), light));
    using var paint = new SKPaint { IsAntialias = true, StrokeWidth = 2 };
    for (var blade = random.Next(150, 400); blade > 0; blade--)
    {
        paint.Color = SKColor.FromHsl(Within(70, 130), Within(30, 70), light + Within(-15, 15));
        var (x, y) = (Within(0, 192), Within(0, 160));
        canvas.DrawLine(x, y, x + Within(-8, 8), y - Within(10, 35), paint);
    }

    // Pale dry leaves lie in any meadow, and look a little like petals.
    for (var leaf = random.Next(0, 6); leaf > 0; leaf--)
    {
        paint.Color = SKColor.FromHsl(Within(40, 60), Within(10, 50), Within(50, 85));
        canvas.DrawOval(Within(0, 192), Within(0, 144), Within(2, 7), Within(1, 4), paint);
    }

    for (var flower = label == "grass" ? 0 : random.Next(1, 6); flower > 0; flower--)
    {
        var (x, y, size) = (Within(10, 182), Within(10, 134), Within(2.5f, 16));
        for (var petal = 0; petal < 14; petal++)
        {
            var (sin, cos) = MathF.SinCos(petal * MathF.Tau / 14);
            paint.Color = label == "daisy" ? SKColor.FromHsl(50, 10, Within(80, 97)) : SKColor.FromHsl(Within(45, 54), 95, Within(48, 60));
            canvas.DrawCircle(x + (cos * size * .7f), y + (sin * size * .7f), size * .32f, paint);
        }

        paint.Color = SKColor.FromHsl(46, 95, label == "daisy" ? 50 : 45);
        canvas.DrawCircle(x, y, size * .45f, paint);
    }
}

// %% Load photos
if (photos is null)
{
    photos = Path.Combine(data, "drawn");
    DrawMeadows(photos, perLabel: 50);
}

// A data directory keeps to one backbone, so each backbone gets its own.
ServiceProvider Open(string backboneId)
{
    var services = new ServiceCollection();
    services.AddDandelionMl(options =>
    {
        options.DataDirectory = Path.Combine(data, backboneId);
        options.Backbone = backboneId;
    }).AddResNet18();
    return services.BuildServiceProvider();
}

var provider = Open("built-in-v1");
var store = provider.GetRequiredService<IImageStore>();
var ingestion = await provider.GetRequiredService<DatasetIngestor>().IngestAsync(new FolderDataset(photos));
var catalog = provider.GetRequiredService<IImageCatalog>();
var images = await catalog.ListAsync(ImageState.Stored).OrderBy(image => image.UrlSource).ToListAsync();
var byHash = images.ToDictionary(image => image.Content!.Sha256);
var labels = images.Select(image => image.Label).Distinct().Order().ToList();
if (labels.Count < 2)
{
    throw new InsufficientTrainingDataException(
        $"There are {images.Count} photos of {labels.Count} classes in '{photos}': it takes two classes at least, a subfolder with some ten photos for each.");
}

async Task<byte[]> ReadAsync(string sha256)
{
    using var bytes = new MemoryStream();
    await using var stored = await store.OpenReadAsync(byHash[sha256].Content!.Key);
    await stored.CopyToAsync(bytes);
    return bytes.ToArray();
}

List<(byte[], string)> examples = [];
foreach (var image in labels.SelectMany(label => images.Where(image => image.Label == label).Take(6)))
{
    examples.Add((await ReadAsync(image.Content!.Sha256), image.Label));
}

Section(
    "The photos",
    $"{images.Count} photos of {labels.Count} classes were read; {ingestion.Duplicates.Count} copies and {ingestion.Failures.Count} unreadable "
        + "files were left out. "
        + "Look at them first: a wrong label here is learned by every model below.",
    Table(["class", "photos"], labels.Select(label => new[] { label, $"{images.Count(image => image.Label == label)}" })),
    Pictures(examples));

// %% Embed
var backbone = await provider.GetRequiredService<IBackboneProvider>().GetAsync("built-in-v1");
var decoder = provider.GetRequiredService<IImageDecoder>();
var kept = provider.GetRequiredService<IEmbeddingStore>();
var clock = Stopwatch.StartNew();
Dictionary<string, float[]> embeddings = [];
foreach (var sha256 in byHash.Keys)
{
    var tensor = new float[backbone.Info.Preprocessing.TensorLength];
    backbone.Info.Preprocessing.Apply(decoder.Decode(await ReadAsync(sha256), backbone.Info.Preprocessing.MinimumSide), tensor);
    embeddings[sha256] = new float[backbone.Info.Dimensions];
    backbone.Embed(tensor, embeddings[sha256]);
}

var embeddingTime = clock.Elapsed;
await kept.PutAsync(backbone.Info.Space, embeddings);
Section(
    "Embeddings",
    "The backbone is a network that stays as it is. It turns each photo into an embedding, a list of numbers that is alike for photos that look alike. "
        + "An embedding is kept under the hash of its photo, so no photo is embedded twice.",
    Table(
        ["backbone", "numbers in an embedding", "photos", "milliseconds for a photo"],
        [[backbone.Info.Id, $"{backbone.Info.Dimensions}", $"{embeddings.Count}", $"{embeddingTime.TotalMilliseconds / embeddings.Count:0.0}"]]));

// %% Look at the embedding space
// Principal components: the two directions in which the embeddings differ most, from the eigenvectors of their covariance.
var hashes = embeddings.Keys.ToList();
var matrix = Matrix<double>.Build.DenseOfRowArrays(hashes.Select(sha256 => Array.ConvertAll(embeddings[sha256], value => (double)value)));
var mean = matrix.ColumnSums() / matrix.RowCount;
var centred = Matrix<double>.Build.Dense(matrix.RowCount, matrix.ColumnCount, (row, column) => matrix[row, column] - mean[column]);
var components = centred.TransposeThisAndMultiply(centred).Evd(Symmetricity.Symmetric);
var plane = centred * components.EigenVectors.SubMatrix(0, matrix.ColumnCount, matrix.ColumnCount - 2, 2);
var variance = components.EigenValues.Real();
var shown = (variance[^1] + variance[^2]) / variance.Sum();

var space = new ScottPlot.Plot();
foreach (var (index, label) in labels.Index())
{
    var rows = hashes.Index().Where(item => byHash[item.Item].Label == label).Select(item => item.Index).ToList();
    var points = space.Add.ScatterPoints(rows.Select(row => plane[row, 1]).ToArray(), rows.Select(row => plane[row, 0]).ToArray());
    points.LegendText = label;
    points.Color = ScottPlot.Color.FromHex(colours[index % colours.Length]);
    points.MarkerSize = 8;
}

space.ShowLegend(ScottPlot.Edge.Right);
space.Axes.Bottom.Label.Text = "first principal component";
space.Axes.Left.Label.Text = "second principal component";
Section(
    "The embedding space",
    $"Each point is a photo; points close to each other look alike to the backbone. Classes that lie apart are easy to tell. "
        + $"The plane shows {shown:P0} of what there is: classes that overlap here may still be apart in the other directions.",
    Figure(space, "The embeddings of all photos, projected on two principal components, one colour a class"));

// %% Train
clock.Restart();
var training = await provider.GetRequiredService<Trainer>().TrainAsync();
var trainingTime = clock.Elapsed;
var decided = await provider.GetRequiredService<ModelPromotion>().DecideAsync(training.Version.Version, actor: "explore");
var metrics = decided.Metrics;
Section(
    "The model",
    $"A linear head was fitted on the embeddings in {trainingTime.TotalMilliseconds:0} ms; {training.EmbeddedImages} photos had to be embedded for it. "
        + $"It was measured on photos that it never saw. The gate says: {decided.Verdict!.Summary}",
    Table(
        ["class", "test photos", "precision: given this label and right", "recall: of this class and found"],
        metrics.Classes.Select(item => new[] { item.Label, $"{item.Images}", $"{item.Precision:P0}", $"{item.Recall:P0}" })
            .Append(["accuracy of all", $"{metrics.Images}", $"{metrics.Accuracy:P1}", ""])));

// %% Follow the fit
ScottPlot.Plot Curve(string title, Func<EpochMetrics, double> value, string colour)
{
    var plot = new ScottPlot.Plot();
    var line = plot.Add.ScatterLine(training.Epochs.Select(epoch => (double)epoch.Epoch).ToArray(), training.Epochs.Select(value).ToArray());
    line.Color = ScottPlot.Color.FromHex(colour);
    line.LineWidth = 2.5f;
    plot.Title(title);
    plot.Axes.Bottom.Label.Text = "iteration";
    return plot;
}

Section(
    "The fit",
    "An iteration is one look at all training photos. The loss says how far the model's probabilities are from the labels; it falls, then levels off: "
        + "the fit ends by itself, at its optimum.",
    "<div class=\"pair\">",
    Figure(Curve("Loss in nats", epoch => epoch.Loss, colours[2]), "Loss on the training photos by iteration", 420, 300),
    Figure(Curve("Accuracy", epoch => epoch.Accuracy, colours[1]), "Accuracy on the training photos by iteration", 420, 300),
    "</div>");

// %% Learning curve
#pragma warning disable DANDELION006 // Not settled yet: its shape may change.
IReadOnlyList<(int Photos, double Accuracy, double Low, double High)> growth = [];
var more = "";
try
{
    growth = await provider.GetRequiredService<Trainer>().MeasureLearningCurveAsync();
}
catch (InsufficientTrainingDataException refused)
{
    more = refused.Message;
}

// Measured up to the photos there are, and carried on from there, with a range.
var measured = growth.TakeWhile(point => point.Low == point.High).ToList();
var ahead = growth.Skip(measured.Count - 1).ToList();
var growing = new ScottPlot.Plot();
if (growth.Count > 0)
{
    if (ahead.Count > 1)
    {
        var range = growing.Add.FillY(ahead.Select(point => ((double)point.Photos, 100 * point.Low, 100 * point.High)).ToArray());
        range.FillColor = ScottPlot.Color.FromHex(colours[1]).WithAlpha(.25);
        range.LineWidth = 0;
    }

    foreach (var (points, pattern) in new[] { (measured, ScottPlot.LinePattern.Solid), (ahead, ScottPlot.LinePattern.Dashed) })
    {
        var line = growing.Add.Scatter(points.Select(point => (double)point.Photos).ToArray(), points.Select(point => 100 * point.Accuracy).ToArray());
        line.Color = ScottPlot.Color.FromHex(colours[1]);
        line.LineWidth = 2.5f;
        line.LinePattern = pattern;
    }

    growing.Axes.Bottom.Label.Text = "distinct photos trained on";
    growing.Axes.Left.Label.Text = "accuracy on photos held out, %";
    var (today, then) = (measured[^1], ahead[^1]);
    more = ahead.Count > 1
        ? $"With {then.Photos - today.Photos} more photos the accuracy would go from {today.Accuracy:P1} to {then.Accuracy:P1}, 19 times in 20 to between "
            + $"{then.Low:P1} and {then.High:P1}."
        : "More photos like these would bring nothing: all are told apart.";
}

Section(
    "Learning curve",
    "The model is trained on an eighth of the photos, then on more of them, and tested on photos held out each time. Carried on, that says whether more "
        + $"photos would help. {more}",
    growth.Count > 0 ? Figure(growing, "Accuracy by the number of photos, carried on with a range", 760, 320) : "");

// %% Confusion matrix
// The darker, the larger its share of the class.
string Cell(int count, int of) => $"<td style=\"--share:{100.0 * count / Math.Max(1, of):0}%\">{count}</td>";

var confusion = metrics.ConfusionMatrix;
var head = string.Concat(decided.Labels.Select(label => $"<th scope=\"col\">{Encode(label)}</th>"));
var cells = decided.Labels.Index().Select(row => $"<tr><th scope=\"row\">{Encode(row.Item)}</th>{string.Concat(
    confusion[row.Index].Select(count => Cell(count, of: confusion[row.Index].Sum())))}</tr>");
Section(
    "Confusion matrix",
    "Rows are the true classes of the test photos, columns what the model said. Right answers are on the diagonal; a number beside it shows which two "
        + "classes are confused.",
    $"<div class=\"wide\" tabindex=\"0\"><table class=\"confusion\"><thead><tr><th scope=\"col\">true ↓ predicted →</th>{head}</tr></thead>",
    $"<tbody>{string.Concat(cells)}</tbody></table></div>");

// %% Mistakes
var artifact = await provider.GetRequiredService<IModelRegistry>().LoadArtifactAsync(decided.Version);
var test = training.Manifest.Images.Where(image => image.Split == DataSplit.Test).ToList();
List<(byte[] Bytes, string Caption, float Probability)> mistakes = [];
List<(byte[], string)> several = [], strange = [];
using (var classifier = Classifier.Load(artifact, backbone, decoder))
{
    foreach (var image in test)
    {
        var bytes = await ReadAsync(image.Sha256);
        var prediction = await classifier.ClassifyAsync(bytes);
        if (prediction.Label != image.Label)
        {
            mistakes.Add((bytes, $"{image.Label}, taken for {prediction.Label} ({prediction.Probability:P0})", prediction.Probability));
        }

        if (prediction.Labels is { Count: > 1 } named)
        {
            several.Add((bytes, $"{image.Label}: {string.Join(" or ", named)}"));
        }

        if (prediction.IsKnown == false)
        {
            strange.Add((bytes, $"{image.Label}, unlike the training photos"));
        }
    }
}

Section(
    "Mistakes",
    mistakes.Count == 0
        ? $"The model is right on all {test.Count} test photos. They may be too few, or too alike, to show its mistakes."
        : $"{mistakes.Count} of {test.Count} test photos were given a wrong label; those that the model was surest of come first. "
            + "Often the label is what is wrong, or there is too little to see.",
    Pictures(mistakes.OrderByDescending(mistake => mistake.Probability).Take(15).Select(mistake => (mistake.Bytes, mistake.Caption))));

Section(
    "Unsure answers",
    metrics is { PredictionSetCoverage: { } coverage, PredictionSetSize: { } size }
        ? $"For each photo the model names the classes that it may be of: {size:0.00} on average, and for {coverage:P1} of the test photos their own is among "
            + $"them. For {several.Count} of {test.Count} it names several, which a person has to tell apart. {strange.Count} are unlike the training photos, so that "
            + "the answer means little."
        : "The model was trained on too few photos to say what else a photo may be.",
    Pictures(several.Take(10).Concat(strange.Take(5))));

// %% Nearest neighbours
List<string> neighbourhoods = [];
foreach (var label in decided.Labels)
{
    if (test.Find(image => image.Label == label) is not { } asked)
    {
        continue;
    }

    List<(byte[], string)> row = [(await ReadAsync(asked.Sha256), $"test photo: {label}")];
    var nearest = await kept.FindNearestAsync(backbone.Info.Space, embeddings[asked.Sha256], count: 6);
    foreach (var near in nearest.Where(near => near.Sha256 != asked.Sha256).Take(5))
    {
        row.Add((await ReadAsync(near.Sha256), $"{byHash[near.Sha256].Label}, {near.Similarity:0.000}"));
    }

    neighbourhoods.Add(Pictures(row));
}

Section(
    "Nearest neighbours",
    "For a photo of each class, the photos with the most similar embeddings, by cosine similarity (1 is the same). Neighbours of another class "
        + "show what the backbone does not see, or a label that is wrong.",
    [.. neighbourhoods]);

// %% Compare backbones
List<(string Id, int Dimensions, double Accuracy, double Seconds)> compared = [];
compared.Add((backbone.Info.Id, backbone.Info.Dimensions, metrics.Accuracy, (embeddingTime + trainingTime).TotalSeconds));
foreach (var available in provider.GetRequiredService<IBackboneProvider>().Available
    .Where(item => item.DownloadBytes == 0 && item.Id != backbone.Info.Id))
{
    var other = Open(available.Id);
    await other.GetRequiredService<DatasetIngestor>().IngestAsync(new FolderDataset(photos));
    clock.Restart();
    var trained = await other.GetRequiredService<Trainer>().TrainAsync();
    compared.Add((available.Id, available.Dimensions, trained.Version.Metrics.Accuracy, clock.Elapsed.TotalSeconds));
    await other.DisposeAsync();
}

var comparison = new ScottPlot.Plot();
foreach (var (index, item) in compared.Index())
{
    var bar = comparison.Add.Bar(index, 100 * item.Accuracy);
    bar.Color = ScottPlot.Color.FromHex(colours[(index + 1) % colours.Length]);
}

comparison.Axes.Bottom.SetTicks([.. compared.Select((_, index) => (double)index)], [.. compared.Select(item => item.Id)]);
comparison.Axes.Left.Label.Text = "accuracy on test photos, %";
comparison.Axes.SetLimits(-.75, compared.Count - .25, 0, 105);
Section(
    "Backbones compared",
    "The same photos and the same training, on the embeddings of another backbone. A larger network often sees more and takes longer for a photo; "
        + "with few test photos, a small difference means nothing. The seconds are those of embedding all photos and of the training.",
    Figure(comparison, "Accuracy on test photos by backbone", 760, 300),
    Table(
        ["backbone", "numbers in an embedding", "accuracy", "seconds"],
        compared.Select(item => new[] { item.Id, $"{item.Dimensions}", $"{item.Accuracy:P1}", $"{item.Seconds:0.0}" })));

// %% When to train again
var now = await provider.GetRequiredService<RetrainCheck>().DecideAsync();
var policy = provider.GetRequiredService<IRetrainPolicy>();
int[] counts = [0, 3, 4, 10];
var situations = counts.Select(each =>
{
    var decision = policy.Decide(new RetrainSituation
    {
        NewImages = labels.ToDictionary(label => label, _ => each),
        LastTrainedAt = decided.CreatedAt,
        Now = decided.CreatedAt + TimeSpan.FromDays(1),
    });
    return new[] { $"{each}", decision.ShouldRetrain ? "train" : "wait", decision.Reason };
});
Section(
    "When to train again",
    $"The retrain policy counts the photos that reviewers have confirmed since the last training. Now it says: {(now.ShouldRetrain ? "train" : "wait")} "
        + $"({now.Reason}). A day later it would decide as follows.",
    Table(["new photos of each class", "decision", "reason"], situations));

// %% Clean up
await provider.DisposeAsync();
Directory.Delete(data, recursive: true);

// %%
// From here on the app is alone: one file, with nothing loaded from elsewhere.
await File.WriteAllTextAsync(output, $$"""
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
    <link rel="icon" href="data:,">
    <title>A set of photos, explored</title>
    <style>
    :root { color-scheme: light dark; --ink: light-dark(#1d2a22, #e6ece7); --soft: light-dark(#55635a, #a5b3a9); --line: light-dark(#dfe6e0, #334039);
      --page: light-dark(#f4f7f3, #141a17); --card: light-dark(#fff, #1d2521); --accent: light-dark(#2f7a43, #7cc98f); }
    * { box-sizing: border-box }
    body { margin: 0; background: var(--page); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif }
    header, main { max-width: 56rem; margin: auto; padding: 1.5rem 1rem }
    header { padding-bottom: 0 }
    h1 { font-size: 2.1rem; line-height: 1.2; margin: 1rem 0 .5rem }
    h2 { font-size: 1.35rem; margin: 0 0 .4rem; color: var(--accent) }
    p { margin: 0 0 1rem; max-width: 44rem }
    header p, figcaption { color: var(--soft) }
    section { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.5rem; margin-bottom: 1.25rem }
    figure { margin: 0 }
    svg { width: 100%; max-width: 48rem; height: auto; display: block }
    svg text { font-family: system-ui, sans-serif }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); gap: 1rem }
    .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(7.5rem, 45%), 1fr)); gap: .75rem; margin-top: 1rem }
    .pictures img { width: 100%; aspect-ratio: 4 / 3; object-fit: cover; border-radius: .4rem; display: block }
    figcaption { font-size: .8rem; line-height: 1.35; margin-top: .25rem }
    .wide { overflow-x: auto }
    table { border-collapse: collapse; font-size: .95rem; font-variant-numeric: tabular-nums; margin-top: .5rem }
    th, td { text-align: left; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
    tbody tr > :first-child { white-space: nowrap }
    thead th { color: var(--soft); font-weight: 600 }
    .confusion td { text-align: center; min-width: 5rem; padding: .8rem; background: color-mix(in srgb, var(--accent) calc(var(--share) * .45), transparent) }
    @media print { section { break-inside: avoid } }
    </style>
    <header><h1>A set of photos, explored</h1>
    <p>From the photos to a model, and when to train it again, with DandelionMl.</p></header>
    <main>{{string.Concat(sections)}}</main>
    </html>
    """);
Console.WriteLine($"Written: {Path.GetFullPath(output)}");
return 0;
