using System.Text;
using System.Text.RegularExpressions;
using DandelionMl.Backbones;
using DandelionMl.Registry;
using DandelionMl.Storage;

namespace DandelionMl.Testing.Conformance;

/// <summary>The contract of every <see cref="IModelRegistry"/>.</summary>
/// <remarks>Override <see cref="Open"/>, which is called several times in a test and each time gives the same registry, as another process
/// would see it, and <see cref="Artifacts"/>, the store that it writes its models to: tests put other bytes under a model's key to see
/// that the registry notices.</remarks>
/// <example>
/// <code>
/// public sealed class MongoModelRegistryTests : ModelRegistryConformance
/// {
///     private readonly string _database = $"test-{Guid.NewGuid():N}";
///
///     protected override IImageStore Artifacts { get; } = new InMemoryImageStore();
///
///     protected override IModelRegistry Open() => new MongoModelRegistry(_database, Artifacts);
/// }
/// </code>
/// </example>
public abstract partial class ModelRegistryConformance : ConformanceSuite
{
    /// <summary>The store that the registry's artifacts are in.</summary>
    protected abstract IImageStore Artifacts { get; }

    /// <summary>Opens the registry of this test, which is empty at first. Called again, it opens the same registry as another process
    /// would.</summary>
    protected abstract IModelRegistry Open();

    [Fact]
    public async Task Register_first_model_is_a_candidate_with_everything_kept()
    {
        var registration = Registration();
        var registered = await Open().RegisterAsync(registration, Cancellation);

        Assert.Equal((1, ModelState.Candidate), (registered.Version, registered.State));
        Assert.Equal(registration.Artifact.Space, registered.Space);
        Assert.Equal(registration.Artifact.BackboneSha256, registered.BackboneSha256);
        Assert.Equal(registration.Artifact.Labels, registered.Labels);
        Assert.Equal(registration.Manifest.ComputeSha256(), registered.ManifestSha256);
        Assert.Equal(registration.Options, registered.Options);
        Assert.Equivalent(registration.Metrics, registered.Metrics, strict: true);
        Assert.Equal(TimeSpan.Zero, registered.CreatedAt.Offset);
        Assert.Equal(registration.Environment, registered.Environment);
        Assert.Equal(registered.CreatedAt.Offset, registered.StateChangedAt.Offset);
        Assert.Null(registered.Verdict);
        Assert.Equal(registration.Epochs, await Open().LoadEpochsAsync(1, Cancellation));
        Assert.Equivalent(registered, await Open().FindAsync(1, Cancellation), strict: true);
        Assert.Null(await Open().GetChampionAsync(Cancellation));
    }

    [Fact]
    public async Task Register_gives_each_artifact_the_next_number_of_the_day()
    {
        var first = await Open().RegisterAsync(Registration(), Cancellation);
        var second = await Open().RegisterAsync(Registration(), Cancellation);
        var other = await Open().RegisterAsync(Registration("builtin-v1"), Cancellation);

        Assert.Matches(Dinov2Key(), first.ArtifactKey);
        Assert.EndsWith("/dinov2_classifier_0.safetensors", first.ArtifactKey, StringComparison.Ordinal);
        Assert.EndsWith("/dinov2_classifier_1.safetensors", second.ArtifactKey, StringComparison.Ordinal);
        Assert.EndsWith("/builtin_classifier_0.safetensors", other.ArtifactKey, StringComparison.Ordinal);
        Assert.True(await Artifacts.ExistsAsync(second.ArtifactKey, Cancellation));
    }

    [Fact]
    public async Task Register_key_taken_in_the_store_takes_the_next()
    {
        var first = await Open().RegisterAsync(Registration(), Cancellation);
        var taken = first.ArtifactKey.Replace("_0.", "_1.", StringComparison.Ordinal);
        await Artifacts.PutAsync(taken, new MemoryStream([1]), Cancellation);

        var second = await Open().RegisterAsync(Registration(), Cancellation);
        Assert.EndsWith("_2.safetensors", second.ArtifactKey, StringComparison.Ordinal);
        Assert.Equal([second.Version, first.Version], (await Open().ListAsync(Cancellation)).Select(model => model.Version));
    }

