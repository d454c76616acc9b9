namespace DandelionMl.Data.Migrations;

/// <summary>What bringing a schema up to date found and did.</summary>
/// <param name="From">The version that it had; 0 for a new database.</param>
/// <param name="To">The version that it has now.</param>
internal sealed record SchemaUpgrade(long From, long To);
