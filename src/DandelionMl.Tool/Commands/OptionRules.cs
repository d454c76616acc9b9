using System.CommandLine;

namespace DandelionMl.Tool.Commands;

/// <summary>What options take, beyond their types.</summary>
internal static class OptionRules
{
    /// <summary>Refuses a text that is blank.</summary>
    public static Option<T> RequireText<T>(this Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            {
                result.AddError($"{option.Name} must not be empty.");
            }
        });
        return option;
    }
}
