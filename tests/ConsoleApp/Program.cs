using DandelionMl.Catalog.Ingestion;
using DandelionMl.Classification;
using DandelionMl.Pipelines;
using DandelionMl.Promotion;
using DandelionMl.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

// Pipelines are not settled yet.
#pragma warning disable DANDELION001

var (photos, photo, data) = (args[0], args[1], args[2]);

// Few photos, so that the program is done soon. Settings by a configuration, since what binds them is generated, too.
var configuration = new ConfigurationManager();
configuration["DandelionMl:DataDirectory"] = data;
configuration["DandelionMl:Backbone"] = "built-in-v1";
configuration["DandelionMl:Training:Method"] = "Reference";
configuration["DandelionMl:Training:Epochs"] = "150";
configuration["DandelionMl:Gate:MinimumTestImagesPerClass"] = "2";
configuration["DandelionMl:Classifier:ChampionPollInterval"] = "00:00:05";

var services = new ServiceCollection();
services.AddDandelionMl(configuration);
using var provider = services.BuildServiceProvider();

await provider.GetRequiredService<DatasetIngestor>().IngestAsync(new FolderDataset(photos));
var training = await provider.GetRequiredService<Trainer>().TrainAsync();
Console.WriteLine($"trained on {training.Version.Space.BackboneId} with {training.Version.Options}");
var decided = await provider.GetRequiredService<ModelPromotion>().DecideAsync(training.Version.Version, actor: "my application");
Console.WriteLine($"version {decided.Version} is now {decided.State}: {decided.Verdict?.Summary}");

var classifier = provider.GetRequiredService<IImageClassifier>();
var prediction = await classifier.ClassifyAsync(await File.ReadAllBytesAsync(photo));
Console.WriteLine($"it is {prediction.Label}");

// A pipeline, whose steps the container makes.
var outcome = await provider.GetRequiredService<PipelineRunner>().RunAsync(PipelineIds.Train, startedBy: "my application");
Console.WriteLine($"pipeline {outcome.Run.Pipeline}: {outcome.Run.State}");
