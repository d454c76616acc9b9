using DandelionMl.Registry;

namespace DandelionMl.Testing.Conformance;

// Verdicts, promotions, rollbacks, and the record of them.
public abstract partial class ModelRegistryConformance
{
    [Fact]
    public async Task Promote_is_recorded_with_who_when_and_why()
    {
        await RegisterAsync(2);
        await Open().PromoteAsync(1, "the first", "anna", cancellationToken: Cancellation);
        var second = await Open().PromoteAsync(2, "better", "bert", expectedChampion: 1, Cancellation);

        var events = await Open().ListEventsAsync(cancellationToken: Cancellation);
        Assert.Equal(
            [
                (1, ModelAction.Register, null, ModelState.Candidate, "registered"),
                (2, ModelAction.Register, null, ModelState.Candidate, "registered"),
                (1, ModelAction.Promote, ModelState.Candidate, ModelState.Champion, "the first"),
                (1, ModelAction.Promote, ModelState.Champion, ModelState.Archived, "replaced by version 2"),
                (2, ModelAction.Promote, ModelState.Candidate, ModelState.Champion, "better"),
            ],
            events.Select(item => (item.Version, item.Action, item.From, item.To, item.Reason)));
        Assert.Equal(["anna", "bert", "bert"], events.Skip(2).Select(item => item.Actor));
        Assert.All(events.Take(2), item => Assert.NotEmpty(item.Actor));
        Assert.Equal(second.StateChangedAt, events[^1].At);
        Assert.Equal(events.Where(item => item.Version == 2), await Open().ListEventsAsync(2, Cancellation));
        Assert.Equivalent(second, await Open().FindAsync(2, Cancellation), strict: true);
    }

    [Fact]
    public async Task Promote_other_champion_than_expected_is_refused_and_changes_nothing()
    {
        await RegisterAsync(3);
        await Open().PromoteAsync(1, "the first", Cancellation);
        await Open().PromoteAsync(2, "better", Cancellation);

        var thrown = await Assert.ThrowsAsync<ChampionChangedException>(
            () => Open().PromoteAsync(3, "better than 1", "anna", expectedChampion: 1, Cancellation));
        Assert.Equal((1, 2), (thrown.Expected, thrown.Actual));
        await AssertStatesAsync(ModelState.Archived, ModelState.Champion, ModelState.Candidate);
    }

