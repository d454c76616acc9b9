using DandelionMl.Registry;

namespace DandelionMl.Shadowing;

/// <summary>Which version can be the shadow of which champion.</summary>
internal static class ShadowRules
{
    /// <summary>Says why a version can't be a champion's shadow.</summary>
    /// <returns>The reason; null if it can.</returns>
    public static string? Refuse(ModelVersion shadow, ModelVersion? champion) => champion switch
    {
        null => "There is no champion yet, so there is nothing to run a shadow beside.",
        _ when shadow.Version == champion.Version => $"Version {shadow.Version} is the champion: a shadow is another version that runs beside it.",

        // It is given the champion's embeddings, which mean nothing to a head of another backbone, or of other weights.
        _ when shadow.Space != champion.Space || shadow.BackboneSha256 != champion.BackboneSha256 =>
            $"Version {shadow.Version} was trained on {shadow.Space} with weights {shadow.BackboneSha256}, and the champion, version {champion.Version}, "
            + $"on {champion.Space} with weights {champion.BackboneSha256}: a shadow reads the champion's embeddings, so both have to be the same.",
        _ => null,
    };
}
