using System.Text.RegularExpressions;

namespace DandelionMl.Pipelines;

/// <summary>How pipelines and steps are called: names that stand in addresses and command lines as they are.</summary>
internal static partial class PipelineName
{
    public static void Check(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (!Pattern().IsMatch(name))
        {
            throw new ArgumentException($"'{name}' is not a valid name: it needs 1 to 100 lower-case letters, digits or hyphens.", parameter);
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
