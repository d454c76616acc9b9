using DandelionMl.Classification;

namespace DandelionMl.Tool.Commands;

/// <summary>Says that another version answers than the champion.</summary>
internal static class ChampionWarning
{
    /// <summary>Warns on standard error where the champion's artifact is damaged and an earlier one answers.</summary>
    public static void WarnOfDamage(this Classifier classifier, Terminal terminal)
    {
        if (classifier is { ChampionFailure: { } damage, Serving: { } model })
        {
            terminal.WriteWarning($"The champion can't be served: {damage} Version {model.Version}, the champion before it, answers in its place.");
        }
    }
}
