using DandelionMl.Imaging;

namespace DandelionMl.Tests.Support;

/// <summary>A preprocessing that only says what it is.</summary>
internal sealed class StubPreprocessing(int width, int height, string id = "stub") : Preprocessing(id, width, height)
{
    public override void Apply(RgbImage image, Span<float> tensor) => throw new NotSupportedException();
}
