using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace DandelionMl.DinoV2;

/// <summary>
/// oneDNN's matrix products with a weight that is laid out for them once, and with GELU applied while the result is still in the
/// registers. libtorch has these operators (its own compiler uses them), but TorchSharp names them nowhere: a TorchScript module of
/// three lines does. Beside <c>linear</c>, which takes MKL, they need about a tenth less time on AMD's processors.
/// </summary>
internal sealed class OneDnnOperators : IDisposable
{
    // 1024: a rough number of rows to lay a weight out for, the tokens of a pass; any other number gives the same result. Arguments are
    // tensors only: TorchSharp may free a number before it has passed it on.
    private const string Source = """
        class Operators(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          def pack(self: __torch__.Operators, weight: Tensor) -> Tensor:
            return ops.mkldnn._reorder_linear_weight(weight, 1024)
          def linear(self: __torch__.Operators, rows: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
            return ops.mkldnn._linear_pointwise(rows, weight, bias, "none", annotate(List[Optional[number]], []), "")
          def linear_gelu(self: __torch__.Operators, rows: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
            return ops.mkldnn._linear_pointwise(rows, weight, bias, "gelu", annotate(List[Optional[number]], []), "none")

        """;

    // Once a process: what oneDNN compiles for a processor stays the same.
    private static readonly Lazy<bool> ComputesRight = new(() => Check(ScalarType.Float32, tolerance: 1e-4));
    private static readonly Lazy<bool> RoundsRight = new(() => Check(ScalarType.BFloat16, tolerance: 0.02));

    private readonly jit.ScriptModule _module;

    private OneDnnOperators(jit.ScriptModule module) => _module = module;

    /// <summary>Makes the operators where libtorch is known to have them (an unknown operator would end the process), and where they
    /// compute what <c>linear</c> does.</summary>
    /// <param name="type">What they are to compute with: single precision or bfloat16.</param>
    /// <returns>The operators, or null on other systems, where <c>linear</c> is to be used.</returns>
    public static OneDnnOperators? TryCreate(ScalarType type = ScalarType.Float32) =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64 && IsRight(type) ? Create() : null;

    /// <summary>Whether they compute what <c>linear</c> does, on a system that has them.</summary>
    public static bool IsRight(ScalarType type) => type == ScalarType.BFloat16 ? RoundsRight.Value : ComputesRight.Value;

    /// <summary>Lays a weight out.</summary>
    /// <param name="weight">Outputs × inputs.</param>
    /// <returns>The same values in an order of oneDNN's own; of no use to other operators.</returns>
    public Tensor Pack(Tensor weight) => (Tensor)_module.invoke("pack", weight);

    /// <summary>rows · weightᵀ + bias.</summary>
    public Tensor Linear(Tensor rows, Tensor packedWeight, Tensor bias) => (Tensor)_module.invoke("linear", rows, packedWeight, bias);

    /// <summary>GELU (exact) of rows · weightᵀ + bias.</summary>
    public Tensor LinearGelu(Tensor rows, Tensor packedWeight, Tensor bias) =>
        (Tensor)_module.invoke("linear_gelu", rows, packedWeight, bias);

    public void Dispose() => _module.Dispose();

    private static OneDnnOperators Create() => new(jit.load(MakeArchive()));

    // The version of oneDNN in libtorch computes wrong products with AVX-512 on some virtual Zen 5 processors, without any error.
    private static bool Check(ScalarType type, double tolerance)
    {
        using var operators = Create();
        return new[] { (1, 48, 80), (2, 384, 384), (257, 384, 1536), (65, 1024, 128) }.All(shape => IsRight(operators, shape, type, tolerance));
    }

    /// <summary>Compares with a product in single precision of the same, rounded, numbers.</summary>
    private static bool IsRight(OneDnnOperators operators, (int Rows, int Inputs, int Outputs) shape, ScalarType type, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (rows, weight, bias) = (
            Waves(shape.Rows, shape.Inputs).to(type), Waves(shape.Outputs, shape.Inputs).to(type), Waves(1, shape.Outputs).flatten().to(type));
        var packed = operators.Pack(weight);
        var expected = nn.functional.linear(rows.to(ScalarType.Float32), weight.to(ScalarType.Float32), bias.to(ScalarType.Float32));
        return IsNear(expected, operators.Linear(rows, packed, bias))
            && IsNear(nn.functional.gelu(expected), operators.LinearGelu(rows, packed, bias));

        bool IsNear(Tensor right, Tensor found) => right.allclose(found.to(ScalarType.Float32), rtol: tolerance, atol: 10 * tolerance);
    }

    private static Tensor Waves(int rows, int columns) => arange(rows * columns, dtype: ScalarType.Float32).mul(0.7f).sin().reshape(rows, columns);

    // What torch.jit.save writes for a module without parameters: the pickle makes an Operators whose one attribute is training = False.
    private static byte[] MakeArchive()
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "data.pkl", "\u0080\u0002c__torch__\nOperators\nq\u0000)\u0081}"
                + "(X\u0008\u0000\u0000\u0000trainingq\u0001\u0089ubq\u0002.");
            Add(zip, "code/__torch__.py", Source);
            Add(zip, "constants.pkl", "\u0080\u0002).");
            Add(zip, "version", "3\n");
        }

        return stream.ToArray();
    }

    private static void Add(ZipArchive zip, string name, string content)
    {
        using var entry = zip.CreateEntry("operators/" + name, CompressionLevel.NoCompression).Open();
        entry.Write(Encoding.Latin1.GetBytes(content));
    }
}
