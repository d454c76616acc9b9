using DandelionMl.Tests.Support;

namespace DandelionMl.IntegrationTests.Kubernetes;

/// <summary>The chart, and the values that it is tried with.</summary>
internal static class Chart
{
    public static readonly string Folder = Path.Combine(RepositoryFiles.Root, "deploy", "helm", "dandelion");

    /// <summary>Servers outside, which everything but the simplest installation needs.</summary>
    private static readonly string[] Servers =
        ["--set", "postgresql.host=db,postgresql.existingSecret=db,s3.endpoint=http://s3:9000,s3.existingSecret=s3,persistence.enabled=false"];

    /// <summary>Arguments of Helm, by what they try: the defaults, both files of values, and every optional part on and off.</summary>
    public static IReadOnlyDictionary<string, string[]> Variants { get; } = new Dictionary<string, string[]>
    {
        ["default"] = [],
        ["laptop"] = ["-f", Path.Combine(Folder, "values-laptop.yaml")],
        ["production"] = ["-f", Path.Combine(Folder, "values-production.yaml")],
        ["everything on"] = [
            "-f", Path.Combine(Folder, "values-production.yaml"),
            "--set", "embed.enabled=true,pathPrefix=/plants,autoscaling.targetActivePhotos=8,mlflow.existingSecret=mlflow",
            "--set", "httpRoute.enabled=true,httpRoute.parentRefs[0].name=gateway,httpRoute.hostnames[0]=plants.example",
            "--set", "settings.Gate__MinimumAccuracy=0.9,environment.TZ=UTC,secretEnvironment.EXTRA.secret=extra,secretEnvironment.EXTRA.key=value",
            "--set", "image.pullSecrets[0]=pull,image.digest=sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            "--set", "networkPolicy.egress[0].ports[0].port=443,extraVolumes[0].name=weights,extraVolumes[0].emptyDir.medium=Memory",
            "--set", "extraVolumeMounts[0].name=weights,extraVolumeMounts[0].mountPath=/weights,nodeSelector.disk=fast,priorityClassName=high",
            "--set", "service.annotations.a=b,serviceAccount.annotations.a=b,podAnnotations.a=b,labels.team=plants,embed.ttlSecondsAfterFinished=600",
        ],
        ["everything off"] = [
            "--set", "persistence.enabled=false,podDisruptionBudget.enabled=false,topologySpread.enabled=false,networkPolicy.enabled=false",
            "--set", "metrics.enabled=false,migration.enabled=false,retraining.scheduler=none,serviceAccount.create=false,preStopSeconds=0,backbone=",
        ],
        ["servers inside and replicas"] = ["-f", Path.Combine(Folder, "values-laptop.yaml"), "--set", "replicas=2,retraining.scheduler=cronjob,networkPolicy.enabled=false"],
        ["a setting of ours given again"] = [
            .. Servers, "--set", "environment.DandelionMl__DataDirectory=/data/other,settings.Pipelines__SchedulerEnabled=true,retraining.scheduler=none",
        ],
        ["AWS by the role of a service account"] = ["--set", "postgresql.host=db,postgresql.existingSecret=db,s3.region=eu-west-3,replicas=2,persistence.enabled=false"],
        ["a claim that is there"] = ["--set", "persistence.existingClaim=photos"],
    };

    /// <summary>Renders the chart as a release <c>plants</c>.</summary>
    public static async Task<string> RenderAsync(int helm, string @namespace, IEnumerable<string> arguments) =>
        await Tool.RunAsync(await KubernetesTools.HelmAsync(helm), ["template", "plants", Folder, "-n", @namespace, .. arguments], null, null);
}
