using System.Buffers.Binary;
using System.Text;
using CsCheck;
using DandelionMl.Backbones;
using DandelionMl.Registry;

namespace DandelionMl.Tests.Registry;

public sealed class ModelArtifactFileTests
{
    private static readonly ModelArtifact Artifact = new()
    {
        Labels = ["dandelion", "grass"],
        Space = new EmbeddingSpace("dinov2-vits14", "squash-bilinear-224"),
        BackboneSha256 = new string('a', 64),
        Weights = [1, 2, 3],
        Bias = [4],
        Temperature = 1.5f,
    };

    private static readonly FamiliarRegion Familiar = new() { Mean = [1, 2, 3], Directions = [0, 1, 0], Extents = [0.25f], IsScaled = true, Bound = 0.5f };

    private static readonly PredictionSets Sets = new() { Bounds = [0.25f, 0.125f], Coverage = 0.95, Photos = 147 };

    [Fact]
    public void Write_then_read_gives_the_same() => Assert.Equivalent(Artifact, ModelArtifactFile.Read(Write(Artifact)), strict: true);

    [Fact]
    public void Write_then_read_gives_what_is_familiar()
    {
        var read = ModelArtifactFile.Read(Write(Artifact with { Familiar = Familiar }));

        Assert.Equal(Familiar, read.Familiar);
        Assert.Equal(Artifact with { Familiar = Familiar }, read);
        Assert.NotEqual(Artifact, read);
        Assert.Null(ModelArtifactFile.Read(Write(Artifact)).Familiar);
    }

    [Fact]
    public void Write_then_read_gives_the_bounds_of_labels()
    {
        var read = ModelArtifactFile.Read(Write(Artifact with { Sets = Sets }));

        Assert.Equal(Sets, read.Sets);
        Assert.Equal(Artifact with { Sets = Sets }, read);
        Assert.NotEqual(Artifact, read);
        Assert.Null(ModelArtifactFile.Read(Write(Artifact)).Sets);
    }

    [Fact]
    public void Write_bounds_of_other_labels_are_refused() => Assert.All(
        [
            Sets with { Bounds = [0.1f] },
            Sets with { Bounds = [0.1f, float.NaN] },
            Sets with { Bounds = [0.1f, 1.5f] },
            Sets with { Coverage = 1 },
            Sets with { Coverage = double.NaN },
            Sets with { Photos = 0 },
        ],
        wrong => Assert.Throws<InvalidModelArtifactException>(() => Write(Artifact with { Sets = wrong })));

    [Fact]
    public void Write_what_is_familiar_to_another_head_is_refused() => Assert.All(
        [
            Familiar with { Mean = [1, 2] },
            Familiar with { Directions = [1, 0] },
            Familiar with { Extents = [] },
            Familiar with { Mean = [1, 2, float.NaN] },
            Familiar with { Bound = float.PositiveInfinity },
            Familiar with { Bound = -1 },
        ],
        wrong => Assert.Throws<InvalidModelArtifactException>(() => Write(Artifact with { Familiar = wrong })));

    [Fact]
    public void Read_any_flipped_byte_of_what_is_familiar_is_refused_or_valid() => FlipAnyByte(Artifact with { Familiar = Familiar, Sets = Sets });

    [Fact]
    public void Write_is_safetensors()
    {
        var file = Write(Artifact);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);

