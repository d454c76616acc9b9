using System.Globalization;
using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.RegularExpressions;
using DandelionMl.Data;
using DandelionMl.IntegrationTests.PgVector;
using DandelionMl.Postgres;
using DandelionMl.Storage;
using Npgsql;

namespace DandelionMl.Benchmarks.Stores;

/// <summary>pgvector's index in half precision beside full precision: bytes of table and index, memory to build it, and the neighbours that it
/// misses. What docs/scale.md reckons from.</summary>
/// <remarks>On PGlite, PostgreSQL with pgvector compiled to WebAssembly: sizes on disk are those of any server; pointers in memory have half of
/// a server's bytes, and times say nothing of it.</remarks>
internal static partial class VectorIndexBenchmark
{
    private const int Dimensions = 384;
    private const int Centres = 200;
    private const int Neighbours = 10;
    private const int Queries = 100;
    private const int BuildMegabytes = 16;

    public static async Task RunAsync(int count)
    {
        await using var server = await PgliteServer.StartAsync();
        await using var connection = NpgsqlDataSource.Create(server.Connection.ConnectionString);
        await ExecuteAsync(connection, "CREATE EXTENSION vector");
        var (vectors, queries) = (Draw(count, seed: 1), Draw(Queries, seed: 2));

        Console.WriteLine("| precision | table, bytes a photo | index, bytes a photo | memory to build, bytes a photo | recall at 10 |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        var rows = new List<object>();
        foreach (var type in new[] { "vector", "halfvec" })
        {
            var row = await MeasureAsync(connection, type, vectors, queries);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {type} | {row.Table:0} | {row.Index:0} | {row.Memory:0} | {row.Recall:0.000} |"));
            rows.Add(row);
        }

        Console.WriteLine(JsonSerializer.Serialize(new { benchmark = "index", Dimensions, count, rows }, JsonSerializerOptions.Web));
    }

    private static async Task<Row> MeasureAsync(NpgsqlDataSource source, string type, List<float[]> vectors, List<float[]> queries)
    {
        var dialect = new PgVectorDialect(hasHalfPrecision: type == "halfvec");
        var table = $"nearest_{type}";
        await ExecuteAsync(source, dialect.CreateTable(table, Dimensions));
        foreach (var batch in vectors.Index().Chunk(SqlRows.BatchSize))
        {
            var values = new SqlRows();
            foreach (var (number, vector) in batch)
            {
                values.Add(ContentHash.Of(BitConverter.GetBytes(number)), vector);
            }

            await using var connection = await source.OpenConnectionAsync();
            await new DatabaseSession(connection, null, CancellationToken.None).ExecuteAsync(dialect.Insert(table, values), values.Parameters);
        }

        var memory = await BuildAsync(source, dialect.CreateIndex(table));
        return new Row(
            type,
            await ScalarAsync(source, $"SELECT (pg_total_relation_size('{table}') - pg_relation_size('ix_{table}'))::float8") / vectors.Count,
            await ScalarAsync(source, $"SELECT pg_relation_size('ix_{table}')::float8") / vectors.Count,
            memory,
            await RecallAsync(source, dialect, table, vectors, queries));
    }

    /// <summary>Builds the index, and reckons its memory from the notice that so many rows filled what it was given; null if all found room.</summary>
    private static async Task<double?> BuildAsync(NpgsqlDataSource source, string create)
    {
        await using var connection = await source.OpenConnectionAsync();
        var fitted = 0.0;
        connection.Notice += (_, notice) =>
        {
            if (FullAfter().Match(notice.Notice.MessageText) is { Success: true } match)
            {
                fitted = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            }
        };
        await using var command = connection.CreateCommand();
        command.CommandText = $"SET maintenance_work_mem = '{BuildMegabytes}MB'";
        await command.ExecuteNonQueryAsync();
        command.CommandText = create;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
        return fitted == 0 ? null : BuildMegabytes * (1 << 20) / fitted;
    }

    private static async Task<double> RecallAsync(
        NpgsqlDataSource source, PgVectorDialect dialect, string table, List<float[]> vectors, List<float[]> queries)
    {
        var found = 0;
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var session = new DatabaseSession(connection, transaction, CancellationToken.None);
        await session.ExecuteAsync(dialect.PrepareSearch(Neighbours));
        foreach (var query in queries)
        {
            var exact = vectors.Index().OrderByDescending(item => TensorPrimitives.Dot<float>(item.Item, query)).Take(Neighbours)
                .Select(item => ContentHash.Of(BitConverter.GetBytes(item.Index)));
            var nearest = await session.QueryAsync(
                dialect.SelectNearest(table), [("direction", query), ("count", Neighbours)], row => row.GetFieldValue<string>(0));
            found += nearest.Intersect(exact).Count();
        }

        return (double)found / (Neighbours * queries.Count);
    }

    /// <summary>Directions about some centres, as photos are about what they show.</summary>
    private static List<float[]> Draw(int count, int seed)
    {
        var (centres, random) = (new Random(0), new Random(seed));
        var middle = Enumerable.Range(0, Centres).Select(_ => Gaussian(centres, 1)).ToList();
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            var vector = Gaussian(random, 0.6f);
            TensorPrimitives.Add(vector, middle[number % Centres], vector);
            TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
            return vector;
        })];
    }

    private static float[] Gaussian(Random random, float deviation)
    {
        var vector = new float[Dimensions];
        for (var index = 0; index < Dimensions; index++)
        {
            vector[index] = deviation * (float)random.NextGaussian();
        }

        return vector;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<double> ScalarAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (double)(await command.ExecuteScalarAsync())!;
    }

    [GeneratedRegex("no longer fits into maintenance_work_mem after ([0-9]+) tuples")]
    private static partial Regex FullAfter();

    private sealed record Row(string Type, double Table, double Index, double? Memory, double Recall);
}
