using DandelionMl.IntegrationTests;
using DandelionMl.IntegrationTests.PgVector;
using DandelionMl.IntegrationTests.S3;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace DandelionMl.IntegrationTests;

/// <summary>Begins with the collections that take longest, since the tests of one run one after the other: none is left alone at the
/// end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
        [CephTests.Name, "ConsoleAppTests", "AirflowTests", "MlflowSettingsTests", PgVectorTests.Name, "ReleaseTests", "PostgresDriftTests", "FrozenDatabaseTests", "RenderedChartTests"];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Place(collection.TestCollectionDisplayName)).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int Place(string name) =>
        Array.FindIndex(Long, known => name.Contains(known, StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length;
}
