namespace DandelionMl.Data.Migrations;

/// <summary>Every migration, in order.</summary>
internal static class MigrationList
{
    public static IReadOnlyList<Migration> All { get; } =
    [
        new InitialSchema(),
        new ModelLineage(),
        new UploadSchema(),
        new PipelineSchema(),
        new CurationSchema(),
        new PipelineUpkeep(),
        new ErasureSchema(),
        new SuggestionSchema(),
        new ModelNotes(),
        new DriftSchema(),
        new TraceSchema(),
        new TrackingSchema(),
        new RunTermsSchema(),
        new SchemaReaders(),
        new NearDuplicateSchema(),
        new UnknownPhotosSchema(),
        new RandomOrderSchema(),
        new ShadowSchema(),
        new PageFiguresSchema(),
    ];

    /// <summary>The schema versions of all migrations, ascending.</summary>
    public static IReadOnlyList<long> Versions { get; } = [.. All.Select(migration => migration.Version)];

    /// <summary>The schema version that this program works with.</summary>
    public static long Latest => Versions[^1];
}
