using DandelionMl.Backbones;
using DandelionMl.Classification;

namespace DandelionMl.Tests.Classification;

public sealed class RecentEmbeddingsTests
{
    [Fact]
    public void Forget_drops_a_photo_in_all_spaces_and_no_other()
    {
        var recent = new RecentEmbeddings(10);
        EmbeddingSpace[] spaces = [new("a", "p"), new("b", "p")];
        foreach (var space in spaces)
        {
            recent.Add(space, "erased", [1]);
            recent.Add(space, "other", [2]);
        }

        recent.Forget(["erased", "unknown"]);

        Assert.All(spaces, space => Assert.False(recent.TryGet(space, "erased", out _)));
        Assert.All(spaces, space => Assert.True(recent.TryGet(space, "other", out _)));
    }

    [Fact]
    public void Forget_where_nothing_is_remembered_does_nothing() => new RecentEmbeddings(0).Forget(["erased"]);
}
