using System.Globalization;
using System.Threading.RateLimiting;
using DandelionMl.AspNetCore.Endpoints;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>How often clients may ask, by token buckets; above it the answer is a 429 that says when to come again. Thread-safe.</summary>
internal sealed class RateLimits : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _predictions;
    private readonly PartitionedRateLimiter<HttpContext> _kept;
    private readonly PartitionedRateLimiter<HttpContext> _clientsSignIns;
    private readonly PartitionedRateLimiter<HttpContext> _allSignIns;
    private readonly KnownDevices _devices;
    private readonly Limit[] _onPredictions;
    private readonly Limit[] _onSignIns;
    private readonly int _mostKept;

    public RateLimits(IOptions<DandelionMlWebOptions> options, KnownDevices devices)
    {
        var limits = options.Value.Security;
        _devices = devices;
        _mostKept = Kilobytes(limits.KeptBytesPerHour);
        _predictions = Create(context => limits.PredictionsPerMinute == 0
            ? RateLimitPartition.GetNoLimiter("")
            : Bucket(ClientAddress.Describe(context), limits.PredictionsPerMinute, limits.PredictionBurst));
        _kept = Create(context => RateLimitPartition.GetTokenBucketLimiter(ClientAddress.Describe(context), _ => KeptBytes(_mostKept)));
        _clientsSignIns = Create(context => Bucket(SignInClient(context), limits.SignInsPerMinute, limits.SignInsPerMinute));
        _allSignIns = Create(context => devices.Find(context) is null
            ? Bucket("all", limits.SignInsPerMinuteOfAll, limits.SignInsPerMinuteOfAll)
            : RateLimitPartition.GetNoLimiter(""));
        _onPredictions = [new(_predictions, PredictionsReason(limits))];

        // The client's own bucket first: one that is refused there takes nothing from all others.
        _onSignIns =
        [
            new(_clientsSignIns, SignInsReason("This client", limits.SignInsPerMinute, nameof(SecurityOptions.SignInsPerMinute))),
            new(_allSignIns, SignInsReason("All clients together", limits.SignInsPerMinuteOfAll, nameof(SecurityOptions.SignInsPerMinuteOfAll))),
        ];
    }

    /// <summary>Whom failed sign-ins count for: a browser in which somebody signed in before, else an address.</summary>
    public string SignInClient(HttpContext context) =>
        _devices.Find(context) is { } device ? $"device {device}" : $"address {ClientAddress.Describe(context)}";

    /// <summary>Lets a request pass, or answers it.</summary>
    /// <returns>Whether it may go on.</returns>
    public async Task<bool> PassAsync(HttpContext context, Frequency frequency)
    {
        var limits = frequency switch
        {
            Frequency.Predictions => _onPredictions,
            Frequency.SignIns => _onSignIns,
            _ => [],
        };
        foreach (var (limiter, reason) in limits)
        {
            using var lease = limiter.AttemptAcquire(context);
            if (!lease.IsAcquired)
            {
                context.Response.SetRetryAfter(lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1));
                await context.WriteProblemAsync(
                    StatusCodes.Status429TooManyRequests, "Too many requests", $"{reason} Try again after the time in Retry-After.").ConfigureAwait(false);
                return false;
            }
        }

        return true;
    }

    /// <summary>Counts one more photo of a request that brings several.</summary>
    /// <returns>Whether it may be classified.</returns>
    public bool TryPredict(HttpContext context) => Acquire(_predictions, context, 1);

    /// <summary>Counts a photo that is to be kept for review.</summary>
    /// <returns>Whether it may be kept.</returns>
    public bool TryKeep(HttpContext context, long bytes) =>
        Kilobytes(bytes) is var wanted && wanted <= _mostKept && Acquire(_kept, context, wanted);

    public void Dispose()
    {
        _predictions.Dispose();
        _kept.Dispose();
        _clientsSignIns.Dispose();
        _allSignIns.Dispose();
    }

    private static string PredictionsReason(SecurityOptions limits) => string.Create(
        CultureInfo.InvariantCulture,
        $"This client asked for more than {limits.PredictionsPerMinute} predictions a minute, or {limits.PredictionBurst} at once: "
        + $"{SecurityOptions.SectionName}:{nameof(SecurityOptions.PredictionsPerMinute)} and {nameof(SecurityOptions.PredictionBurst)} set how many.");

    private static string SignInsReason(string who, int most, string setting) => string.Create(
        CultureInfo.InvariantCulture, $"{who} tried more than {most} sign-ins a minute: {SecurityOptions.SectionName}:{setting} sets how many.");

    private static bool Acquire(PartitionedRateLimiter<HttpContext> limiter, HttpContext context, int permits)
    {
        using var lease = limiter.AttemptAcquire(context, permits);
        return lease.IsAcquired;
    }

    private static int Kilobytes(long bytes) => (int)Math.Clamp((bytes + 1_023) / 1_024, 1, int.MaxValue);

    private static TokenBucketRateLimiterOptions KeptBytes(int kilobytesPerHour) => new()
    {
        TokenLimit = kilobytesPerHour,
        TokensPerPeriod = Math.Max(1, kilobytesPerHour / 60),
        ReplenishmentPeriod = TimeSpan.FromMinutes(1),
        QueueLimit = 0,
    };

    private static PartitionedRateLimiter<HttpContext> Create(Func<HttpContext, RateLimitPartition<string>> partition) =>
        PartitionedRateLimiter.Create(partition);

    private static RateLimitPartition<string> Bucket(string client, int perMinute, int burst) =>
        RateLimitPartition.GetTokenBucketLimiter(client, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
            QueueLimit = 0,
        });

    /// <summary>A limit, and what one who meets it is told.</summary>
    private sealed record Limit(PartitionedRateLimiter<HttpContext> Limiter, string Reason);
}

/// <summary>Bounds how often an endpoint may be asked.</summary>
internal static class RateLimitExtensions
{
    /// <summary>Bounds an endpoint that costs a backbone pass, for each client.</summary>
    public static TBuilder LimitPredictions<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new FrequencyLimit(Frequency.Predictions));

    /// <summary>Bounds the endpoint that checks passwords, for each client and for all.</summary>
    public static TBuilder LimitSignIns<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new FrequencyLimit(Frequency.SignIns));
}
