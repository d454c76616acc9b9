namespace DandelionMl.Testing.Conformance;

/// <summary>Gives some bytes and then fails, like a connection that breaks.</summary>
internal sealed class BrokenStream : MemoryStream
{
    public BrokenStream(int length)
        : base(new byte[length])
    {
    }

    // Every other way to read, with a span or asynchronously, comes down to this one in a class derived from MemoryStream.
    public override int Read(byte[] buffer, int offset, int count) =>
        base.Read(buffer, offset, count) is var read and > 0 ? read : throw Broken();

    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(ToArray(), cancellationToken);
        throw Broken();
    }

    private static IOException Broken() => new("The connection broke.");
}
