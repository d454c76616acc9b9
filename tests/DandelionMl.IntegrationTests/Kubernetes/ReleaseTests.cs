using System.Text.Json;

namespace DandelionMl.IntegrationTests.Kubernetes;

/// <summary>Releases of the chart on a real API server, with its controllers; pods are said to run, and Jobs' to succeed.</summary>
public sealed class ReleaseTests(Cluster cluster)
{
    private const string Production = "production";

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Release_is_installed_upgraded_rolled_back_and_uninstalled_while_the_autoscaler_works(int helm)
    {
        var space = await cluster.CreateNamespaceAsync();
        using var node = cluster.RunPods(space);
        string[] wait = ["-n", space, "--wait", "--timeout", "100s"];

        var notes = await cluster.HelmAsync(helm, ["install", "plants", Chart.Folder, .. wait, .. Chart.Variants[Production]]);
        Assert.Contains("https://plants.example/", notes, StringComparison.Ordinal);
        await cluster.WaitAsync(space, "deployment plants-dandelion", deployment => Replicas(deployment) == 3);

        // As the autoscaler does under load.
        await cluster.KubectlAsync(
            null, "patch", "deployment", "plants-dandelion", "-n", space, "--subresource=scale", "--field-manager=kube-controller-manager",
            "--type=merge", "-p", """{"spec": {"replicas": 5}}""");
        await cluster.HelmAsync(helm, ["upgrade", "plants", Chart.Folder, .. wait, .. Chart.Variants[Production], "--set", "resources.limits.memory=4Gi"]);
        var upgraded = await cluster.GetAsync(space, "deployment", "plants-dandelion");
        Assert.InRange(Replicas(upgraded), 3, 5);
        Assert.Equal("4Gi", MemoryLimit(upgraded));

        await cluster.HelmAsync(helm, ["rollback", "plants", "1", .. wait]);
        Assert.Equal("3Gi", MemoryLimit(await cluster.GetAsync(space, "deployment", "plants-dandelion")));

        await cluster.HelmAsync(helm, "uninstall", "plants", "-n", space, "--wait");
        Assert.Empty((await cluster.GetAsync(space, "deployment,cronjob,service,hpa,pdb,networkpolicy,ingress,servicemonitor,prometheusrule")).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Embedding_begins_in_an_upgrade_and_again_with_another_run(int helm)
    {
        var space = await cluster.CreateNamespaceAsync();
        using var node = cluster.RunPods(space);
        string[] upgrade = ["upgrade", "--install", "plants", Chart.Folder, "-n", space, "--wait", "--timeout", "100s", .. Chart.Variants[Production]];
        await cluster.HelmAsync(helm, upgrade);
        Assert.Equal(0, await CountAsync(space));

        await cluster.HelmAsync(helm, [.. upgrade, "--set", "embed.enabled=true,embed.shards=4"]);
        await cluster.HelmAsync(helm, [.. upgrade, "--set", "embed.enabled=true,embed.shards=4,labels.a=b"]);
        Assert.Equal(1, await CountAsync(space));

        await cluster.HelmAsync(helm, [.. upgrade, "--set", "embed.enabled=true,embed.shards=4,embed.run=two"]);
        Assert.Equal(1, await CountAsync(space));
        await cluster.WaitAsync(space, "jobs -l app.kubernetes.io/component=embed", jobs => jobs.GetProperty("items").EnumerateArray()
            .All(job => job.GetProperty("status").TryGetProperty("completedIndexes", out var done) && done.GetString() == "0-3"));
    }

    [Fact]
    public async Task Cron_job_makes_a_job_that_retrains()
    {
        var space = await cluster.CreateNamespaceAsync();
        await cluster.ApplyAsync(await Chart.RenderAsync(4, space, [.. Chart.Variants[Production], "--no-hooks", "--set", "retraining.schedule=* * * * *"]), space);
        await cluster.WaitAsync(space, "jobs", jobs => jobs.GetProperty("items").GetArrayLength() > 0);

        await cluster.PodsAsync(space, "succeed", "app.kubernetes.io/component=retraining");
        await cluster.WaitAsync(space, "jobs", jobs => jobs.GetProperty("items").EnumerateArray().Any(job =>
            job.GetProperty("status").TryGetProperty("succeeded", out var succeeded) && succeeded.GetInt32() == 1));
        var pod = (await cluster.GetAsync(space, "pods", "-l", "app.kubernetes.io/component=retraining")).GetProperty("items")[0];
        Assert.Equal(
            ["pipeline", "run", "retrain", "--accept", "3", "--accept", "4"],
            pod.GetProperty("spec").GetProperty("containers")[0].GetProperty("args").EnumerateArray().Select(argument => argument.GetString()));
    }

    /// <summary>A share that fails is tried again, one that was interrupted is not counted, one whose command line is wrong is left out.</summary>
    [Fact]
    public async Task Shares_of_the_embedding_fail_and_are_repeated_each_by_itself()
    {
        var space = await cluster.CreateNamespaceAsync();
        await cluster.ApplyAsync(
            await Chart.RenderAsync(4, space, [.. Chart.Variants[Production], "--no-hooks", "--set", "embed.enabled=true,embed.shards=4,embed.maxFailedIndexes=2,embed.backoffLimitPerIndex=1"]),
            space);
        var job = "";
        await cluster.WaitAsync(space, "jobs -l app.kubernetes.io/component=embed", jobs =>
            jobs.GetProperty("items").EnumerateArray().Select(item => job = item.GetProperty("metadata").GetProperty("name").GetString()!).Any());
        string Share(int index) => $"batch.kubernetes.io/job-name={job},batch.kubernetes.io/job-completion-index={index}";

        await cluster.PodsAsync(space, "fail", Share(1), "1");
        await cluster.PodsAsync(space, "fail", Share(2), "2");
        await cluster.PodsAsync(space, "disrupt", Share(3));
        await cluster.PodsAsync(space, "succeed", Share(0));
        await cluster.WaitAsync(space, $"job {job}", item => Status(item, "failedIndexes") == "2" && Status(item, "completedIndexes") == "0");

        await RepeatedAsync(space, Share(1), "batch.kubernetes.io/job-index-failure-count");
        await RepeatedAsync(space, Share(3), "batch.kubernetes.io/job-index-ignored-failure-count");
        await cluster.PodsAsync(space, "succeed", Share(1));
        await cluster.PodsAsync(space, "succeed", Share(3));
        await cluster.WaitAsync(space, $"job {job}", item => Status(item, "completedIndexes") == "0,1,3");
    }

    private Task RepeatedAsync(string space, string share, string annotation) => cluster.WaitAsync(
        space, $"pods -l {share} --field-selector status.phase=Pending",
        pods => pods.GetProperty("items").EnumerateArray().Any(pod =>
            pod.GetProperty("metadata").GetProperty("annotations").TryGetProperty(annotation, out var count) && count.GetString() == "1"));

    private async Task<int> CountAsync(string space) =>
        (await cluster.GetAsync(space, "jobs", "-l", "app.kubernetes.io/component=embed")).GetProperty("items").GetArrayLength();

    private static string Status(JsonElement job, string name) =>
        job.GetProperty("status").TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static int Replicas(JsonElement deployment) => deployment.GetProperty("spec").GetProperty("replicas").GetInt32();

    private static string? MemoryLimit(JsonElement deployment) => deployment.GetProperty("spec").GetProperty("template").GetProperty("spec")
        .GetProperty("containers")[0].GetProperty("resources").GetProperty("limits").GetProperty("memory").GetString();
}
