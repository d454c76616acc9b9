namespace DandelionMl.Shadowing;

/// <summary>Answers of a champion and a shadow to the same photos, of one class each.</summary>
/// <param name="ChampionVersion">The champion.</param>
/// <param name="ShadowVersion">The shadow.</param>
/// <param name="ChampionLabel">The class that the champion gave.</param>
/// <param name="ShadowLabel">The class that the shadow gave.</param>
/// <param name="Answers">How many; a photo that was sent twice counts twice.</param>
internal sealed record ShadowCount(int ChampionVersion, int ShadowVersion, string ChampionLabel, string ShadowLabel, long Answers)
{
    /// <summary>Whether the two agree.</summary>
    public bool IsAgreed => ChampionLabel == ShadowLabel;
}
