using CsCheck;
using DandelionMl.Embeddings;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Embeddings;

public sealed class HashShardTests
{
    [Theory]
    [InlineData("0/1", null, 0, 1)]
    [InlineData("15/16", "3", 15, 16)]
    [InlineData("16", "3", 3, 16)]
    [InlineData("1000000", "999999", 999_999, 1_000_000)]
    public void Parse_reads_a_share(string text, string? index, int expected, int count) =>
        Assert.Equal(new HashShard(expected, count), HashShard.Parse(text, index));

    [Theory]
    [InlineData("", null)]
    [InlineData("16", null)]
    [InlineData("16", "16")]
    [InlineData("16", "-1")]
    [InlineData("16/16", null)]
    [InlineData("-1/16", null)]
    [InlineData("0/0", null)]
    [InlineData("1/2/3", null)]
    [InlineData("+1/2", null)]
    [InlineData("0/1000001", null)]
    [InlineData("a/b", null)]
    public void Parse_of_no_share_is_null(string text, string? index) => Assert.Null(HashShard.Parse(text, index));

    [Fact]
    public void Each_hash_is_in_exactly_one_share() =>
        Gen.Select(Gen.Byte.Array[32], Gen.Int[1, 5_000]).SampleSeeded(
            item =>
            {
                var (bytes, count) = item;
                var hash = Convert.ToHexStringLower(bytes);
                var shares = Enumerable.Range(0, count).Where(index => Holds(new HashShard(index, count), hash));
                Assert.Single(shares);
            },
            count: 200);

    [Fact]
    public void Shares_are_of_equal_size()
    {
        var random = new Random(1);
        var hashes = Enumerable.Range(0, 10_000).Select(_ =>
        {
            var bytes = new byte[32];
            random.NextBytes(bytes);
            return Convert.ToHexStringLower(bytes);
        }).ToList();

        Assert.All(
            Enumerable.Range(0, 10), index => Assert.InRange(hashes.Count(hash => Holds(new HashShard(index, 10), hash)), 880, 1_120));
        Assert.All(hashes, hash => Assert.True(Holds(HashShard.All, hash)));
    }

    private static bool Holds(HashShard shard, string hash) =>
        string.CompareOrdinal(hash, shard.From) >= 0 && string.CompareOrdinal(hash, shard.To) < 0;
}
