using DandelionMl.Tool.Commands;

namespace DandelionMl.Tool.Tests.Commands;

public sealed class OptionsTextTests
{
    [Theory]
    [InlineData("""{"epochs":200,"learningRate":0.003}""", "epochs 200, learningRate 0.003")]
    [InlineData("""{"balanceClasses":false,"strength":0.0031622776601683794}""", "balanceClasses False, strength 0.0032")]
    [InlineData("""{"strengths":[{"strength":10,"logLoss":0.58606},{"strength":1,"logLoss":0.3}]}""", "strengths [strength 10, logLoss 0.5861; strength 1, logLoss 0.3]")]
    [InlineData("{}", "")]
    [InlineData("[1]", "[1]")]
    [InlineData("of an application", "of an application")]
    public void Options_are_written_as_names_and_values(string options, string expected) => Assert.Equal(expected, OptionsText.Of(options));
}
