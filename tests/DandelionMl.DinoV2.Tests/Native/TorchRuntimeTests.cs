using DandelionMl.DinoV2.Native;
using TorchSharp;

namespace DandelionMl.DinoV2.Tests.Native;

public class TorchRuntimeTests
{
    [Fact]
    public void EnsureLoaded_from_many_threads_makes_tensors_work()
    {
        Parallel.For(0, 8, _ => TorchRuntime.EnsureLoaded());

        using var scope = torch.NewDisposeScope();
        Assert.Equal(2, torch.ones(2).sum().item<float>());
    }

    [Fact]
    public void EnsureLoaded_library_can_throw_and_compute_in_parallel()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();

        // A C++ exception crosses the patched library on its way to .NET.
        var exception = Assert.ThrowsAny<Exception>(() => torch.ones(2).reshape(3, 3));
        Assert.Contains("invalid for input of size 2", exception.Message, StringComparison.Ordinal);
        Assert.Equal(512 * 512 * 512, torch.ones(512, 512).matmul(torch.ones(512, 512)).sum().item<float>());
    }
}
