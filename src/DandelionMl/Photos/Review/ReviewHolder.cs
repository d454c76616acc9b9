namespace DandelionMl.Photos;

/// <summary>What a reviewer holds.</summary>
/// <param name="Reviewer">Who.</param>
/// <param name="Photos">How many photos.</param>
/// <param name="FreeFrom">When the first of them is free again, UTC.</param>
internal sealed record ReviewHolder(string Reviewer, long Photos, DateTimeOffset FreeFrom);