        Assert.Equal(0, length % 8);
        Assert.Equal(8 + length + (4 * sizeof(float)), file.Length);
        Assert.Contains(
            """"weight":{"dtype":"F32","shape":[1,3],"data_offsets":[0,12]},"bias":{"dtype":"F32","shape":[1],"data_offsets":[12,16]}"""",
            Encoding.UTF8.GetString(file, 8, length),
            StringComparison.Ordinal);
        Assert.Equal(file, Write(Artifact));
    }

    [Fact]
    public void Read_any_beginning_of_a_file_is_refused()
    {
        var file = Write(Artifact);
        for (var length = 0; length < file.Length; length++)
        {
            Assert.Throws<InvalidModelArtifactException>(() => ModelArtifactFile.Read(file[..length]));
        }

        Assert.Throws<InvalidModelArtifactException>(() => ModelArtifactFile.Read([.. file, 0]));
    }

    [Fact]
    public void Read_any_flipped_byte_is_refused_or_valid() => FlipAnyByte(Artifact);

    private static void FlipAnyByte(ModelArtifact artifact) => Gen.Select(Gen.Int[0, Write(artifact).Length - 1], Gen.Byte[1, 255]).Sample(
        (at, flip) =>
        {
            var file = Write(artifact);
            file[at] ^= flip;
            try
            {
                ModelArtifactValidation.Check(ModelArtifactFile.Read(file));
            }
            catch (InvalidModelArtifactException)
            {
                // The only error there may be.
            }
        },
        seed: "0000KO7tq6S4");

    [Theory]
    [InlineData("\"format\":\"dandelionml-head-1\"", "\"format\":\"dandelionml-head-9\"")]
    [InlineData("\"F32\"", "\"F64\"")]
    [InlineData("\"shape\":[1,3]", "\"shape\":[3,1]")]
    [InlineData("\"shape\":[1,3]", "\"shape\":[1,4]")]
    [InlineData("\"shape\":[1,3]", "\"shape\":[3]")]
    [InlineData("\"shape\":[1,3]", "\"shape\":[-1,-3]")]
    [InlineData("\"shape\":[1,3]", "\"shape\":[2147483647,2147483647,2147483647]")]
    [InlineData("[0,12]", "[4,16]")]
    [InlineData("[0,12]", "[12,0]")]
    [InlineData("[0,12]", "[0,12,16]")]
    [InlineData("[12,16]", "[0,4]")]
    [InlineData("\"bias\"", "\"bios\"")]
    [InlineData("\"bias\"", "\"weight\"")]
    [InlineData("\"labels\"", "\"format\"")]
    [InlineData("grass", "dandelion")]
    [InlineData("1.5", "0")]
    [InlineData("1.5", "-1")]
    [InlineData("1.5", "x")]
    [InlineData("\"__metadata__\":{", "\"__metadata__\":{\"a\":1,")]
    [InlineData("\"dinov2-vits14\"", "\"\"")]
    public void Read_damaged_header_is_refused(string what, string by)
    {
        var file = Write(Artifact);
        var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        var header = Encoding.UTF8.GetString(file, 8, length);
        Assert.Contains(what, header, StringComparison.Ordinal);
        var damaged = Encoding.UTF8.GetBytes(header.Replace(what, by, StringComparison.Ordinal));
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)damaged.Length);

        Assert.Throws<InvalidModelArtifactException>(() => ModelArtifactFile.Read([.. prefix, .. damaged, .. file.AsSpan(8 + length)]));
    }

    [Fact]
    public void Read_header_longer_than_the_cap_is_refused_before_it_is_parsed()
    {
        var file = new byte[(2 * 1024 * 1024) + 8];
        Array.Fill(file, (byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(file, 2 * 1024 * 1024);
        Assert.Throws<InvalidModelArtifactException>(() => ModelArtifactFile.Read(file));

        BinaryPrimitives.WriteUInt64LittleEndian(file, ulong.MaxValue);
        Assert.Throws<InvalidModelArtifactException>(() => ModelArtifactFile.Read(file));
    }

    [Fact]
    public void Read_weight_that_is_no_number_is_refused()
    {
        var file = Write(Artifact);
        BinaryPrimitives.WriteSingleLittleEndian(file.AsSpan(file.Length - 4), float.NaN);

        Assert.Throws<InvalidModelArtifactException>(() => ModelArtifactFile.Read(file));
    }

    private static byte[] Write(ModelArtifact artifact)
    {
        using var file = new MemoryStream();
        ModelArtifactFile.Write(artifact, file);
        return file.ToArray();
    }
}
