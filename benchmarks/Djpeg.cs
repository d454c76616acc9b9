using System.ComponentModel;
using System.Diagnostics;
using DandelionMl.Imaging;

namespace DandelionMl.Benchmarks;

/// <summary>libjpeg-turbo's own decoder, <c>djpeg</c> of Debian's package libjpeg-turbo-progs, as the measure of ours. A call costs a
/// process, which a call on the smallest picture costs, too: that is taken off.</summary>
internal sealed class Djpeg : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _picture;
    private readonly string _smallest;

    /// <param name="jpeg">The picture that is decoded.</param>
    public Djpeg(byte[] jpeg)
    {
        (_picture, _smallest) = (Path.Combine(_folder.Path, "picture.jpg"), Path.Combine(_folder.Path, "smallest.jpg"));
        File.WriteAllBytes(_picture, jpeg);
        File.WriteAllBytes(_smallest, ImageEncoder.ToJpeg(new RgbImage(8, 8, new byte[8 * 8 * 3])));
    }

    /// <summary>Whether the tool is installed.</summary>
    public static bool IsInstalled
    {
        get
        {
            try
            {
                Run("-version");
                return true;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }

    /// <summary>Milliseconds to decode the picture to R, G, B.</summary>
    /// <param name="eighths">The size that it is decoded at, in eighths of its own.</param>
    public double Milliseconds(int eighths) =>
        Run("-scale", $"{eighths}/8", "-outfile", "/dev/null", _picture) - Run("-outfile", "/dev/null", _smallest);

    public void Dispose() => _folder.Dispose();

    private static double Run(params string[] arguments)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("djpeg", arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 || arguments is ["-version"]
            ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
            : throw new InvalidOperationException($"djpeg ended with {process.ExitCode}.");
    }
}