    [Fact]
    public async Task Register_from_two_at_once_gives_each_its_own_number_and_key()
    {
        var (first, second) = (Open(), Open());
        var registered = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
            () => (i % 2 == 0 ? first : second).RegisterAsync(Registration(), Cancellation))));

        Assert.Equal(12, registered.Select(model => model.Version).Distinct().Count());
        Assert.Equal(12, registered.Select(model => model.ArtifactKey).Distinct().Count());
        Assert.Equal(12, (await Open().ListAsync(Cancellation)).Count);
    }

    [Fact]
    public async Task Register_again_for_one_request_gives_the_first()
    {
        var first = await Open().RegisterAsync(Registration() with { RequestId = "run 7" }, Cancellation);
        var again = await Open().RegisterAsync(Registration("builtin-v1") with { RequestId = "run 7" }, Cancellation);
        var other = await Open().RegisterAsync(Registration() with { RequestId = "run 8" }, Cancellation);

        Assert.Equal((first.Version, first.Space), (again.Version, again.Space));
        Assert.Equal(("run 7", "run 7", "run 8"), (first.RequestId, again.RequestId, other.RequestId));
        Assert.Null((await Open().RegisterAsync(Registration(), Cancellation)).RequestId);
        Assert.Equal([3, other.Version, first.Version], (await Open().ListAsync(Cancellation)).Select(model => model.Version));
        Assert.Equal(other.Version, (await Open().FindByRequestAsync("run 8", Cancellation))?.Version);
        Assert.Null(await Open().FindByRequestAsync("run 9", Cancellation));
    }

    [Fact]
    public async Task Register_for_one_request_by_two_at_once_gives_both_one_version()
    {
        var (first, second) = (Open(), Open());
        var registered = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => (i % 2 == 0 ? first : second).RegisterAsync(Registration() with { RequestId = "run 7" }, Cancellation))));

        Assert.Single(registered.Select(model => model.Version).Distinct());
        Assert.Single(await Open().ListAsync(Cancellation));
    }

    [Fact]
    public async Task Register_image_twice_in_the_manifest_adds_nothing()
    {
        var twice = new TrainingManifest([new(Sha256("a"), "grass", DataSplit.Test), new(Sha256("a"), "grass", DataSplit.Train)]);

        await Assert.ThrowsAsync<ArgumentException>(() => Open().RegisterAsync(Registration() with { Manifest = twice }, Cancellation));
        Assert.Empty(await Open().ListAsync(Cancellation));
    }

    [Fact]
    public async Task Register_cancelled_adds_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Open().RegisterAsync(Registration(), new CancellationToken(canceled: true)));

        Assert.Empty(await Open().ListAsync(Cancellation));
    }

    [Fact]
    public async Task Register_invalid_artifact_adds_nothing()
    {
        var valid = Registration();
        ModelArtifact[] invalid =
        [
            valid.Artifact with { Labels = ["one"] },
            valid.Artifact with { Labels = ["one", "one"] },
            valid.Artifact with { Labels = ["one", "two", "three"] },
            valid.Artifact with { Weights = [1, float.NaN, 3] },
            valid.Artifact with { Bias = [1, 2] },
            valid.Artifact with { Temperature = 0 },
        ];
        foreach (var artifact in invalid)
        {
            await Assert.ThrowsAsync<InvalidModelArtifactException>(
                () => Open().RegisterAsync(valid with { Artifact = artifact }, Cancellation));
        }

        await Assert.ThrowsAsync<ArgumentException>(() => Open().RegisterAsync(valid with { Options = "{" }, Cancellation));
        Assert.Empty(await Open().ListAsync(Cancellation));
    }

    [Fact]
    public async Task LoadArtifact_registered_reads_back()
    {
        var artifact = Registration().Artifact with
        {
            Labels = ["Löwenzahn", "\"Gras\"", "🌼"],
            Weights = [1, 2, 3, 4, 5, 6],
            Bias = [7, 8, 9],
            Temperature = 1.25f,
        };
        await Open().RegisterAsync(Registration() with { Artifact = artifact }, Cancellation);

        Assert.Equivalent(artifact, await Open().LoadArtifactAsync(1, Cancellation), strict: true);
    }

    [Fact]
    public async Task LoadArtifact_changed_object_throws()
    {
        var registered = await Open().RegisterAsync(Registration(), Cancellation);
        await Artifacts.PutAsync(registered.ArtifactKey, new MemoryStream(Encoding.UTF8.GetBytes("something else")), Cancellation);

        var thrown = await Assert.ThrowsAsync<ObjectCorruptedException>(() => Open().LoadArtifactAsync(1, Cancellation));
        Assert.Equal(registered.ArtifactKey, thrown.Key);
    }

    [Fact]
    public async Task LoadManifest_registered_reads_back_in_canonical_order()
    {
        var images = Enumerable.Range(0, 1_234)
            .Select(i => new ManifestImage(
                Sha256($"{i}"), i % 3 == 0 ? "grass" : "dandelion", i % 4 == 0 ? DataSplit.Test : DataSplit.Train))
            .ToList();
        var ordered = new TrainingManifest([.. images.OrderBy(image => image.Sha256, StringComparer.Ordinal)]);
        var registered = await Open().RegisterAsync(Registration() with { Manifest = new TrainingManifest(images) }, Cancellation);

        var manifest = await Open().LoadManifestAsync(registered.Version, Cancellation);
        Assert.Equal(ordered.Images, manifest.Images);
        Assert.Equal(registered.ManifestSha256, manifest.ComputeSha256());
    }

    [Fact]
    public async Task Promote_candidate_makes_it_champion_and_archives_the_one_before()
    {
        await Open().RegisterAsync(Registration(), Cancellation);
        await Open().RegisterAsync(Registration(), Cancellation);

        Assert.Equal(ModelState.Champion, (await Open().PromoteAsync(1, "the first", Cancellation)).State);
        Assert.Equal(ModelState.Champion, (await Open().PromoteAsync(2, "better", Cancellation)).State);
        Assert.Equal(2, (await Open().GetChampionAsync(Cancellation))!.Version);
        Assert.Equal([ModelState.Champion, ModelState.Archived], (await Open().ListAsync(Cancellation)).Select(model => model.State));
    }

    [Fact]
    public async Task Promote_archived_version_rolls_back()
    {
        await Open().RegisterAsync(Registration(), Cancellation);
        await Open().RegisterAsync(Registration(), Cancellation);
        await Open().PromoteAsync(1, "the first", Cancellation);
        await Open().PromoteAsync(2, "better", Cancellation);
        await Open().PromoteAsync(1, "rolled back", Cancellation);

        Assert.Equal(1, (await Open().GetChampionAsync(Cancellation))!.Version);
        Assert.Equal(ModelState.Archived, (await Open().FindAsync(2, Cancellation))!.State);
    }

    [Fact]
    public async Task Promote_champion_changes_nothing()
    {
        await Open().RegisterAsync(Registration(), Cancellation);
        await Open().PromoteAsync(1, "the first", Cancellation);

        Assert.Equal(ModelState.Champion, (await Open().PromoteAsync(1, "again", Cancellation)).State);
        Assert.Equal(1, (await Open().GetChampionAsync(Cancellation))!.Version);
    }

    [Fact]
    public async Task Promote_many_at_once_leaves_one_champion()
    {
        const int count = 8;
        for (var i = 0; i < count; i++)
        {
            await Open().RegisterAsync(Registration(), Cancellation);
        }

        var (first, second) = (Open(), Open());
        await Task.WhenAll(Enumerable.Range(1, count).Select(version => Task.Run(
            () => (version % 2 == 0 ? first : second).PromoteAsync(version, "racing", Cancellation))));
        var states = (await Open().ListAsync(Cancellation)).Select(model => model.State).ToList();
        Assert.Single(states, state => state == ModelState.Champion);
        Assert.Equal(count - 1, states.Count(state => state == ModelState.Archived));
    }

    [Fact]
    public async Task Annotate_keeps_the_last_note_with_who_wrote_it_whatever_becomes_of_the_version()
    {
        await Open().RegisterAsync(Registration(), Cancellation);
        await Open().AnnotateAsync(1, "first", "anna", Cancellation);

        var noted = await Open().AnnotateAsync(1, $"  trained\non {new string('n', 470)} 🌼 ", "boris", Cancellation);
        await Open().PromoteAsync(1, "any", Cancellation);

        var found = await Open().FindAsync(1, Cancellation);
        Assert.Equal(($"trained on {new string('n', 470)} 🌼", "boris"), (found!.Note, found.NoteBy));
        Assert.Equal((noted.NoteAt, TimeSpan.Zero), (found.NoteAt, found.NoteAt!.Value.Offset));
        var without = await Open().AnnotateAsync(1, " ", "anna", Cancellation);
        Assert.Equal((null, null, null), (without.Note, without.NoteBy, without.NoteAt));
        Assert.Equal(ModelState.Champion, without.State);
        await Assert.ThrowsAsync<ArgumentException>(() => Open().AnnotateAsync(1, new string('n', 501), "anna", Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Open().AnnotateAsync(1, "any", " ", Cancellation));
    }

    [Fact]
    public async Task Every_call_unknown_version_throws_or_gives_null()
    {
        Assert.Null(await Open().FindAsync(7, Cancellation));
        Assert.Equal(7, (await Assert.ThrowsAsync<ModelNotFoundException>(() => Open().PromoteAsync(7, "any", Cancellation))).Version);
        await Assert.ThrowsAsync<ModelNotFoundException>(() => Open().DecideAsync(7, Verdict(null, passed: true), "gate", Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => Open().AnnotateAsync(7, "any", "anna", Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => Open().LoadEpochsAsync(7, Cancellation));
        Assert.Empty(await Open().ListEventsAsync(7, Cancellation));
        Assert.Empty(await Open().FindVersionsOfImageAsync(Sha256("unknown"), Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => Open().LoadArtifactAsync(7, Cancellation));
        await Assert.ThrowsAsync<ModelNotFoundException>(() => Open().LoadManifestAsync(7, Cancellation));
    }

    /// <summary>A small valid registration.</summary>
    /// <param name="backboneId">The backbone of its head.</param>
    protected static ModelRegistration Registration(string backboneId = "dinov2-vits14") => new(
        new ModelArtifact
        {
            Labels = ["dandelion", "grass"],
            Space = new EmbeddingSpace(backboneId, "squash"),
            BackboneSha256 = Sha256("weights"),
            Weights = [0.5f, -1, 2],
            Bias = [0.25f],
        },
        // In the order of their hashes: that of b begins with 3, that of a with c.
        new TrainingManifest([new(Sha256("b"), "dandelion", DataSplit.Train), new(Sha256("a"), "grass", DataSplit.Test)]),
        """{"learningRate": 0.003, "epochs": 10}""",
        new ModelMetrics
        {
            Images = 1,
            Accuracy = 1,
            Loss = 0.0625,
            ExpectedCalibrationError = 0.125,
            Classes = [new("dandelion", 0, 0, 0), new("grass", 1, 1, 1)],
            ConfusionMatrix = [[0, 0], [0, 1]],
        })
    {
        Environment = new Dictionary<string, string> { ["DandelionMl"] = "0.1.0", [".NET"] = "10.0.1" },
        Epochs = [new(1, 0.6931471805599453, 0.5), new(2, 0.1, 1)],
    };

    [GeneratedRegex(@"^model/\d{4}-\d{2}-\d{2}/dinov2_classifier_\d+\.safetensors$")]
    private static partial Regex Dinov2Key();
}
