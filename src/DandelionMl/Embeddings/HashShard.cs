using System.Globalization;

namespace DandelionMl.Embeddings;

/// <summary>One of several equal shares of all photos, by the hash of their content: each photo is in one of them, whatever photos there are.</summary>
/// <param name="Index">Which, from 0.</param>
/// <param name="Count">Of how many, 1 to <see cref="Most"/>.</param>
internal readonly record struct HashShard(int Index, int Count)
{
    /// <summary>The most shares.</summary>
    public const int Most = 1_000_000;

    /// <summary>Comes after every hash.</summary>
    private const string End = "g";

    /// <summary>All photos.</summary>
    public static HashShard All { get; } = new(0, 1);

    /// <summary>Hashes of the share are this or come after it.</summary>
    public string From => Bound(Index);

    /// <summary>Hashes of the share come before it.</summary>
    public string To => Index + 1 == Count ? End : Bound(Index + 1);

    /// <summary>Reads a share such as <c>3/16</c>, the fourth of sixteen; or a number of shares alone, when <paramref name="index"/> says
    /// which.</summary>
    /// <param name="text">The text.</param>
    /// <param name="index">Which, from 0, where the text does not say so; as Kubernetes gives a pod of an Indexed Job. Null if it is not
    /// given.</param>
    /// <returns>The share; null if it is none.</returns>
    public static HashShard? Parse(string text, string? index)
    {
        var parts = text.Split('/');
        var (which, count) = parts.Length == 1 ? (index, parts[0]) : (parts[0], parts[1]);
        return parts.Length <= 2 && Number(which) is { } share && Number(count) is { } shares && shares is >= 1 and <= Most && share < shares
            ? new HashShard(share, shares)
            : null;
    }

    /// <summary>Which of how many, from 0.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The first eight digits of where a share begins.</summary>
    private string Bound(int index) => ((ulong)index * (1UL << 32) / (ulong)Count).ToString("x8", CultureInfo.InvariantCulture);
}
