using System.Globalization;
using System.Security.Cryptography;
using DandelionMl.AspNetCore.Endpoints;
using DandelionMl.AspNetCore.Security;
using Microsoft.AspNetCore.DataProtection;

namespace DandelionMl.AspNetCore.Pages.Predict;

/// <summary>The addresses of training photos that a page shows beside a photo: sealed and good for an hour, so that nobody gets one photo after
/// the other by counting. Thread-safe.</summary>
internal sealed class TrainingPhotoAddresses(FrameworkServices framework)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ITimeLimitedDataProtector _protector = framework.Get<IDataProtectionProvider>()
        .CreateProtector("DandelionMl.AspNetCore.TrainingPhotos").ToTimeLimitedDataProtector();

    /// <summary>The address of a photo's picture, below the pages' address.</summary>
    /// <returns>Null while the keys to seal it with can't be read.</returns>
    public string? Find(long imageId)
    {
        try
        {
            var code = _protector.Protect(imageId.ToString(CultureInfo.InvariantCulture), Lifetime);
            return $"{RouteGroups.Prefix[1..]}/training-photos/{code}/picture";
        }
        catch (Exception exception) when (exception is CryptographicException or DandelionMlException)
        {
            return null;
        }
    }

    /// <summary>The photo of an address; null if the code in it was not made here, or is too old.</summary>
    public long? Open(string code)
    {
        try
        {
            return long.Parse(_protector.Unprotect(code), CultureInfo.InvariantCulture);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
