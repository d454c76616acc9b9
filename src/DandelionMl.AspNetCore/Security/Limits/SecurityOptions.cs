using System.Net;
using DandelionMl.Hosting;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Limits on what clients may do, and the proxies in front of this host; configuration section
/// <c>DandelionMl:Security</c>, read at start.</summary>
public sealed class SecurityOptions
{
    internal const string SectionName = $"{DandelionMlOptions.SectionName}:Security";

    private const int Most = 1_000_000;

    /// <summary>Predictions that one client may ask for in a minute, in the long run; 1,200 by default, 0 for any number.</summary>
    public int PredictionsPerMinute { get; set; } = 1_200;

    /// <summary>Predictions that one client may ask for at once, after it was quiet for a while; 300 by default.</summary>
    public int PredictionBurst { get; set; } = 300;

    /// <summary>Photos that are received from one client at a time; 64 by default.</summary>
    public int UploadsAtOnce { get; set; } = 64;

    /// <summary>Photos that are received from all clients at a time; 256 by default.</summary>
    public int UploadsAtOnceOfAll { get; set; } = 256;

    /// <summary>Bytes of photos that are received from one client at a time; 512 MiB by default. What is large lies in a temporary file
    /// meanwhile.</summary>
    public long UploadBytesAtOnce { get; set; } = 512 * 1024 * 1024;

    /// <summary>Bytes of photos that are received from all clients at a time; 2 GiB by default.</summary>
    public long UploadBytesAtOnceOfAll { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>Bytes of photos that are kept for review of one client in an hour; 1 GiB by default. Above it photos are still classified.</summary>
    public long KeptBytesPerHour { get; set; } = 1024 * 1024 * 1024;

    /// <summary>Sign-ins that one client may try in a minute; 10 by default. Failed ones are limited further, see
    /// <see cref="SignInLockout"/>.</summary>
    public int SignInsPerMinute { get; set; } = 10;

    /// <summary>Sign-ins that all clients together may try in a minute, those from browsers in which somebody signed in before not
    /// counted; 100 by default. Each costs 0.1 to 0.2 s of a core.</summary>
    public int SignInsPerMinuteOfAll { get; set; } = 100;

    /// <summary>Reverse proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are trusted: addresses or networks such as
    /// <c>10.0.0.0/8</c>. None by default.</summary>
    public IList<string> Proxies { get; } = [];

    /// <summary>Whether answers over https tell browsers to use nothing else for a year (HSTS); false by default, since it can't be
    /// taken back.</summary>
    public bool Hsts { get; set; }

    internal IEnumerable<string> Failures()
    {
        foreach (var (name, value, least) in new[]
        {
            (nameof(PredictionsPerMinute), PredictionsPerMinute, 0),
            (nameof(PredictionBurst), PredictionBurst, 1),
            (nameof(SignInsPerMinute), SignInsPerMinute, 1),
            (nameof(SignInsPerMinuteOfAll), SignInsPerMinuteOfAll, 1),
            (nameof(UploadsAtOnce), UploadsAtOnce, 1),
            (nameof(UploadsAtOnceOfAll), UploadsAtOnceOfAll, 1),
        })
        {
            if (value < least || value > Most)
            {
                yield return $"{SectionName}:{name} is {value}: it must be between {least} and {Most}.";
            }
        }

        foreach (var (name, value) in new[]
        {
            (nameof(UploadBytesAtOnce), UploadBytesAtOnce),
            (nameof(UploadBytesAtOnceOfAll), UploadBytesAtOnceOfAll),
            (nameof(KeptBytesPerHour), KeptBytesPerHour),
        })
        {
            if (value < 1)
            {
                yield return $"{SectionName}:{name} is {value}: it must be 1 or more.";
            }
        }

        foreach (var proxy in Proxies.Where(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _)))
        {
            yield return $"{SectionName}:{nameof(Proxies)} names '{proxy}': it must be an address or a network such as 10.0.0.0/8.";
        }
    }
}
