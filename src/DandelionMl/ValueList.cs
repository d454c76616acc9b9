using System.Collections;

namespace DandelionMl;

/// <summary>A list in a record: a copy that nobody changes, equal to another one with equal items in the same order, so that records which
/// hold it are equal as records are expected to be.</summary>
internal sealed class ValueList<T> : IReadOnlyList<T>, IEquatable<ValueList<T>>
{
    private readonly T[] _items;

    private ValueList(T[] items) => _items = items;

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    /// <summary>Copies a list, unless it is such a copy already.</summary>
    public static ValueList<T> Of(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items as ValueList<T> ?? new ValueList<T>([.. items]);
    }

    /// <summary>Copies a list of lists.</summary>
    public static ValueList<IReadOnlyList<T>> Of(IReadOnlyList<IReadOnlyList<T>> lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        return ValueList<IReadOnlyList<T>>.Of([.. lists.Select(Of)]);
    }

    public bool Equals(ValueList<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as ValueList<T>);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", _items)}]";

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
