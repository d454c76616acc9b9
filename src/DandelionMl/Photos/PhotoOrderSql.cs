namespace DandelionMl.Photos;

/// <summary>Orders of a photo search, as statements have them. Each is that of an index, which is read from a page's place on and no further
/// than its last photo; rows that a search's conditions leave out are read on the way. For a search by label or state a database may take the
/// index of that in its place, and sort what it finds there: a page costs one pass over it then.</summary>
internal static class PhotoOrderSql
{
    /// <summary>What follows <c>ORDER BY</c>.</summary>
    /// <param name="order">The order.</param>
    /// <param name="isReversed">Whether the last comes first.</param>
    public static string By(this PhotoOrder order, bool isReversed = false)
    {
        var direction = order.IsDescending(isReversed) ? " DESC" : "";
        return string.Join(", ", Columns(order).Select(column => $"p.{column}{direction}"));
    }

    /// <summary>The condition that a photo comes after the place of <see cref="PhotoFilter.Parameters"/>.</summary>
    /// <param name="order">The order.</param>
    /// <param name="isReversed">Whether the last comes first.</param>
    public static string After(this PhotoOrder order, bool isReversed = false) =>
        $"({Join(order, "p.")}) {(order.IsDescending(isReversed) ? '<' : '>')} ({Join(order, "@place_")})";

    private static string Join(PhotoOrder order, string prefix) => string.Join(", ", Columns(order).Select(column => prefix + column));

    private static bool IsDescending(this PhotoOrder order, bool isReversed) => (order == PhotoOrder.Newest) != isReversed;

    // The primary key, ix_plants_data_label, ix_plants_data_state.
    private static string[] Columns(PhotoOrder order) => order switch
    {
        PhotoOrder.Label => ["label", "state", "id"],
        PhotoOrder.State => ["state", "id"],
        _ => ["id"],
    };
}
