using System.CommandLine;
using System.Globalization;
using System.Numerics;

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

    /// <summary>Refuses a number outside a range.</summary>
    public static Option<TOption> RequireBetween<TOption, TNumber>(this Option<TOption> option, TNumber least, TNumber most)
        where TNumber : INumber<TNumber>
    {
        option.Validators.Add(result =>
        {
            // A comparison with what is no number holds for none.
            if (result.Tokens is [{ Value: var text }, ..] && TNumber.TryParse(text, CultureInfo.InvariantCulture, out var number)
                && !(number >= least && number <= most))
            {
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} is {number}: it must be between {least} and {most}."));
            }
        });
        return option;
    }

    /// <summary>Refuses a duration below the shortest, and a number without a unit, which would be days.</summary>
    public static Option<TimeSpan> RequireDuration(this Option<TimeSpan> option, TimeSpan shortest)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var text }, ..])
            {
                return;
            }

            if (!text.Contains(':', StringComparison.Ordinal) || !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration))
            {
                result.AddError($"{option.Name} '{text}' is not a duration such as 1:30:00 (hours, minutes, seconds).");
            }
            else if (duration < shortest)
            {
                result.AddError($"{option.Name} must be {shortest:c} or more.");
            }
        });
        return option;
    }

    /// <summary>Refuses all but absolute addresses of <c>http</c> and <c>https</c>.</summary>
    public static Option<string?> RequireAddress(this Option<string?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }, ..]
                && (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")))
            {
                result.AddError($"{option.Name} '{text}' is not an address such as http://minio:9000.");
            }
        });
        return option;
    }
}
