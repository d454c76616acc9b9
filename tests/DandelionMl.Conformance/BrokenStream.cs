namespace DandelionMl.Conformance;

/// <summary>Gives some bytes and then fails, like a connection that breaks.</summary>
internal sealed class BrokenStream : MemoryStream
{
    public BrokenStream(int length)
        : base(new byte[length])
    {
    }

    public override int Read(Span<byte> buffer) => base.Read(buffer) is var read and > 0 ? read : throw Broken();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer, offset, count));

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(ToArray(), cancellationToken);
        throw Broken();
    }

    private static IOException Broken() => new("The connection broke.");
}
