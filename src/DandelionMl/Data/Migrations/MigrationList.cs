using FluentMigrator;
using FluentMigrator.Runner.Initialization;

namespace DandelionMl.Data.Migrations;

/// <summary>Every migration, in order. Named one by one: FluentMigrator's own search finds public types only, and a schema is no
/// part of the library's face.</summary>
internal sealed class MigrationList : IFilteringMigrationSource
{
    /// <summary>The schema version that this program works with.</summary>
    public const long Latest = PipelineSchema.Version;

    private static readonly Type[] Types = [typeof(InitialSchema), typeof(PipelineSchema)];

    public IEnumerable<IMigration> GetMigrations(Func<Type, bool> predicate) =>
        Types.Where(predicate).Select(type => (IMigration)Activator.CreateInstance(type)!);
}
