using DandelionMl.DinoV2.Native;
using TorchSharp;

namespace DandelionMl.DinoV2.Tests;

public sealed class OneDnnOperatorsTests : IDisposable
{
    private readonly OneDnnOperators? _operators;

    public OneDnnOperatorsTests()
    {
        TorchRuntime.EnsureLoaded();
        _operators = OneDnnOperators.TryCreate();
        Assert.SkipWhen(_operators is null, "libtorch has no such operators on this system, or they compute wrong products on its processor");
    }

    public void Dispose() => _operators?.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(257)]
    [InlineData(2000)]
    public void Linear_any_number_of_rows_equals_the_plain_layer(int rows)
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var (input, weight, bias) = (torch.randn(rows, 48), torch.randn(80, 48), torch.randn(80));
        var packed = _operators!.Pack(weight);
        var expected = torch.nn.functional.linear(input, weight, bias);

        Assert.True(expected.allclose(_operators.Linear(input, packed, bias), rtol: 1e-5, atol: 1e-5));
        Assert.True(expected.gelu().allclose(_operators.LinearGelu(input, packed, bias), rtol: 1e-5, atol: 1e-5));
    }

    [Fact]
    public void Linear_while_garbage_is_collected_stays_right()
    {
        using var scope = torch.NewDisposeScope();
        torch.manual_seed(1);
        var (input, weight, bias) = (torch.randn(8, 16), torch.randn(16, 16), torch.randn(16));
        var expected = torch.nn.functional.linear(input, weight, bias);
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect();
            }
        });
        collector.Start();

        try
        {
            for (var repetition = 0; repetition < 50; repetition++)
            {
                using var inner = torch.NewDisposeScope();
                Assert.True(expected.allclose(_operators!.Linear(input, _operators.Pack(weight), bias), rtol: 1e-5, atol: 1e-5));
            }
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }
}
