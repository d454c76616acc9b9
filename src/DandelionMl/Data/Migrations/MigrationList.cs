using System.Reflection;
using FluentMigrator;
using FluentMigrator.Runner.Initialization;

namespace DandelionMl.Data.Migrations;

/// <summary>Every migration, in order. Named one by one: FluentMigrator's own search finds public types only, and a schema is no
/// part of the library's face.</summary>
internal sealed class MigrationList : IFilteringMigrationSource
{
    private static readonly Type[] Types =
    [
        typeof(InitialSchema),
        typeof(ModelLineage),
        typeof(UploadSchema),
        typeof(PipelineSchema),
        typeof(CurationSchema),
    ];

    /// <summary>The schema versions of all migrations, ascending.</summary>
    public static IReadOnlyList<long> Versions { get; } =
        [.. Types.Select(type => type.GetCustomAttribute<MigrationAttribute>()!.Version)];

    /// <summary>The schema version that this program works with.</summary>
    public static long Latest => Versions[^1];

    public IEnumerable<IMigration> GetMigrations(Func<Type, bool> predicate) =>
        Types.Where(predicate).Select(type => (IMigration)Activator.CreateInstance(type)!);
}
