using DandelionMl.Training.LearningCurves;

namespace DandelionMl.AspNetCore.Pages.Models;

/// <summary>A learning curve, laid out in a picture of <see cref="Curve.Width"/> × <see cref="Curve.Height"/>: what was measured, and what is carried
/// on.</summary>
public sealed class LearningCurvePicture
{
    private readonly Curve _scale;

    internal LearningCurvePicture(LearningCurve data)
    {
        Data = data;
        _scale = new Curve([.. data.Points.Select(point => point.Accuracy), data.Accuracy], isShare: true);
    }

    internal LearningCurve Data { get; }

    internal IEnumerable<double> Marks => _scale.Marks;

    /// <summary>What was measured, and then the accuracy with all photos.</summary>
    internal string Line => Join([.. Data.Points.Select(point => ((double)point.Photos, point.Accuracy)), (Data.Photos, Data.Accuracy)]);

    /// <summary>What is carried on.</summary>
    internal string Ahead => Join([(Data.Photos, Data.Accuracy), .. Data.Gains.Select(gain => ((double)(Data.Photos + gain.More), Data.Accuracy + gain.Accuracy.Value))]);

    /// <summary>The numbers of photos that are marked.</summary>
    internal IReadOnlyList<int> Numbers => [Data.Points[0].Photos, Data.Photos, Most];

    private int Most => Data.Photos + Data.Gains[^1].More;

    // By the logarithm, as each doubling brings about as much.
    internal double X(double photos) =>
        Curve.Left + (Math.Log(photos / Data.Points[0].Photos) / Math.Log((double)Most / Data.Points[0].Photos) * (Curve.Right - Curve.Left));

    internal double Y(double accuracy) => _scale.Y(Math.Min(accuracy, 1));

    private string Join(IEnumerable<(double Photos, double Accuracy)> points) =>
        string.Join(' ', points.Select(point => $"{Curve.Text(X(point.Photos))},{Curve.Text(Y(point.Accuracy))}"));
}
