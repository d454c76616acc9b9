using System.Globalization;
using System.Text.Json;

namespace DandelionMl.Benchmarks.All;

/// <summary>The benchmarks of the common table, those first that most depends on.</summary>
internal static class ShortBenchmarks
{
    private const string Photos = "../shared/data/dandelion-grass";

    public static IReadOnlyList<ShortBenchmark> All { get; } =
    [
        new(["predict", "--rounds", "3"], Minutes(1.2), NeedsPhotos, json => Predict("built-in backbone", json)),
        new(["predict", "--backbone", "dinov2", "--rounds", "1"], Minutes(1.5), NeedsPhotos, json => Predict("DINOv2 ViT-S/14", json)),
        new(["serving", Photos, "--short"], Minutes(1.5), NeedsPhotos, Serving),
        new(["embedding"], Minutes(2), NeedsGraph, Embedding),
        new(["scale", "300", "10000"], Minutes(1), () => null, Scale),
        new(["uploads", Photos], Minutes(0.7), NeedsPhotos, Uploads),
        new(["decode"], Minutes(1), () => null, Decode),
        new(["stores", Photos, "0", "--rounds", "3"], Minutes(1.5), NeedsServers, Stores),
    ];

    private static TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes);

    private static string? NeedsPhotos() => Directory.Exists(Photos) ? null : $"the photos are not at {Photos}";

    private static string? NeedsGraph() => Directory.Exists("../shared/bench") ? null : "ONNX Runtime's graph is not at ../shared/bench";

    private static string? NeedsServers() => NeedsPhotos()
        ?? (Directory.Exists("/usr/lib/postgresql") ? File.Exists("/usr/bin/radosgw") ? null : "Ceph's S3 server is not installed" : "PostgreSQL is not installed");

    private static IEnumerable<TableRow> Predict(string backbone, JsonElement json) => json.GetProperty("rows").EnumerateArray().Select(row =>
    {
        var (host, bare) = (row.GetProperty("host"), row.GetProperty("bare"));
        return new TableRow(
            $"`POST /predict`, {backbone}, {row.GetProperty("clients")} clients: answers a second; half and 99 % within; processor time and managed "
            + "memory an answer",
            Answers(host), $"bare minimal API, the same network: {Answers(bare)}", Number(row, "ratio", "0.00"));
    });

    private static string Answers(JsonElement load) =>
        $"{Number(load, "perSecond", "0")}; {Number(load, "p50", "0")} and {Number(load, "p99", "0")} ms; "
        + $"{Number(load, "processor", "0.0")} ms, {Number(load, "allocatedKilobytes", "0")} kB";

    private static IEnumerable<TableRow> Serving(JsonElement json) => json.GetProperty("results").EnumerateArray().Select(result => new TableRow(
        $"start of the host to its first ready answer, `{result.GetProperty("backbone")}`, and processor time of it; memory when predictions were answered",
        $"{Number(result, "coldStartSeconds", "0.00")} s, {Number(result, "coldStartProcessorSeconds", "0.00")} s; {Number(result.GetProperty("residentMegabytes").EnumerateArray().Last(), "0")} MB"));

    private static IEnumerable<TableRow> Embedding(JsonElement json)
    {
        foreach (var row in json.GetProperty("rows").EnumerateArray())
        {
            var theirs = $"ONNX Runtime, fp32: {Number(row, "theirsMilliseconds", "0.0")} ms";
            var reached = MatrixProducts.GigaflopPerPhoto / row.GetProperty("oursMilliseconds").GetDouble() * 1000 / row.GetProperty("peakGigaflopPerSecond").GetDouble();
            var share = string.Create(CultureInfo.InvariantCulture, $"{reached * 100:0} % of the speed of its matrix products alone");
            yield return new TableRow(
                $"DINOv2 ViT-S/14, a photo at batch {row.GetProperty("batch")} ({share})", $"{Number(row, "oursMilliseconds", "0.0")} ms", theirs,
                Number(row, "ratio", "0.00"));
            if (row.GetProperty("bFloat16Ratio").ValueKind == JsonValueKind.Number)
            {
                yield return new TableRow(
                    $"the same in bfloat16 (cosine to single precision {Number(row, "bFloat16Cosine", "0.00000")})",
                    $"{Number(row, "bFloat16Milliseconds", "0.0")} ms", theirs, Number(row, "bFloat16Ratio", "0.00"));
            }
        }
    }

    private static IEnumerable<TableRow> Scale(JsonElement json)
    {
        var row = json.GetProperty("row");
        var photos = row.GetProperty("photos").GetInt32().ToString("N0", CultureInfo.InvariantCulture);
        yield return new TableRow(
            $"retraining on {photos} unchanged photos; after 10 new ones; the gate's verdict",
            $"{Number(row, "retrain", "0.00")} s; {Number(row, "afterNew", "0.00")} s; {Number(row, "gate", "0.00")} s");
        yield return new TableRow($"is an upload known, among {photos}", $"{Number(row, "knownMs", "0.0")} ms");
    }

    private static IEnumerable<TableRow> Uploads(JsonElement json) =>
    [
        new TableRow(
            "is an upload known, among 300 photos", $"{Number(json, "ours", "0.0")} ms",
            $"embedding them all again: {Number(json, "reference", "0")} ms", Number(json, "ratio", "0")),
    ];

    private static IEnumerable<TableRow> Decode(JsonElement json) => json.GetProperty("results").EnumerateArray()
        .Where(result => result.GetProperty("Preprocessing").GetString() == "squash-bilinear-224")
        .Select(result => new TableRow(
            $"decode and preprocess a JPEG of {result.GetProperty("Photo")} to 224 × 224", $"{Number(result, "ScaledMs", "0.0")} ms",
            $"decoding it at full size: {Number(result, "FullMs", "0.0")} ms", Number(result, "Ratio", "0.00")));

    private static IEnumerable<TableRow> Stores(JsonElement json) => json.GetProperty("rows").EnumerateArray()
        .Where(row => row.GetProperty("way").GetString() == "S3 + PostgreSQL")
        .Select(row => new TableRow(
            $"ingestion into S3 + PostgreSQL, servers {row.GetProperty("servers")}, {row.GetProperty("photos")}",
            $"{Number(row, "perSecond", "0")} photos/s", "a loop of PutObject and INSERT", Number(row, "ratio", "0.0")));

    private static string Number(JsonElement json, string name, string format) =>
        json.TryGetProperty(name, out var value) ? Number(value, format) : "not measured";

    private static string Number(JsonElement json, string format) =>
        json.ValueKind == JsonValueKind.Number ? json.GetDouble().ToString(format, CultureInfo.InvariantCulture) : "not measured";
}
