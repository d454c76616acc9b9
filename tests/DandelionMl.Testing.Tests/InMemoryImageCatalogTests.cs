using DandelionMl.Catalog;
using DandelionMl.Testing.Conformance;

namespace DandelionMl.Testing.Tests;

public sealed class InMemoryImageCatalogTests : ImageCatalogConformance
{
    private readonly InMemoryImageCatalog _catalog = new();

    protected override IImageCatalog Open() => _catalog;
}
