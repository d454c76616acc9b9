using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DandelionMl.Data;
using DandelionMl.Embeddings;

namespace DandelionMl.Drift.Watching;

/// <summary>The rows of <c>served_photos</c>: a sample of each day's photos.</summary>
/// <remarks>A photo's priority is a hash of its bytes and the day, and the lowest ones are kept. So each photo of a day is as likely to be kept as
/// any other, once, and several processes need not know of one another.</remarks>
internal static class ServedPhotoRows
{
    /// <summary>Keeps those of the photos that belong to their days' samples.</summary>
    /// <param name="session">A transaction.</param>
    /// <param name="photos">The photos.</param>
    /// <param name="most">How many photos a day's sample has at most.</param>
    public static async Task OfferAsync(DatabaseSession session, IEnumerable<ServedPhoto> photos, int most)
    {
        foreach (var day in photos.GroupBy(photo => photo.Day, StringComparer.Ordinal).OrderBy(day => day.Key, StringComparer.Ordinal))
        {
            var last = await LastAsync(session, day.Key, most).ConfigureAwait(false);
            var offered = day.Select(photo => (Photo: photo, Priority: Priority(photo))).Where(item => item.Priority < last)
                .OrderBy(item => item.Priority).Take(most).OrderBy(item => item.Photo.Sha256, StringComparer.Ordinal).ToList();
            if (offered.Count == 0)
            {
                continue;
            }

            await InsertAsync(session, offered).ConfigureAwait(false);
            await session.ExecuteAsync(
                "DELETE FROM served_photos WHERE day = @day AND priority > @last",
                [("day", day.Key), ("last", await LastAsync(session, day.Key, most).ConfigureAwait(false))]).ConfigureAwait(false);
        }
    }

    /// <summary>The samples of some days of a version, the latest photo first.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="modelVersion">The version.</param>
    /// <param name="fromDay">The first day.</param>
    /// <param name="most">How many photos to return at most.</param>
    public static Task<List<ServedPhoto>> ListAsync(DatabaseSession session, int modelVersion, string fromDay, int most) => session.QueryAsync(
        """
        SELECT sha256, model_version, label, probability, rank, served_at, vector FROM served_photos
        WHERE model_version = @version AND day >= @from ORDER BY served_at DESC, sha256 LIMIT @most
        """,
        [("version", (long)modelVersion), ("from", fromDay), ("most", most)],
        static row => new ServedPhoto
        {
            Sha256 = row.GetFieldValue<string>(0),
            ModelVersion = checked((int)row.GetFieldValue<long>(1)),
            Label = row.GetFieldValue<string>(2),
            Probability = row.GetFieldValue<double>(3),
            Rank = row.IsDBNull(4) ? null : row.GetFieldValue<double>(4),
            At = row.GetFieldValue<DateTimeOffset>(5),
            Embedding = VectorBytes.Read(row.GetFieldValue<byte[]>(6)).ToArray(),
        });

    /// <summary>Deletes what is older than a day.</summary>
    public static Task<int> DeleteBeforeAsync(DatabaseSession session, string day) =>
        session.ExecuteAsync("DELETE FROM served_photos WHERE day < @day", [("day", day)]);

    /// <summary>Deletes photos from all samples, as when they are erased.</summary>
    public static async Task<int> DeleteAsync(DatabaseSession session, IEnumerable<string> sha256)
    {
        var deleted = 0;
        foreach (var batch in sha256.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var hash in batch)
            {
                rows.Add(hash);
            }

            deleted += await session.ExecuteAsync($"DELETE FROM served_photos WHERE sha256 IN (VALUES {rows})", rows.Parameters).ConfigureAwait(false);
        }

        return deleted;
    }

    private static long Priority(ServedPhoto photo) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{photo.Day} {photo.Sha256}"))) & long.MaxValue;

    /// <summary>The highest priority of a full sample; what is below gets in.</summary>
    private static async Task<long> LastAsync(DatabaseSession session, string day, int most) =>
        await session.ScalarAsync<long?>(
            "SELECT priority FROM served_photos WHERE day = @day ORDER BY priority LIMIT 1 OFFSET @last",
            [("day", day), ("last", most - 1)]).ConfigureAwait(false) ?? long.MaxValue;

    private static async Task InsertAsync(DatabaseSession session, IEnumerable<(ServedPhoto Photo, long Priority)> photos)
    {
        foreach (var batch in photos.Chunk(SqlRows.BatchSize))
        {
            var rows = new SqlRows();
            foreach (var (photo, priority) in batch)
            {
                rows.Add(
                    photo.Day, photo.Sha256, priority, (long)photo.ModelVersion, photo.Label, photo.Probability, photo.Rank, photo.At,
                    VectorBytes.Write(photo.Embedding.Span));
            }

            // One that was there is of an older version, perhaps: the newer one is what is asked for.
            await session.ExecuteAsync(
                $"""
                INSERT INTO served_photos (day, sha256, priority, model_version, label, probability, rank, served_at, vector)
                VALUES {rows}
                ON CONFLICT (day, sha256) DO UPDATE SET
                    model_version = excluded.model_version, label = excluded.label, probability = excluded.probability,
                    rank = excluded.rank, served_at = excluded.served_at, vector = excluded.vector
                """,
                rows.Parameters).ConfigureAwait(false);
        }
    }
}
