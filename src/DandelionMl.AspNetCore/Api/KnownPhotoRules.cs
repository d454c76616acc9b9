using DandelionMl.AspNetCore.Security;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Api;

/// <summary>Says who may know whether a photo is among those that are stored.</summary>
internal static class KnownPhotoRules
{
    /// <summary>Whether a caller may: an administrator, and anybody where training photos are shown.</summary>
    public static bool MayTell(HttpContext context) =>
        context.RequestServices.GetRequiredService<IOptions<DandelionMlWebOptions>>().Value.Pages.ShowTrainingPhotos
        || Actor.Find(context.User) is not null;
}
