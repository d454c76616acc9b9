using DandelionMl.Catalog;
using DandelionMl.Testing.Conformance;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Catalog;

public sealed class SqlImageCatalogTests : ImageCatalogConformance
{
    private readonly SqliteFile _file = new();

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override IImageCatalog Open() => new SqlImageCatalog(_file.Open(), TimeProvider.System);
}
