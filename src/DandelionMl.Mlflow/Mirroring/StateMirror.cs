using System.Globalization;
using DandelionMl.Mlflow.Client;
using DandelionMl.Registry;
using DandelionMl.Tracking;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>What changes of a version after its training: its state, the gate's verdict, and which one is champion or candidate.</summary>
internal sealed class StateMirror(MlflowClient client, MlflowOptions options, RunMirror runs, IModelRegistry registry, TrackingOutbox outbox)
{
    private const string Champion = "champion";
    private const string Candidate = "candidate";

    public async Task MirrorAsync(MirrorWork work, ModelVersion model, RunInfo run, CancellationToken cancellationToken)
    {
        var tags = Tags(model);
        await runs.TagAsync(run.RunId!, tags, cancellationToken).ConfigureAwait(false);
        if (model.Verdict is { } verdict)
        {
            var decidedAt = await DecidedAtAsync(model, cancellationToken).ConfigureAwait(false);
            await runs.LogMetricsAsync(
                run.RunId!, [.. ExperimentMetrics.OfVerdict(verdict, decidedAt)], static metric => metric, cancellationToken).ConfigureAwait(false);
            if (MlflowClient.IsProxied(run.ArtifactUri))
            {
                var file = TrainingFiles.Verdict(verdict);
                await client.UploadAsync(run.ArtifactUri!, file.Name, file.Bytes, file.Type, cancellationToken).ConfigureAwait(false);
            }
        }

        if (work.Ids.LoggedModel is { } modelId)
        {
            await IfThereAsync(() => client.TagLoggedModelAsync(modelId, tags, cancellationToken)).ConfigureAwait(false);
        }

        if (work.Ids.Version is { } version)
        {
            await IfThereAsync(() => DescribeAsync(version, model, tags, cancellationToken)).ConfigureAwait(false);
        }

        await SetAliasesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sets the aliases to what the database says now, not to what it said at the change that is mirrored: that may be long
    /// ago.</summary>
    private async Task SetAliasesAsync(CancellationToken cancellationToken)
    {
        var versions = await registry.ListAsync(cancellationToken).ConfigureAwait(false);
        var champion = versions.FirstOrDefault(version => version.State == ModelState.Champion);
        var candidate = versions.FirstOrDefault(version => version.State == ModelState.Candidate);
        var aliases = (await client.FindRegisteredModelAsync(options.RegisteredModel, cancellationToken).ConfigureAwait(false))?.Aliases ?? [];
        await SetAliasAsync(Champion, champion, aliases, cancellationToken).ConfigureAwait(false);
        await SetAliasAsync(Candidate, candidate, aliases, cancellationToken).ConfigureAwait(false);
    }

    private async Task SetAliasAsync(string alias, ModelVersion? model, IReadOnlyList<ModelAlias> aliases, CancellationToken cancellationToken)
    {
        var name = options.RegisteredModel;
        var now = aliases.FirstOrDefault(item => item.Alias == alias)?.Version;
        if (model is null)
        {
            if (now is not null)
            {
                await client.RemoveAliasAsync(new AliasRequest(name, alias), cancellationToken).ConfigureAwait(false);
            }

            return;
        }

        // One that is not there yet gets it when it is.
        var ids = await outbox.FindIdsAsync(model.Version, cancellationToken).ConfigureAwait(false);
        if (ids is not null && MlflowIds.Parse(ids).Version is { } version && version != now)
        {
            await IfThereAsync(() => client.SetAliasAsync(new AliasRequest(name, alias, version), cancellationToken)).ConfigureAwait(false);
        }
    }

    private async Task DescribeAsync(string version, ModelVersion model, IReadOnlyList<Tag> tags, CancellationToken cancellationToken)
    {
        foreach (var tag in tags)
        {
            await client.TagModelVersionAsync(new VersionTag(options.RegisteredModel, version, tag.Key, tag.Value), cancellationToken).ConfigureAwait(false);
        }

        var accuracy = model.Metrics.Accuracy.ToString("P1", CultureInfo.InvariantCulture);
        var description = $"Version {model.Version}: accuracy {accuracy} on {model.Metrics.Images} held-out photos. {model.Verdict?.Summary}".TrimEnd();
        await client.DescribeModelVersionAsync(
            new UpdateModelVersion(options.RegisteredModel, version, MlflowText.Param(description)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>When the gate decided; a time that never changes, so that its numbers are logged once.</summary>
    private async Task<DateTimeOffset> DecidedAtAsync(ModelVersion model, CancellationToken cancellationToken)
    {
        var events = await registry.ListEventsAsync(model.Version, cancellationToken).ConfigureAwait(false);
        return events.FirstOrDefault(change => change.From == ModelState.Candidate)?.At ?? model.CreatedAt;
    }

    private static List<Tag> Tags(ModelVersion model)
    {
        List<Tag> tags = [new("dandelion.state", ModelStateText.Of(model.State))];
        if (model.Verdict is { } verdict)
        {
            tags.Add(new("dandelion.gate", verdict.Passed ? "passed" : "rejected"));
            tags.Add(new("dandelion.gate.reason", MlflowText.Tag(verdict.Summary)));
        }

        return tags;
    }

    /// <summary>What somebody has removed on the server stays so.</summary>
    private static async Task IfThereAsync(Func<Task> change)
    {
        try
        {
            await change().ConfigureAwait(false);
        }
        catch (MlflowException exception) when (exception.Failure == MlflowFailure.NotFound)
        {
        }
    }
}
