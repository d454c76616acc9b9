using Microsoft.AspNetCore.Mvc;

namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>What an endpoint of this library asks for; read from its metadata once, when it is built. Without any, it is for
/// administrators.</summary>
internal sealed record EndpointRules
{
    /// <summary>Whether it is for anyone.</summary>
    public bool IsForAnyone { get; private init; }

    /// <summary>Whether it answers with data, even to a browser.</summary>
    public bool IsDataOnly { get; private init; }

    /// <summary>How long it may take, all of the request's body included; null for any time.</summary>
    public TimeSpan? TimeLimit { get; private init; }

    /// <summary>How often it may be asked.</summary>
    public Frequency Frequency { get; private init; }

    /// <summary>Whether it reads photos from a form.</summary>
    public bool ReadsPhotos { get; private init; }

    /// <summary>Where people go to sign in who open it and may not; null where they are only refused.</summary>
    public Func<HttpContext, string>? SignInAddress { get; private init; }

    /// <summary>What answers once all is in order.</summary>
    public required RequestDelegate Handler { get; init; }

    /// <summary>Whether it answers with data alone that is read, none of it a secret.</summary>
    public static bool IsCompressed(IList<object> metadata) =>
        metadata.OfType<DataOnly>().Any() && !metadata.OfType<HoldsSecret>().Any()
        && metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods is ["GET"];

    public static EndpointRules Read(IList<object> metadata, RequestDelegate handler) => new()
    {
        Handler = handler,
        IsForAnyone = metadata.OfType<Audience>().LastOrDefault()?.IsAnyone ?? false,
        IsDataOnly = metadata.OfType<DataOnly>().Any(),
        TimeLimit = metadata.OfType<TimeLimit>().LastOrDefault()?.Value,
        Frequency = metadata.OfType<FrequencyLimit>().LastOrDefault()?.Of ?? Frequency.Any,
        ReadsPhotos = metadata.OfType<PhotoForm>().Any(),
        SignInAddress = metadata.OfType<SignInAddress>().LastOrDefault()?.Of,
    };
}

/// <summary>How often an endpoint may be asked.</summary>
internal enum Frequency
{
    /// <summary>As often as anybody likes.</summary>
    Any,

    /// <summary>As often as a client may have photos classified.</summary>
    Predictions,

    /// <summary>As often as a client, and all together, may try passwords.</summary>
    SignIns,
}

/// <summary>Who an endpoint is for.</summary>
internal sealed record Audience(bool IsAnyone);

/// <summary>Of an endpoint that answers with data, even to a browser.</summary>
internal sealed record DataOnly;

/// <summary>Of an endpoint that answers with a secret: beside words that a caller chooses, its length would tell of it once it is compressed.</summary>
internal sealed record HoldsSecret;

/// <summary>How long an endpoint may take; null for any time.</summary>
internal sealed record TimeLimit(TimeSpan? Value);

/// <summary>How often an endpoint may be asked.</summary>
internal sealed record FrequencyLimit(Frequency Of);

/// <summary>Of an endpoint that reads photos from a form.</summary>
/// <param name="MaxBytes">The most bytes of all of them.</param>
/// <param name="MostParts">The most fields and files of the form.</param>
internal sealed record PhotoForm(long MaxBytes, int MostParts);

/// <summary>Of a page: where people go to sign in who may not see it.</summary>
internal sealed record SignInAddress(Func<HttpContext, string> Of);

/// <summary>Says what an endpoint of this library asks for.</summary>
internal static class EndpointRulesExtensions
{
    /// <summary>For anyone; what is not for anyone is for administrators.</summary>
    public static TBuilder ForAnyone<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Audience(IsAnyone: true));

    /// <summary>Bounds how long it may take, its request's body included; then the answer is a 504.</summary>
    public static TBuilder LimitTime<TBuilder>(this TBuilder builder, TimeSpan? limit)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new TimeLimit(limit));

    /// <summary>Bounds a request's body, in place of the group's bound.</summary>
    /// <param name="builder">The route.</param>
    /// <param name="bytes">The most that it may hold.</param>
    public static TBuilder LimitBody<TBuilder>(this TBuilder builder, long bytes)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequestSizeLimitAttribute(bytes));
}
