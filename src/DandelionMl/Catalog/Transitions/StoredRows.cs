using DandelionMl.Data;
using DandelionMl.Storage;

namespace DandelionMl.Catalog.Transitions;

/// <summary>Marks rows of <c>plants_data</c> as stored, many by one statement: <see cref="ImageTransition.Store"/>,
/// <see cref="ImageTransition.Repeat"/>, <see cref="ImageTransition.YieldPending"/> and
/// <see cref="ImageTransition.YieldRejected"/>.</summary>
internal sealed class StoredRows
{
    /// <summary>What is true of the one row that stands for some bytes. Spelt out rather than a parameter, and as in the index on it: a
    /// database takes a partial index only where it sees that the condition holds.</summary>
    public const string HoldsBytes = $"state <> '{ImageStateText.Duplicate}'";

    // A photo that waits for a person's word, or was refused, yields to one that comes with its label.
    private const string YieldSql =
        $"""
        UPDATE plants_data AS image
        SET state = @duplicate, storage_key = given.storage_key, url_s3 = given.url_s3, size_bytes = given.size_bytes, updated_at = @now
        FROM given JOIN plants_data AS labelled ON labelled.id = given.id AND labelled.state = @registered
        WHERE image.sha256 = given.sha256 AND image.state IN ('{ImageStateText.Pending}', '{ImageStateText.Rejected}')
        """;

    // Loses against whichever row has taken the bytes before: a unique index holds where two transactions race.
    private const string StoreSql =
        $"""
        UPDATE plants_data AS image
        SET state = @stored, storage_key = given.storage_key, url_s3 = given.url_s3, sha256 = given.sha256,
            size_bytes = given.size_bytes, updated_at = @now
        FROM given
        WHERE image.id = given.id AND image.state = @registered
            AND NOT EXISTS (SELECT 1 FROM plants_data AS known WHERE known.sha256 = given.sha256 AND known.{HoldsBytes})
            AND NOT EXISTS (
                SELECT 1 FROM given AS earlier JOIN plants_data AS other ON other.id = earlier.id
                WHERE earlier.sha256 = given.sha256 AND earlier.place < given.place AND other.state = @registered)
        """;

    private const string DuplicateSql =
        $"""
        UPDATE plants_data AS image
        SET state = @duplicate, storage_key = known.storage_key, url_s3 = known.url_s3, sha256 = known.sha256,
            size_bytes = known.size_bytes, updated_at = @now
        FROM given JOIN plants_data AS known ON known.sha256 = given.sha256 AND known.{HoldsBytes}
        WHERE image.id = given.id AND image.state = @registered
        """;

    private readonly List<long> _ids;
    private readonly SqlRows _rows = new();
    private readonly SqlParameters _parameters;

    /// <param name="images">At most <see cref="SqlRows.BatchSize"/>; of those with the same bytes the first stands for all.</param>
    /// <param name="now">The time of the change.</param>
    public StoredRows(IReadOnlyList<KeyValuePair<long, StoredContent>> images, DateTimeOffset now)
    {
        _ids = [.. images.Select(image => image.Key)];

        // By their ids, whoever marks: of two transactions with the same rows none waits for the other in a circle.
        foreach (var (place, (id, content)) in images.Index().OrderBy(image => image.Item.Key))
        {
            _rows.Add(id, place, content.Key, content.Url.AbsoluteUri, content.Sha256, content.Size);
        }

        _parameters = _rows
            .With("now", now)
            .With("registered", ImageStateText.Registered)
            .With("stored", ImageStateText.Stored)
            .With("duplicate", ImageStateText.Duplicate)
            .Parameters;
    }

    /// <exception cref="ArgumentException">A content can't be stored, or a row is named twice.</exception>
    public static void Check(IReadOnlyList<KeyValuePair<long, StoredContent>> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        foreach (var (_, content) in images)
        {
            ArgumentNullException.ThrowIfNull(content, nameof(images));
            ContentHash.Check(content.Sha256, nameof(images));
            StorageKeys.Validate(content.Key);
        }

        if (images.DistinctBy(image => image.Key).Count() < images.Count)
        {
            throw new ArgumentException("A row is named twice.", nameof(images));
        }
    }

    public IReadOnlyList<long> Ids => _ids;

    public async Task WriteAsync(DatabaseSession session)
    {
        var with = $"WITH given (id, place, storage_key, url_s3, sha256, size_bytes) AS (VALUES {_rows})";
        await session.ExecuteAsync($"{with} {YieldSql}", _parameters).ConfigureAwait(false);
        if (await session.ExecuteAsync($"{with} {StoreSql}", _parameters).ConfigureAwait(false) < _ids.Count)
        {
            await session.ExecuteAsync($"{with} {DuplicateSql}", _parameters).ConfigureAwait(false);
        }
    }

    /// <summary>Puts the rows, read after <see cref="WriteAsync"/>, into the order they were given in.</summary>
    /// <exception cref="ImageNotFoundException">The row was not found.</exception>
    /// <exception cref="LostRaceException">A row was changed by another transaction meanwhile.</exception>
    public IEnumerable<CatalogImage> InOrder(IEnumerable<CatalogImage> rows)
    {
        var byId = rows.ToDictionary(row => row.Id);
        return _ids.Select(id => byId.GetValueOrDefault(id) switch
        {
            null => throw new ImageNotFoundException(id),
            { State: ImageState.Registered } => throw new LostRaceException($"Image {id} was changed while it was being marked."),
            var row => row,
        });
    }
}
