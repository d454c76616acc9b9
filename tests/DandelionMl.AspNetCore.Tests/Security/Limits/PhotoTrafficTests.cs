using DandelionMl.AspNetCore.Security.Limits;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Tests.Security.Limits;

public sealed class PhotoTrafficTests
{
    [Fact]
    public void TryEnter_one_client_takes_no_more_than_its_share_and_others_go_on()
    {
        var traffic = Create(limits => limits.UploadsAtOnce = 2);

        var rooms = new[] { traffic.TryEnter("a", 1), traffic.TryEnter("a", 1) };
        Assert.All(rooms, Assert.NotNull);
        Assert.Null(traffic.TryEnter("a", 1));
        Assert.NotNull(traffic.TryEnter("b", 1));

        rooms[0]!.Dispose();
        rooms[0]!.Dispose();
        Assert.NotNull(traffic.TryEnter("a", 1));
        Assert.Null(traffic.TryEnter("a", 1));
    }

    [Fact]
    public void TryEnter_bytes_of_a_client_and_of_all_are_bounded()
    {
        var traffic = Create(limits => (limits.UploadBytesAtOnce, limits.UploadBytesAtOnceOfAll) = (100, 150));

        Assert.NotNull(traffic.TryEnter("a", 60));
        Assert.Null(traffic.TryEnter("a", 60));
        Assert.NotNull(traffic.TryEnter("b", 60));
        Assert.Null(traffic.TryEnter("b", 40));
        Assert.NotNull(traffic.TryEnter("b", 30));
    }

    [Fact]
    public void TryEnter_all_clients_together_are_bounded()
    {
        var traffic = Create(limits => limits.UploadsAtOnceOfAll = 3);

        Assert.All(Enumerable.Range(0, 3), client => Assert.NotNull(traffic.TryEnter($"{client}", 1)));
        Assert.Null(traffic.TryEnter("d", 1));
    }

    private static PhotoTraffic Create(Action<SecurityOptions> configure)
    {
        var options = new DandelionMlWebOptions();
        configure(options.Security);
        return new PhotoTraffic(Options.Create(options));
    }
}
