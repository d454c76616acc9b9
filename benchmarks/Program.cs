using DandelionMl.Benchmarks;
using DandelionMl.Benchmarks.All;
using DandelionMl.Benchmarks.Predict;
using DandelionMl.Benchmarks.Stores;

// dotnet run --project benchmarks -c Release -- <name> [folder of labelled photos]
var photos = args.ElementAtOrDefault(1) ?? "../shared/data/dandelion-grass";
if (args.FirstOrDefault() is { } name && name is not (HostileAttack.Command or BareServer.Command or MatrixPeak.Command))
{
    Console.WriteLine(Machine.Describe());
    if (MatrixPeak.IsOf(name))
    {
        Console.WriteLine(MatrixPeak.Describe());
    }
}

if (Option("--host") is { } host)
{
    HostProcess.Program = host;
}

switch (args.FirstOrDefault())
{
    case "all":
        return await AllBenchmarks.RunAsync(args.Contains("--write") ? "docs/performance.md" : null) ? 0 : 1;
    case "embedding" when args.Contains("--profile"):
        EmbeddingBenchmark.RunProfile();
        return 0;
    case "embedding":
        EmbeddingBenchmark.Run();
        return 0;
    case "training":
        await TrainingBenchmark.RunAsync(photos);
        return 0;
    case "decode":
        DecodeBenchmark.Run();
        return 0;
    case "predict":
        await PredictBenchmark.RunAsync(
            "../shared/data/dandelion-grass", NamedBackbone.Find(Option("--backbone") ?? "built-in"),
            Rounds(6));
        return 0;
    case BareServer.Command:
        await BareServer.RunAsync(args[1], args[2], args[3]);
        return 0;
    case "serving":
        await ServingBenchmark.RunAsync(photos, isShort: args.Contains("--short"));
        return 0;
    case "stores":
        await StoresBenchmark.RunAsync(photos, int.Parse(args.ElementAtOrDefault(2) ?? "20000", System.Globalization.CultureInfo.InvariantCulture), Rounds(5));
        return 0;
    case "shards":
        await ShardsBenchmark.RunAsync(photos, int.Parse(args.ElementAtOrDefault(2) ?? "2000", System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case "scale":
        await DandelionMl.Benchmarks.Scale.ScaleBenchmark.RunAsync([.. args.Skip(1)]);
        return 0;
    case "index":
        await VectorIndexBenchmark.RunAsync(int.Parse(args.ElementAtOrDefault(1) ?? "20000", System.Globalization.CultureInfo.InvariantCulture));
        return 0;
    case "uploads":
        await UploadBenchmark.RunAsync(photos);
        return 0;
    case "hostile":
        await HostileBenchmark.RunAsync(photos);
        return 0;
    case MatrixPeak.Command:
        return MatrixPeak.Run(int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
    case HostileAttack.Command:
        await HostileAttack.RunAsync(args[1], args[2]);
        return 0;
    case "telemetry":
        await TelemetryBenchmark.RunAsync(photos);
        return 0;
    case "shadow":
        await ShadowBenchmark.RunAsync(photos);
        return 0;
    case "soak":
        await SoakBenchmark.RunAsync(photos);
        return 0;
    case "built-in":
        BuiltInBackboneBenchmark.Run(photos);
        return 0;
    case "built-in-speed":
        BuiltInBackboneBenchmark.RunSpeed(photos);
        return 0;
    case "backbones":
        DandelionMl.Benchmarks.Backbones.BackbonesBenchmark.Run(photos, args.ElementAtOrDefault(2));
        return 0;
    case "first-reviews":
        DandelionMl.Benchmarks.Reviews.FirstReviewsBenchmark.Run(photos);
        return 0;
    case "unknowns":
        DandelionMl.Benchmarks.Unknowns.UnknownsBenchmark.Run(photos, args.ElementAtOrDefault(2));
        return 0;
    case "head":
        DandelionMl.Benchmarks.Head.HeadBenchmark.Run(photos);
        return 0;
    case "honesty":
        return DandelionMl.Benchmarks.Honesty.HonestyBenchmark.Run("../shared/data/dandelion-grass", [.. args.Skip(1)]) ? 0 : 2;
    case "duplicates":
        DandelionMl.Benchmarks.BuiltIn.DuplicateSimilarities.Run(photos, args.ElementAtOrDefault(2));
        return 0;
    default:
        Console.Error.WriteLine(
            """
            Usage: benchmarks <name> [folder with one subfolder of photos per label]
              all         a short form of those that speed is told by, ten minutes at most, as one table; --write puts it into docs/performance.md
              embedding   DinoV2Backbone beside ONNX Runtime on the same weights, batch 1, 4 and 16; --profile: where a pass's time goes
              training    first training and retraining beside a backbone pass on every image of every epoch
              decode      decoding and preprocessing a photo of 0.2, 2 and 12 megapixels, beside libjpeg-turbo's djpeg where it is installed
              predict     POST /predict of the host beside a bare minimal API; --backbone built-in, resnet18 or dinov2; --rounds 6
              serving     cold start and memory of the host; --short: fewer predictions; --host: a dandelion that was published
              stores      ingestion into S3 + PostgreSQL and folder + SQLite beside a plain loop; third argument: generated photos; --rounds 5
              shards      embedding in shares beside one process, on S3 + PostgreSQL; third argument: photos
              scale       retraining, the gate and pages by the number of photos; further arguments: photos, --postgres for a PostgreSQL server,
                          too, --million for 1,000,000 photos, or as many as are given, of 384 values
              index       pgvector's index in half and in full precision: bytes, memory, recall; second argument: vectors
              uploads     the duplicate check of an upload beside embedding every stored photo again
              hostile     memory and answers of the host while one client sends the worst pictures and holds uploads open
              telemetry   predictions of the host with its metrics read every five seconds, beside the same without telemetry and drift
              shadow      predictions of the host with a version that runs beside the champion, beside the same without
              soak        100,000 predictions: memory of the host, and whether all are answered
              built-in    accuracy and speed of the built-in backbone
              built-in-speed  its speed alone
              backbones   all backbones side by side: accuracy, log loss, strangers, speed, bytes; third argument: DINOv2's weights
              unknowns    photos of what a model was not taught, told by several scores on each backbone; third argument: a folder with photographs of
                          other things in its folders 'near' and 'far', besides drawn ones
              first-reviews  what the first 10 to 80 labels are worth, by the order in which photos are reviewed
              head        the head by Adam and by logistic regression: accuracy, log loss, calibration, time; then on 20,000 drawn embeddings
              honesty     how far what is said of labels and answers can be believed; further arguments: subjects; all when there are none
              duplicates  what a backbone's duplicate threshold rests on: the built-in one's, or that of an id or ONNX file as third argument
            """);
        return 2;
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var index ? args.ElementAtOrDefault(index + 1) : null;

int Rounds(int usual) => Option("--rounds") is { } rounds ? int.Parse(rounds, System.Globalization.CultureInfo.InvariantCulture) : usual;
