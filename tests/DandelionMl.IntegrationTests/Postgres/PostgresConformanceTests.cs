using DandelionMl.Catalog;
using DandelionMl.Embeddings;
using DandelionMl.Registry;
using DandelionMl.Storage;
using DandelionMl.Testing.Conformance;

namespace DandelionMl.IntegrationTests.Postgres;

public sealed class PostgresImageCatalogTests(PostgresFixture postgres) : ImageCatalogConformance
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override IImageCatalog Open() => new SqlImageCatalog(_database.Open(), TimeProvider.System);
}

public sealed class PostgresEmbeddingStoreTests(PostgresFixture postgres) : EmbeddingStoreConformance
{
    private PostgresDatabase _database = null!;

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override IEmbeddingStore Open() => new SqlEmbeddingStore(_database.Open());
}

public sealed class PostgresModelRegistryTests(PostgresFixture postgres) : ModelRegistryConformance
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dandelionml-test-");
    private PostgresDatabase _database = null!;

    protected override IImageStore Artifacts => new FolderImageStore(new FolderImageStoreOptions { Root = _folder.FullName });

    public override async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public override async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Delete(recursive: true);
        await base.DisposeAsync();
    }

    protected override IModelRegistry Open() => new SqlModelRegistry(_database.Open(), Artifacts, TimeProvider.System);
}
