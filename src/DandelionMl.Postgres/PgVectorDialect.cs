using DandelionMl.Data;

namespace DandelionMl.Postgres;

/// <summary>pgvector's statements, with an HNSW index (Malkov and Yashunin 2016, arXiv:1603.09320).</summary>
/// <remarks>Directions are kept in half precision where the server has it: half of table and index. The index only proposes; similarities
/// are computed from the embeddings. A table that was made in full precision stays as it is: pgvector casts what is added and asked for, so
/// that processes of both kinds work on tables of both kinds.</remarks>
/// <param name="hasHalfPrecision">Whether it has the type <c>halfvec</c>, which came with pgvector 0.7.</param>
internal sealed class PgVectorDialect(bool hasHalfPrecision) : VectorDialect
{
    // Candidates that a search keeps on its way through the graph: the more, the fewer neighbours it misses. pgvector accepts up to 1,000.
    private const int LeastCandidates = 200;
    private const int MostCandidates = 1000;

    private readonly string _type = hasHalfPrecision ? "halfvec" : "vector";

    public override int MaxDimensions => hasHalfPrecision ? 4000 : 2000;

    public override int MaxNeighbours => MostCandidates / 2;

    public override string TableExists(string table) => $"SELECT to_regclass('{table}') IS NOT NULL";

    public override string CreateTable(string table, int dimensions) =>
        $"CREATE TABLE IF NOT EXISTS {table} (sha256 varchar(64) PRIMARY KEY, direction {_type}({dimensions}) NOT NULL)";

    public override string CreateIndex(string table) =>
        $"CREATE INDEX IF NOT EXISTS ix_{table} ON {table} USING hnsw (direction {_type}_cosine_ops)";

    public override string Insert(string table, SqlRows rows) =>
        $"""
        INSERT INTO {table} (sha256, direction)
        SELECT sha256, direction::vector FROM (VALUES {rows}) AS given (sha256, direction)
        ON CONFLICT (sha256) DO NOTHING
        """;

    public override string PrepareSearch(int neighbours) =>
        $"SET LOCAL hnsw.ef_search = {Math.Clamp(2 * neighbours, LeastCandidates, MostCandidates)}";

    public override string SelectNearest(string table) =>
        $"SELECT sha256 FROM {table} ORDER BY direction <=> @direction::vector LIMIT @count";
}
