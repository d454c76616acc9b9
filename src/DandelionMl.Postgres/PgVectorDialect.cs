using DandelionMl.Data;

namespace DandelionMl.Postgres;

/// <summary>pgvector's statements, with an HNSW index (Malkov and Yashunin 2016, arXiv:1603.09320).</summary>
internal sealed class PgVectorDialect : VectorDialect
{
    // Candidates that a search keeps on its way through the graph: the more, the fewer neighbours it misses. pgvector accepts up to 1,000.
    private const int LeastCandidates = 200;
    private const int MostCandidates = 1000;

    public override int MaxDimensions => 2000;

    public override int MaxNeighbours => MostCandidates / 2;

    public override string CreateTable(string table, int dimensions) =>
        $"CREATE TABLE IF NOT EXISTS {table} (sha256 varchar(64) PRIMARY KEY, direction vector({dimensions}) NOT NULL)";

    public override string CreateIndex(string table) =>
        $"CREATE INDEX IF NOT EXISTS ix_{table} ON {table} USING hnsw (direction vector_cosine_ops)";

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
