using DandelionMl.Imaging.Decoding;

namespace DandelionMl.Tests.Imaging.Decoding;

public sealed class DecodingLanesTests
{
    [Fact]
    public async Task RunAsync_work_is_done_on_a_thread_of_the_lane()
    {
        var name = await DecodingLanes.RunAsync(new byte[10], () => Thread.CurrentThread.Name, Token);

        Assert.StartsWith("decoding", name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_the_lanes_threads_leave_the_processor_to_others()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Reads a thread's niceness as Linux tells it.");
        var mine = Niceness();

        Assert.Equal(Math.Min(mine + 5, 19), await DecodingLanes.RunAsync(new byte[10], Niceness, Token));

        // The 19th field; the second, a name, may hold spaces.
        static int Niceness()
        {
            var stat = File.ReadAllText("/proc/thread-self/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task RunAsync_large_pictures_are_decoded_one_at_a_time_and_usual_ones_pass_them()
    {
        using var release = new SemaphoreSlim(0);
        var (running, most) = (0, 0);
        var large = Enumerable.Range(0, 3).Select(_ => DecodingLanes.RunAsync(Png(8192, 6144), () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            release.Wait(Token);
            Interlocked.Decrement(ref running);
            return true;
        }, Token)).ToList();

        Assert.Equal(7, await DecodingLanes.RunAsync(Png(640, 480), () => 7, Token));
        release.Release(3);
        await Task.WhenAll(large);
        Assert.InRange(most, 1, Math.Max(1, Environment.ProcessorCount / 4));
    }

    [Theory]
    [InlineData(8192, 6144, true)]
    [InlineData(4032, 3024, false)]
    [InlineData(4000, 3000, false)]
    public void IsLarge_is_told_by_the_memory_that_a_picture_takes(int width, int height, bool expected) =>
        Assert.Equal(expected, DecodingCost.Of(Png(width, height)).IsLarge);

    [Fact]
    public void IsLarge_no_picture_is_not() => Assert.False(DecodingCost.Of("no picture"u8).IsLarge);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The header of a PNG, 8 bits, RGBA.</summary>
    private static byte[] Png(int width, int height) =>
    [
        0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R',
        0, 0, (byte)(width >> 8), (byte)width, 0, 0, (byte)(height >> 8), (byte)height, 8, 6, 0, 0, 0, 0, 0, 0, 0,
    ];
}
