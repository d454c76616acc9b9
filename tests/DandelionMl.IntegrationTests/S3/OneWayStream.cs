namespace DandelionMl.IntegrationTests.S3;

/// <summary>Bytes that can be read once, a few at a time, like an upload's.</summary>
internal sealed class OneWayStream(byte[] bytes) : Stream
{
    private const int MostAtOnce = 70_000;

    private readonly MemoryStream _bytes = new(bytes);

    /// <summary>After how many bytes reading fails, if it does.</summary>
    public int? BreaksAt { get; init; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        _bytes.Position >= BreaksAt ? throw new IOException("The upload broke.") : _bytes.Read(buffer, offset, Math.Min(count, MostAtOnce));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _bytes.Dispose();
        base.Dispose(disposing);
    }
}
