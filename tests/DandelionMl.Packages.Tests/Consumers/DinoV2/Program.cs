using DandelionMl.Backbones;
using DandelionMl.DinoV2;
using DandelionMl.Imaging;

// An application that took the package and forgot libtorch.
try
{
    using var backbone = DinoV2Backbone.Load("weights.safetensors", "dinov2-vits14", Preprocessing.SquashBilinear224);
    return 1;
}
catch (BackboneUnavailableException exception)
{
    Console.WriteLine(exception.Message);
    return 0;
}
