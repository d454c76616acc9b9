using DandelionMl.Embeddings;
using DandelionMl.Tests.Support;

namespace DandelionMl.Tests.Embeddings;

public sealed class RowBlockTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 1, 33)]
    [InlineData(64, 3, 40)]
    [InlineData(63, 4, 70)]
    [InlineData(9, 11, 1201)]
    public void Products_are_those_of_plain_sums(int photos, int outputs, int width)
    {
        var stride = RowBlock.Padded(width);
        float[][] rows = [.. Enumerable.Range(0, 64).Select(photo => FormulaWeights.Values($"row.{photo}", width, 0, 1))];
        var weights = Padded(outputs, width, stride, "weights");
        var factors = FormulaWeights.Values("factors", RowBlock.MaxCount * outputs, 0, 1).Select(value => (double)value).ToArray();
        Array.Clear(factors, photos * outputs, factors.Length - (photos * outputs));
        RowBlock[] blocks =
        [
            new RowBlock<float>(width, (photo, values) => rows[photo].CopyTo(values)),
            new RowBlock<double>(width, (photo, values) => Array.ConvertAll(rows[photo], value => (double)value).CopyTo(values)),
        ];

        foreach (var block in blocks)
        {
            // What an earlier and fuller block left behind counts for nothing.
            block.Fill([.. Enumerable.Range(0, 64)]);
            block.Fill([.. Enumerable.Range(0, photos)]);
            var (products, gradient) = (new double[RowBlock.MaxCount * outputs], Padded(outputs, width, stride, "gradient"));
            var before = gradient.ToArray();
            block.Multiply(weights, outputs, products);
            block.AddMultiples(factors, outputs, gradient);

            for (var output = 0; output < outputs; output++)
            {
                for (var photo = 0; photo < photos; photo++)
                {
                    var product = rows[photo].Select((value, index) => value * weights[(output * stride) + index]).Sum();
                    Assert.Equal(product, products[(photo * outputs) + output], 1e-10);
                }

                for (var value = 0; value < width; value++)
                {
                    var sum = before[(output * stride) + value] + Enumerable.Range(0, photos).Sum(photo => rows[photo][value] * factors[(photo * outputs) + output]);
                    Assert.Equal(sum, gradient[(output * stride) + value], 1e-10);
                }
            }
        }
    }

    private static double[] Padded(int outputs, int width, int stride, string name)
    {
        var padded = new double[outputs * stride];
        for (var output = 0; output < outputs; output++)
        {
            FormulaWeights.Values($"{name}.{output}", width, 0, 1).Select(value => (double)value).ToArray().CopyTo(padded, output * stride);
        }

        return padded;
    }
}
