using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace DandelionMl;

/// <summary>Texts by name in a record: a copy that nobody changes, in the order of the names, equal to another one with the same
/// texts; see <see cref="ValueList{T}"/>.</summary>
internal sealed class ValueMap : IReadOnlyDictionary<string, string>, IEquatable<ValueMap>
{
    /// <summary>No text.</summary>
    public static ValueMap Empty { get; } = new([]);

    private readonly SortedDictionary<string, string> _items;

    private ValueMap(SortedDictionary<string, string> items) => _items = items;

    public int Count => _items.Count;

    public IEnumerable<string> Keys => _items.Keys;

    public IEnumerable<string> Values => _items.Values;

    public string this[string key] => _items[key];

    /// <summary>Copies texts, unless they are such a copy already.</summary>
    public static ValueMap Of(IReadOnlyDictionary<string, string> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items as ValueMap ?? new ValueMap(new SortedDictionary<string, string>(items.ToDictionary(), StringComparer.Ordinal));
    }

    public bool ContainsKey(string key) => _items.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _items.TryGetValue(key, out value);

    public bool Equals(ValueMap? other) => other is not null && _items.SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as ValueMap);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (name, text) in _items)
        {
            hash.Add(name, StringComparer.Ordinal);
            hash.Add(text, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => $"[{string.Join(", ", _items.Select(item => $"{item.Key}: {item.Value}"))}]";

    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
