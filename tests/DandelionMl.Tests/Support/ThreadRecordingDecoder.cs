using System.Collections.Concurrent;
using DandelionMl.Imaging;

namespace DandelionMl.Tests.Support;

/// <summary>Notes the threads that pictures are decoded on.</summary>
internal sealed class ThreadRecordingDecoder : IImageDecoder
{
    private readonly FakeImageDecoder _inner = new();

    public ConcurrentBag<int> Threads { get; } = [];

    public ImageHeader ReadHeader(ReadOnlySpan<byte> bytes) => _inner.ReadHeader(bytes);

    public RgbImage Decode(ReadOnlySpan<byte> bytes, int minimumSide = 0)
    {
        Threads.Add(Environment.CurrentManagedThreadId);
        return _inner.Decode(bytes, minimumSide);
    }
}
