namespace DandelionMl.Data;

/// <summary>How a database that has vectors says what it does with them. A direction is a vector of length 1.</summary>
internal abstract class VectorDialect
{
    /// <summary>The most values of a vector that can be indexed.</summary>
    public abstract int MaxDimensions { get; }

    /// <summary>The most neighbours that the index finds at once.</summary>
    public abstract int MaxNeighbours { get; }

    /// <summary>Says whether there is a table, as a truth value.</summary>
    public abstract string TableExists(string table);

    /// <summary>Makes a table of directions by the hash of their image, unless there is one: columns <c>sha256</c> (the key) and
    /// <c>direction</c>.</summary>
    public abstract string CreateTable(string table, int dimensions);

    /// <summary>Makes the index of a table on cosine distance, unless there is one.</summary>
    public abstract string CreateIndex(string table);

    /// <summary>Adds rows of hash and direction, given as the lists of <see cref="SqlRows"/>; those that are there stay.</summary>
    public abstract string Insert(string table, SqlRows rows);

    /// <summary>Sets the transaction up for a search.</summary>
    public abstract string PrepareSearch(int neighbours);

    /// <summary>A query for the column <c>sha256</c> of the <c>@count</c> rows whose directions are nearest to <c>@direction</c>.</summary>
    public abstract string SelectNearest(string table);
}
