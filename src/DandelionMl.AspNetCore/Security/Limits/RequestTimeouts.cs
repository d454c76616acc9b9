namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>How long a request may take, all of its body included; then the answer is a 504.</summary>
internal static class RequestTimeouts
{
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);

    /// <summary>For a photo that comes over a slow line.</summary>
    public static readonly TimeSpan Upload = TimeSpan.FromMinutes(2);
}
