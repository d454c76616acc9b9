using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Bounds the photos that are received at a time, by number and by bytes, from each client and from all: asked before a body is read,
/// since a client may take as long as it likes to send one. Thread-safe.</summary>
internal sealed class PhotoTraffic(IOptions<DandelionMlWebOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Share> _byClient = [];
    private Share _all;

    /// <summary>Takes room for a request.</summary>
    /// <param name="client">Who sends it.</param>
    /// <param name="bytes">The most that its body can hold.</param>
    /// <returns>What gives the room back; null where there is none.</returns>
    public IDisposable? TryEnter(string client, long bytes)
    {
        var limits = options.Value.Security;
        lock (_lock)
        {
            var own = _byClient.GetValueOrDefault(client).Add(1, bytes);
            var all = _all.Add(1, bytes);
            if (!own.Fits(limits.UploadsAtOnce, limits.UploadBytesAtOnce) || !all.Fits(limits.UploadsAtOnceOfAll, limits.UploadBytesAtOnceOfAll))
            {
                return null;
            }

            (_byClient[client], _all) = (own, all);
        }

        return new Room(this, client, bytes);
    }

    private void Leave(string client, long bytes)
    {
        lock (_lock)
        {
            _all = _all.Add(-1, -bytes);
            var own = _byClient[client].Add(-1, -bytes);
            if (own.Count == 0)
            {
                _byClient.Remove(client);
            }
            else
            {
                _byClient[client] = own;
            }
        }
    }

    private readonly record struct Share(int Count, long Bytes)
    {
        public Share Add(int count, long bytes) => new(Count + count, Bytes + bytes);

        // One is always let in, however large it is: the limit of a body bounds it.
        public bool Fits(int count, long bytes) => Count <= count && (Bytes <= bytes || Count == 1);
    }

    private sealed class Room(PhotoTraffic traffic, string client, long bytes) : IDisposable
    {
        private int _isLeft;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isLeft, 1) == 0)
            {
                traffic.Leave(client, bytes);
            }
        }
    }
}
