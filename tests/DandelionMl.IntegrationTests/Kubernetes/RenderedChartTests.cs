using System.Text.Json;

namespace DandelionMl.IntegrationTests.Kubernetes;

/// <summary>What the chart renders, as a real API server takes it.</summary>
public sealed class RenderedChartTests(Cluster cluster)
{
    private static readonly string[] Workloads = ["Deployment", "StatefulSet", "Job", "CronJob"];

    public static TheoryData<int, string> Variants => ChartTests.Variants;

    [Theory]
    [MemberData(nameof(Variants))]
    public async Task Server_takes_every_rendering_and_it_keeps_the_rules(int helm, string variant)
    {
        var space = await cluster.CreateNamespaceAsync();
        var objects = await cluster.DryRunAsync(space, await Chart.RenderAsync(helm, space, Chart.Variants[variant]));

        var workloads = objects.Where(item => Workloads.Contains(Kind(item))).ToList();
        Assert.NotEmpty(workloads);
        foreach (var workload in workloads)
        {
            AssertSafe(PodSpec(workload));
            if (Kind(workload) is "Deployment" or "StatefulSet")
            {
                AssertSelects(workload.GetProperty("spec").GetProperty("selector").GetProperty("matchLabels"), workload);
                Assert.All(Containers(PodSpec(workload)), container => Assert.True(
                    container.TryGetProperty("livenessProbe", out _) && container.TryGetProperty("readinessProbe", out _)
                    && container.TryGetProperty("startupProbe", out _)));
            }
        }

        foreach (var service in objects.Where(item => Kind(item) == "Service"))
        {
            var spec = service.GetProperty("spec");
            var target = workloads.Single(workload => IsSelected(spec.GetProperty("selector"), workload));
            var names = Containers(PodSpec(target)).SelectMany(container => container.GetProperty("ports").EnumerateArray())
                .Select(port => port.GetProperty("name").GetString()).ToList();
            Assert.All(spec.GetProperty("ports").EnumerateArray(), port => Assert.Contains(port.GetProperty("targetPort").GetString(), names));
        }

        Assert.DoesNotContain(objects, item => Kind(item) == "Secret");
        Assert.All(objects.Where(item => Kind(item) == "ConfigMap"), map => Assert.DoesNotContain(
            "password", map.GetProperty("data").ToString(), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Replicas_are_left_to_the_autoscaler()
    {
        var space = await cluster.CreateNamespaceAsync();
        var fixedNumber = await Chart.RenderAsync(4, space, Chart.Variants["default"]);
        var scaled = await Chart.RenderAsync(4, space, Chart.Variants["production"]);

        Assert.Contains("\n  replicas: 1\n", fixedNumber, StringComparison.Ordinal);
        Assert.DoesNotContain("\n  replicas:", scaled, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passwords_of_administrators_are_given_to_hosts_alone()
    {
        var space = await cluster.CreateNamespaceAsync();
        var objects = await cluster.DryRunAsync(space, await Chart.RenderAsync(4, space, Chart.Variants["everything on"]));

        var given = objects.Where(item => Workloads.Contains(Kind(item)) && Containers(PodSpec(item)).Any(container => container.TryGetProperty("envFrom", out _)));
        Assert.Equal("Deployment", Kind(Assert.Single(given)));
    }

    [Fact]
    public async Task Probes_name_the_host_and_the_prefix()
    {
        var space = await cluster.CreateNamespaceAsync();
        var objects = await cluster.DryRunAsync(space, await Chart.RenderAsync(4, space, Chart.Variants["everything on"]));

        var probe = Containers(PodSpec(objects.Single(item => Kind(item) == "Deployment"))).Single().GetProperty("readinessProbe").GetProperty("httpGet");
        Assert.Equal("/plants/readyz", probe.GetProperty("path").GetString());
        Assert.Equal("plants.example", probe.GetProperty("httpHeaders")[0].GetProperty("value").GetString());
    }

    [Fact]
    public async Task Values_win_over_what_the_chart_sets_and_come_once()
    {
        var space = await cluster.CreateNamespaceAsync();
        var objects = await cluster.DryRunAsync(space, await Chart.RenderAsync(4, space, Chart.Variants["a setting of ours given again"]));

        var variables = Containers(PodSpec(objects.Single(item => Kind(item) == "Deployment"))).Single().GetProperty("env").EnumerateArray()
            .ToLookup(variable => variable.GetProperty("name").GetString(), variable => variable.TryGetProperty("value", out var value) ? value.GetString() : null);
        Assert.Equal(["/data/other"], variables["DandelionMl__DataDirectory"]);
        Assert.Equal(["true"], variables["DandelionMl__Pipelines__SchedulerEnabled"]);
        Assert.All(variables, variable => Assert.Single(variable));
    }

    private static void AssertSafe(JsonElement pod)
    {
        var security = pod.GetProperty("securityContext");
        Assert.True(security.GetProperty("runAsNonRoot").GetBoolean());
        Assert.NotEqual(0, security.GetProperty("runAsUser").GetInt32());
        Assert.Equal("RuntimeDefault", security.GetProperty("seccompProfile").GetProperty("type").GetString());
        Assert.False(pod.GetProperty("automountServiceAccountToken").GetBoolean());
        foreach (var container in Containers(pod))
        {
            var own = container.GetProperty("securityContext");
            Assert.True(own.GetProperty("readOnlyRootFilesystem").GetBoolean());
            Assert.False(own.GetProperty("allowPrivilegeEscalation").GetBoolean());
            Assert.Equal("ALL", own.GetProperty("capabilities").GetProperty("drop")[0].GetString());
            Assert.True(container.GetProperty("resources").GetProperty("limits").TryGetProperty("memory", out _));
            Assert.True(container.GetProperty("resources").GetProperty("requests").TryGetProperty("cpu", out _));
            Assert.All(container.GetProperty("env").EnumerateArray(), AssertNoSecret);
        }
    }

    private static void AssertNoSecret(JsonElement variable)
    {
        var name = variable.GetProperty("name").GetString()!;
        if (name.Contains("Password", StringComparison.OrdinalIgnoreCase) || name.Contains("SecretKey", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Token", StringComparison.Ordinal))
        {
            Assert.True(variable.GetProperty("valueFrom").TryGetProperty("secretKeyRef", out _), name);
        }
    }

    private static void AssertSelects(JsonElement selector, JsonElement workload) => Assert.True(IsSelected(selector, workload));

    private static bool IsSelected(JsonElement selector, JsonElement workload) =>
        Template(workload).GetProperty("metadata").TryGetProperty("labels", out var labels)
        && selector.EnumerateObject().All(label => labels.TryGetProperty(label.Name, out var value) && value.GetString() == label.Value.GetString());

    private static string? Kind(JsonElement item) => item.GetProperty("kind").GetString();

    private static JsonElement Template(JsonElement workload)
    {
        var spec = workload.GetProperty("spec");
        return (Kind(workload) == "CronJob" ? spec.GetProperty("jobTemplate").GetProperty("spec") : spec).GetProperty("template");
    }

    private static JsonElement PodSpec(JsonElement workload) => Template(workload).GetProperty("spec");

    private static JsonElement.ArrayEnumerator Containers(JsonElement pod) => pod.GetProperty("containers").EnumerateArray();
}
