using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using DandelionMl.Packages.Tests.Support;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.Packages.Tests.Containers;

/// <summary>The image, looked at and run as an engine does: as its user, on a root filesystem that can't be written to.</summary>
[SupportedOSPlatform("linux")]
// It is published from what was built to be packed.
[Collection(PackedFamily.Collection)]
public sealed partial class ContainerImageTests(PublishedImage image, ITestOutputHelper log)
{
    /// <summary>An engine's part: the root read-only, volumes at /tmp and /data, the image's user and environment.</summary>
    private const string Engine =
        """
        set -e
        root=$1 data=$2; shift 2
        mkdir -p "$root/proc" "$root/dev" "$root/tmp" "$root/data"
        mount --bind "$root" "$root"
        mount -o remount,ro,bind "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount -t tmpfs tmpfs "$root/tmp"
        mount --bind "$data" "$root/data"
        exec env -i "$@"
        """;

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Image_has_its_user_its_command_and_nothing_that_is_secret()
    {
        await image.PreparedAsync();
        var settings = image.Configuration.GetProperty("config");
        log.WriteLine($"image without libtorch, layers not compressed: {image.Bytes / 1_000_000} MB");

        Assert.Equal("1654", settings.GetProperty("User").GetString());
        Assert.Equal(["/app/dandelion"], settings.GetProperty("Entrypoint").EnumerateArray().Select(part => part.GetString()));
        Assert.Equal("8080/tcp", settings.GetProperty("ExposedPorts").EnumerateObject().Single().Name);
        Assert.Contains("DandelionMl__DataDirectory=/data", settings.GetProperty("Env").EnumerateArray().Select(variable => variable.GetString()));
        Assert.DoesNotMatch(Secret(), settings.GetProperty("Env").ToString());
        var files = Directory.EnumerateFiles(Path.Combine(image.Root, "app"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file)).ToList();
        Assert.Contains("dandelion.dll", files);
        Assert.DoesNotContain(files, file => file.Contains("torch_cpu", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)
            || file is "admin.json" or "appsettings.Development.json");
        Assert.All(Directory.EnumerateFiles(Path.Combine(image.Root, "app"), "*.so"), file => Assert.True(
            File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead), file));
        Assert.InRange(image.Bytes, 1, 300_000_000);
    }

    [Fact]
    public async Task Demo_and_serve_work_as_a_user_without_rights_on_a_root_that_cannot_be_written_to()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to mount and to change its root");
        await image.PreparedAsync();
        var data = Directory.CreateTempSubdirectory("dandelion-volume-");
        try
        {
            File.SetUnixFileMode(data.FullName, (UnixFileMode)0b111_111_111);

            var (refused, why) = await Command.RunAsync("unshare", "/", new Dictionary<string, string?>(), Arguments(data, [], "demo", "--no-serve", "--data", "/app/data"));
            Assert.True(refused == 1 && why.Contains("Read-only file system", StringComparison.Ordinal), why);
            var (code, output) = await Command.RunAsync("unshare", "/", new Dictionary<string, string?>(), Arguments(data, [], "demo", "--no-serve"));
            Assert.True(code == 0, output);
            var (_, owner) = await Command.RunAsync("stat", "/", new Dictionary<string, string?>(), "--format=%u", Path.Combine(data.FullName, "demo", "dandelion.db"));
            Assert.Equal("1654", owner.Trim());

            var port = FreePort.Find();
            await using var server = await RunningServer.StartAsync(
                "unshare", "/", new Dictionary<string, string?>(), Arguments(data, ["ASPNETCORE_HTTP_PORTS=", $"ASPNETCORE_URLS=http://127.0.0.1:{port}"], "serve", "--data", "/data/demo"));
            using var ready = await server.Client.GetAsync(new Uri("readyz", UriKind.Relative), Token);
            Assert.Equal((HttpStatusCode.OK, "Healthy"), (ready.StatusCode, await ready.Content.ReadAsStringAsync(Token)));
            var photo = Directory.EnumerateFiles(Path.Combine(data.FullName, "demo", "samples", "dandelion")).Order(StringComparer.Ordinal).First();
            using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(photo, Token)), "file", "photo.jpg" } };
            using var answer = await server.Client.PostAsync(new Uri("predict", UriKind.Relative), form, Token);
            Assert.Equal("dandelion", JsonElement.Parse(await answer.Content.ReadAsStringAsync(Token)).GetProperty("prediction").GetString());
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    private string[] Arguments(DirectoryInfo data, IEnumerable<string> environment, params string[] command)
    {
        var settings = image.Configuration.GetProperty("config");
        var variables = settings.GetProperty("Env").EnumerateArray().Select(variable => variable.GetString()!).Concat(environment);
        var entry = settings.GetProperty("Entrypoint").EnumerateArray().Select(part => part.GetString()!);
        var user = settings.GetProperty("User").GetString();
        return [
            "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", Engine, "sh", image.Root, data.FullName,
            .. variables, "/usr/sbin/chroot", $"--userspec={user}:{user}", image.Root, .. entry, .. command];
    }

    [GeneratedRegex("password|secret|token|key=", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
