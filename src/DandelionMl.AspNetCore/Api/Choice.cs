using System.Diagnostics.CodeAnalysis;

namespace DandelionMl.AspNetCore.Api;

/// <summary>One of an enumeration's names in a query, in any case, as the names in JSON are; never a number.</summary>
internal readonly record struct Choice<TEnum>(TEnum Value) : IParsable<Choice<TEnum>>
    where TEnum : struct, Enum
{
    public static Choice<TEnum> Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var choice) ? choice : throw new FormatException($"'{s}' is not valid; use one of {string.Join(", ", Enum.GetNames<TEnum>())}.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Choice<TEnum> result)
    {
        result = default;
        if (s is null || !Enum.GetNames<TEnum>().Contains(s, StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }

        result = new Choice<TEnum>(Enum.Parse<TEnum>(s, ignoreCase: true));
        return true;
    }
}
