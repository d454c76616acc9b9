using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace DandelionMl;

/// <summary>Says from when to when a span of time may go. Unlike <see cref="RangeAttribute"/> with a type, it needs no converter found at run
/// time, which trimming would leave out.</summary>
/// <param name="minimum">The shortest, as <c>hh:mm:ss</c>.</param>
/// <param name="maximum">The longest.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TimeSpanRangeAttribute(string minimum, string maximum) : ValidationAttribute
{
    /// <summary>The shortest, as <c>hh:mm:ss</c>.</summary>
    public string Minimum { get; } = minimum;

    /// <summary>The longest.</summary>
    public string Maximum { get; } = maximum;

    /// <summary>Whether zero is right, too. Default: no.</summary>
    public bool IsZeroAccepted { get; init; }

    public override bool IsValid(object? value) => value is TimeSpan span
        && ((span >= Parse(Minimum) && span <= Parse(Maximum)) || (IsZeroAccepted && span == TimeSpan.Zero));

    public override string FormatErrorMessage(string name) =>
        $"The field {name} must be between {Parse(Minimum)} and {Parse(Maximum)}{(IsZeroAccepted ? ", or 0" : "")}.";

    private static TimeSpan Parse(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);
}
