using System.Threading.RateLimiting;
using DandelionMl.AspNetCore.Api;
using DandelionMl.AspNetCore.Security.Sessions;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>How often clients may ask, by token buckets; above it the answer is a 429 that says when to come again.</summary>
internal static class RateLimits
{
    private const string Predictions = "predictions";

    /// <summary>Bounds an endpoint that costs a backbone pass, for each client.</summary>
    public static TBuilder LimitPredictions<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireRateLimiting(Predictions);

    /// <summary>Bounds the endpoint that checks passwords, for each client and for all.</summary>
    public static TBuilder LimitSignIns<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new SignInRoute());

    public static void AddRateLimits(this IServiceCollection services)
    {
        services.AddRateLimiter(options => options.RejectionStatusCode = StatusCodes.Status429TooManyRequests);
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<SecurityOptions>, KnownDevices>((limiter, options, devices) =>
        {
            var limits = options.Value;
            limiter.OnRejected = (context, _) => RejectAsync(context);
            limiter.AddPolicy(Predictions, context => limits.PredictionsPerMinute == 0
                ? RateLimitPartition.GetNoLimiter("")
                : Bucket(ClientAddress.Describe(context), limits.PredictionsPerMinute, limits.PredictionBurst));

            // The client's own bucket first: one that is refused there takes nothing from all others.
            limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
                SignIns(context => Bucket(SignInClient(context, devices), limits.SignInsPerMinute, limits.SignInsPerMinute)),
                SignIns(context => devices.Find(context) is null
                    ? Bucket("all", limits.SignInsPerMinuteOfAll, limits.SignInsPerMinuteOfAll)
                    : RateLimitPartition.GetNoLimiter("")));
        });
    }

    /// <summary>Whom failed sign-ins count for: a browser in which somebody signed in before, else an address.</summary>
    public static string SignInClient(HttpContext context, KnownDevices devices) =>
        devices.Find(context) is { } device ? $"device {device}" : $"address {ClientAddress.Describe(context)}";

    private static PartitionedRateLimiter<HttpContext> SignIns(Func<HttpContext, RateLimitPartition<string>> partition) =>
        PartitionedRateLimiter.Create<HttpContext, string>(context =>
            context.GetEndpoint()?.Metadata.GetMetadata<SignInRoute>() is null ? RateLimitPartition.GetNoLimiter("") : partition(context));

    private static RateLimitPartition<string> Bucket(string client, int perMinute, int burst) =>
        RateLimitPartition.GetTokenBucketLimiter(client, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) / perMinute,
            QueueLimit = 0,
        });

    private static async ValueTask RejectAsync(OnRejectedContext context)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var given) ? given : TimeSpan.FromSeconds(1);
        context.HttpContext.Response.SetRetryAfter(wait);
        await context.HttpContext.WriteProblemAsync(
            StatusCodes.Status429TooManyRequests, "Too many requests", "This client asked too often. Try again after the time in Retry-After.");
    }

    private sealed class SignInRoute;
}
