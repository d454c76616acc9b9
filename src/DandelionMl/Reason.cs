using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DandelionMl;

/// <summary>Why something was done or not: a code and its values, which a page tells in its reader's language. Its own words are English. What has
/// no code, as an exception of an application's, has its words alone.</summary>
internal sealed class Reason
{
    private const string At = "at";

    private static readonly FrozenDictionary<string, string> _english = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["And"] = "{0} and {1}",
        ["Cancelled"] = "cancelled",
        ["CancelledBy"] = "cancelled by {0}",
        ["Forced"] = "forced; {0}",
        ["HostStopped"] = "its host was stopped",
        ["HostLost"] = "Its host stopped responding during the step's last attempt.",
        ["LeftOut"] = "the run was started without this step",
        ["NewPhotos"] = "{0} new photos, {1} needed",
        ["NoPhotos"] = "There is no stored image to train on: ingest some first.",
        ["OneClass"] = "All images are labelled '{0}': at least two classes are needed.",
        ["OneImage"] = "Class '{0}' has one image: it needs at least two, one to train on and one to test on.",
        ["PhotosFailed"] = "{0} of {0} photos failed; the run's log says why.",
        ["Scarce"] = "{0}, but {1}",
        ["ScarceClass"] = "only {0} of class '{1}', {2} needed",
        ["Step"] = "step '{0}': {1}",
        ["StepsChanged"] = "The steps of this pipeline have changed since the run was started: start a new run.",
        ["TimedOut"] = "It took longer than its time-out of {0}.",
        ["TooSoon"] = "{0}, but not before {1:yyyy-MM-dd HH:mm} UTC, as the last training was on {2:yyyy-MM-dd HH:mm}",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly string _words;

    /// <param name="code">One of <see cref="Codes"/>.</param>
    /// <param name="values">What stands in its places: numbers, times, words, other reasons.</param>
    public Reason(string code, params object[] values)
    {
        (Code, Values) = (code, [.. values.Select(value => value switch
        {
            int number => (long)number,
            DateTimeOffset time => time.ToUniversalTime(),
            _ => value,
        })]);
        _words = string.Format(CultureInfo.InvariantCulture, _english[code], [.. Values]);
    }

    private Reason(string words) => (_words, Values) = (words, []);

    /// <summary>All codes.</summary>
    public static IEnumerable<string> Codes => _english.Keys;

    /// <summary>What it is; null where there are words alone.</summary>
    public string? Code { get; }

    /// <summary>Numbers as <see cref="long"/>, times in UTC as <see cref="DateTimeOffset"/>, words, other reasons.</summary>
    public IReadOnlyList<object> Values { get; }

    /// <summary>A reason in words alone.</summary>
    public static Reason Said(string words) => new(words);

    /// <summary>It in English.</summary>
    public override string ToString() => _words;

    /// <summary>It as it is kept beside its words; null where these are all.</summary>
    public string? Write() => Code is null ? null : ToJson().ToJsonString();

    /// <summary>Reads a reason that was kept.</summary>
    /// <param name="kept">What <see cref="Write"/> made; null for words alone.</param>
    /// <param name="words">Its words.</param>
    /// <returns>A reason of these words: one with a code only if that means them, as they may have been changed since by a program that knew no
    /// codes.</returns>
    public static Reason Read(string? kept, string words) => kept is not null && TryParse(kept) is { } reason && reason._words == words ? reason : Said(words);

    private static Reason? TryParse(string kept)
    {
        try
        {
            return JsonNode.Parse(kept) is JsonArray array ? Parse(array) : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            // A newer program's: its words are there.
            return null;
        }
    }

    private JsonArray ToJson() =>
    [
        (JsonNode)(Code ?? ""),
        .. (Code is null ? [_words] : Values).Select(value => value switch
        {
            long number => (JsonNode)number,
            DateTimeOffset time => new JsonObject { [At] = time.ToString("O", CultureInfo.InvariantCulture) },
            Reason other => other.ToJson(),
            _ => value.ToString()!,
        }),
    ];

    private static Reason Parse(JsonArray array)
    {
        object[] values =
        [
            .. array.Skip(1).Select(item => item switch
            {
                JsonArray other => Parse(other),
                JsonObject time => DateTimeOffset.Parse(time[At]?.GetValue<string>() ?? "", CultureInfo.InvariantCulture),
                JsonValue number when number.TryGetValue(out long found) => (object)found,
                _ => item?.GetValue<string>() ?? "",
            }),
        ];
        return array[0]?.GetValue<string>() is { Length: > 0 } code ? new Reason(code, values)
            : values is [string words] ? Said(words)
            : throw new FormatException("A reason without a code has its words alone.");
    }
}