    [Theory]
    [InlineData("", "anna")]
    [InlineData(" ", "anna")]
    [InlineData("why", "")]
    public async Task Every_change_without_reason_or_actor_is_refused(string reason, string actor)
    {
        await RegisterAsync(2);
        await Open().PromoteAsync(1, "the first", Cancellation);
        await Open().PromoteAsync(2, "better", Cancellation);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => Open().PromoteAsync(1, reason, actor, cancellationToken: Cancellation));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Open().RollbackAsync(reason, actor, cancellationToken: Cancellation));
        await AssertStatesAsync(ModelState.Archived, ModelState.Champion);
    }

    [Fact]
    public async Task Decide_passed_verdict_promotes_and_is_kept()
    {
        await RegisterAsync(2);
        await Open().PromoteAsync(1, "the first", Cancellation);
        var verdict = Verdict(champion: 1, passed: true);

        var decided = await Open().DecideAsync(2, verdict, "gate", Cancellation);

        Assert.Equal(ModelState.Champion, decided.State);
        Assert.Equivalent(verdict, decided.Verdict, strict: true);
        Assert.Equivalent(decided, await Open().FindAsync(2, Cancellation), strict: true);
        await AssertStatesAsync(ModelState.Archived, ModelState.Champion);
        var recorded = (await Open().ListEventsAsync(2, Cancellation))[^1];
        Assert.Equal((ModelAction.Promote, "gate", verdict.Summary), (recorded.Action, recorded.Actor, recorded.Reason));
    }

    [Fact]
    public async Task Decide_failed_verdict_rejects_is_kept_and_leaves_the_champion()
    {
        await RegisterAsync(2);
        await Open().PromoteAsync(1, "the first", Cancellation);
        var verdict = Verdict(champion: 1, passed: false);

        var decided = await Open().DecideAsync(2, verdict, "gate", Cancellation);

        Assert.Equal(ModelState.Rejected, decided.State);
        Assert.Equivalent(decided, await Open().FindAsync(2, Cancellation), strict: true);
        await AssertStatesAsync(ModelState.Champion, ModelState.Rejected);
        var recorded = (await Open().ListEventsAsync(2, Cancellation))[^1];
        Assert.Equal((ModelAction.Reject, ModelState.Rejected, verdict.Summary), (recorded.Action, recorded.To, recorded.Reason));
    }

    [Fact]
    public async Task Decide_again_changes_nothing()
    {
        await RegisterAsync(2);
        await Open().DecideAsync(1, Verdict(champion: null, passed: true), "gate", Cancellation);
        await Open().DecideAsync(2, Verdict(champion: 1, passed: false), "gate", Cancellation);
        var events = await Open().ListEventsAsync(cancellationToken: Cancellation);

        Assert.Equal(ModelState.Champion, (await Open().DecideAsync(1, Verdict(champion: null, passed: false), "gate", Cancellation)).State);
        Assert.Equal(ModelState.Rejected, (await Open().DecideAsync(2, Verdict(champion: 1, passed: true), "gate", Cancellation)).State);
        Assert.Equal(events, await Open().ListEventsAsync(cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Decide_about_another_champion_is_refused_and_changes_nothing(bool passed)
    {
        await RegisterAsync(3);
        await Open().PromoteAsync(1, "the first", Cancellation);
        await Open().PromoteAsync(2, "by hand, meanwhile", Cancellation);

        await Assert.ThrowsAsync<ChampionChangedException>(() => Open().DecideAsync(3, Verdict(champion: 1, passed), "gate", Cancellation));
        await Assert.ThrowsAsync<ChampionChangedException>(() => Open().DecideAsync(3, Verdict(champion: null, passed), "gate", Cancellation));
        await AssertStatesAsync(ModelState.Archived, ModelState.Champion, ModelState.Candidate);
        Assert.Null((await Open().FindAsync(3, Cancellation))!.Verdict);
    }

    [Fact]
    public async Task Decide_many_at_once_about_one_champion_lets_one_through()
    {
        const int count = 8;
        await RegisterAsync(count);
        var (first, second) = (Open(), Open());
        var outcomes = await Task.WhenAll(Enumerable.Range(1, count).Select(version => Task.Run(async () =>
        {
            try
            {
                await (version % 2 == 0 ? first : second).DecideAsync(version, Verdict(champion: null, passed: true), "gate", Cancellation);
                return true;
            }
            catch (ChampionChangedException)
            {
                return false;
            }
        })));

        Assert.Single(outcomes, isPromoted => isPromoted);
        Assert.Single(await Open().ListAsync(Cancellation), model => model.State == ModelState.Champion);
        Assert.Equal(count - 1, (await Open().ListAsync(Cancellation)).Count(model => model.State == ModelState.Candidate));
    }

    [Fact]
    public async Task Rollback_goes_back_step_by_step_and_a_promotion_starts_anew()
    {
        await RegisterAsync(4);
        foreach (var version in (int[])[1, 2, 3])
        {
            await Open().PromoteAsync(version, "next", Cancellation);
        }

        Assert.Equal(2, (await Open().RollbackAsync("3 is bad", "anna", cancellationToken: Cancellation)).Version);
        Assert.Equal(1, (await Open().RollbackAsync("2 as well", "anna", expectedChampion: 2, Cancellation)).Version);
        await AssertStatesAsync(ModelState.Champion, ModelState.Archived, ModelState.Archived, ModelState.Candidate);
        await Assert.ThrowsAsync<NoPreviousChampionException>(() => Open().RollbackAsync("1, too", "anna", cancellationToken: Cancellation));

        await Open().PromoteAsync(4, "the new hope", Cancellation);
        Assert.Equal(1, (await Open().RollbackAsync("4 is bad", "anna", cancellationToken: Cancellation)).Version);
        await AssertStatesAsync(ModelState.Champion, ModelState.Archived, ModelState.Archived, ModelState.Archived);

        var last = (await Open().ListEventsAsync(cancellationToken: Cancellation)).TakeLast(2).ToList();
        Assert.All(last, item => Assert.Equal((ModelAction.Rollback, "4 is bad", "anna"), (item.Action, item.Reason, item.Actor)));
        Assert.Equal([(4, ModelState.Archived), (1, ModelState.Champion)], last.Select(item => (item.Version, item.To)));
    }

    [Fact]
    public async Task Rollback_to_a_version_promoted_again_by_hand_follows_the_events()
    {
        await RegisterAsync(2);
        await Open().PromoteAsync(1, "the first", Cancellation);
        await Open().PromoteAsync(2, "better", Cancellation);
        await Open().PromoteAsync(1, "after all", Cancellation);

        Assert.Equal(2, (await Open().RollbackAsync("no", "anna", cancellationToken: Cancellation)).Version);
        Assert.Equal(1, (await Open().RollbackAsync("no", "anna", cancellationToken: Cancellation)).Version);
        await Assert.ThrowsAsync<NoPreviousChampionException>(() => Open().RollbackAsync("no", "anna", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Rollback_without_an_earlier_champion_is_refused()
    {
        await Assert.ThrowsAsync<NoPreviousChampionException>(() => Open().RollbackAsync("no", "anna", cancellationToken: Cancellation));
        await RegisterAsync(2);
        await Open().PromoteAsync(1, "the first", Cancellation);
        await Open().DecideAsync(2, Verdict(champion: 1, passed: false), "gate", Cancellation);

        await Assert.ThrowsAsync<NoPreviousChampionException>(() => Open().RollbackAsync("no", "anna", cancellationToken: Cancellation));
        await AssertStatesAsync(ModelState.Champion, ModelState.Rejected);
    }

    [Fact]
    public async Task Rollback_by_two_at_once_from_one_champion_goes_back_one_step()
    {
        await RegisterAsync(3);
        foreach (var version in (int[])[1, 2, 3])
        {
            await Open().PromoteAsync(version, "next", Cancellation);
        }

        var (first, second) = (Open(), Open());
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            try
            {
                return (await (i % 2 == 0 ? first : second).RollbackAsync("3 is bad", "anna", expectedChampion: 3, Cancellation)).Version;
            }
            catch (ChampionChangedException)
            {
                return 0;
            }
        })));

        Assert.Equal([2], outcomes.Where(version => version > 0));
        Assert.Equal(2, (await Open().GetChampionAsync(Cancellation))!.Version);
    }

    [Fact]
    public async Task FindVersionsOfImage_gives_each_version_with_the_label_and_side_of_the_time()
    {
        await Open().RegisterAsync(Registration(), Cancellation);
        await Open().RegisterAsync(
            Registration() with { Manifest = new TrainingManifest([new(Sha256("a"), "dandelion", DataSplit.Train)]) }, Cancellation);
        await Open().PromoteAsync(1, "the first", Cancellation);

        Assert.Equal(
            [new ImageUse(2, ModelState.Candidate, "dandelion", DataSplit.Train), new ImageUse(1, ModelState.Champion, "grass", DataSplit.Test)],
            await Open().FindVersionsOfImageAsync(Sha256("a"), Cancellation));
        Assert.Equal([1], (await Open().FindVersionsOfImageAsync(Sha256("b"), Cancellation)).Select(use => use.Version));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Open().FindVersionsOfImageAsync("nonsense", Cancellation));
    }

    /// <summary>A verdict with every kind of number.</summary>
    /// <param name="champion">The champion compared with.</param>
    /// <param name="passed">Whether it passed.</param>
    protected static GateVerdict Verdict(int? champion, bool passed) => new(
        champion,
        [new("accuracy", true, 0.9, 0.8, "accuracy is 0.9"), new("champion", passed, 0.0107421875, 0.05, "9 : 1")],
        champion is null ? null : new ModelComparison
        {
            Images = 90,
            TrainedOn = 1,
            Unavailable = 2,
            CandidateRight = 80,
            ChampionRight = 72,
            Wins = 9,
            Losses = 1,
            BetterP = 0.0107421875,
            WorseP = 0.9990234375,
            LossBound = -0.0234,
            CandidateTrainingImages = 220,
            ChampionTrainingImages = 210,
            Classes = [Class("dandelion", wins: 5, losses: 0, worseP: 1), Class("grass", wins: 4, losses: 1, worseP: 0.96875)],
            AddedClasses = ["rocket"],
            MissingClasses = [],
            NewImages = 10,
            ContradictedImages = 3,
            ContradictionP = 0.738,
        });

    private static ClassComparison Class(string label, int wins, int losses, double worseP) => new()
    {
        Label = label,
        Images = 45,
        CandidateRight = 40,
        ChampionRight = 40 - wins + losses,
        Wins = wins,
        Losses = losses,
        WorseP = worseP,
        AdjustedWorseP = 1,
    };

    private async Task RegisterAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Open().RegisterAsync(Registration(), Cancellation);
        }
    }

    private async Task AssertStatesAsync(params ModelState[] states) =>
        Assert.Equal(states, (await Open().ListAsync(Cancellation)).OrderBy(model => model.Version).Select(model => model.State));
}
