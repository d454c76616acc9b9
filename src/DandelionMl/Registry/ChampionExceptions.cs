namespace DandelionMl.Registry;

/// <summary>The champion has changed since the caller read it; nothing was changed. Read it again before you decide.</summary>
public sealed class ChampionChangedException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    /// <param name="expected">The version that was expected to be the champion; null for none.</param>
    /// <param name="actual">The version that is; null for none.</param>
    public ChampionChangedException(int? expected, int? actual)
        : base($"The champion is {Name(actual)}, no longer {Name(expected)}; nothing was changed. Look again, then decide.") =>
        (Expected, Actual) = (expected, actual);

    /// <summary>The version that was expected to be the champion; null for none.</summary>
    public int? Expected { get; }

    /// <summary>The version that is; null for none.</summary>
    public int? Actual { get; }

    private static string Name(int? version) => version is null ? "none" : $"version {version}";
}

/// <summary>There is no earlier champion to roll back to; nothing was changed.</summary>
public sealed class NoPreviousChampionException : DandelionMlException
{
    /// <summary>Creates the error.</summary>
    public NoPreviousChampionException()
        : base("There is no earlier champion to roll back to.")
    {
    }
}
