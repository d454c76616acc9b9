using System.Buffers.Binary;
using System.Security.Cryptography;
using DandelionMl.Backbones;
using DandelionMl.Backbones.BuiltIn;

namespace DandelionMl.Tests.Backbones.BuiltIn;

public sealed class BuiltInBackboneWeightsTests
{
    private readonly byte[] _bytes = ReadResource();

    [Fact]
    public void FromBytes_then_ToBytes_gives_the_same_bytes() =>
        Assert.Equal(_bytes, BuiltInBackboneWeights.FromBytes(_bytes).ToBytes());

    [Fact]
    public void FromBytes_any_flipped_byte_is_refused()
    {
        for (var position = 0; position < _bytes.Length; position += 997)
        {
            var damaged = (byte[])_bytes.Clone();
            damaged[position] ^= 0x40;

            Assert.Throws<BackboneUnavailableException>(() => BuiltInBackboneWeights.FromBytes(damaged));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(30)]
    [InlineData(10_000)]
    public void FromBytes_truncated_is_refused(int length) =>
        Assert.Throws<BackboneUnavailableException>(() => BuiltInBackboneWeights.FromBytes(_bytes.AsSpan(0, length)));

    [Fact]
    public void FromBytes_longer_is_refused() =>
        Assert.Throws<BackboneUnavailableException>(() => BuiltInBackboneWeights.FromBytes([.. _bytes, 0]));

    [Fact]
    public void FromBytes_value_not_finite_is_refused()
    {
        BinaryPrimitives.WriteSingleLittleEndian(_bytes.AsSpan(200), float.NaN);
        Seal();

        var error = Assert.Throws<BackboneUnavailableException>(() => BuiltInBackboneWeights.FromBytes(_bytes));
        Assert.Contains("finite", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromBytes_components_of_no_variance_are_refused()
    {
        _bytes.AsSpan(100, _bytes.Length - 132).Clear();
        Seal();

        var error = Assert.Throws<BackboneUnavailableException>(() => BuiltInBackboneWeights.FromBytes(_bytes));
        Assert.Contains("variance", error.Message, StringComparison.Ordinal);
    }

    private void Seal() => SHA256.HashData(_bytes.AsSpan(0, _bytes.Length - 32), _bytes.AsSpan(_bytes.Length - 32));

    private static byte[] ReadResource()
    {
        using var resource = typeof(BuiltInBackbone).Assembly
            .GetManifestResourceStream("DandelionMl.Backbones.BuiltIn.built-in-v1.bin")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
