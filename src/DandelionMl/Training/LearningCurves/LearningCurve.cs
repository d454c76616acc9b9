namespace DandelionMl.Training.LearningCurves;

/// <summary>The accuracy by the number of photos that were trained on, and what more photos would bring.</summary>
internal sealed record LearningCurve
{
    /// <summary>The version whose photos they are.</summary>
    public int ModelVersion { get; init; }

    /// <summary>Images of that version whose embeddings are gone, as of photos that were erased since.</summary>
    public int Gone { get; init; }

    /// <summary>Distinct photos of the classes below: near-duplicates count as one.</summary>
    public required int Photos { get; init; }

    /// <summary>How many of them it was measured on.</summary>
    public required int Measured { get; init; }

    /// <summary>What was measured, from few photos to many.</summary>
    public required IReadOnlyList<CurvePoint> Points { get; init; }

    /// <summary>The accuracy with all photos that there are, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>What more photos would bring.</summary>
    public required IReadOnlyList<CurveGain> Gains { get; init; }

    /// <summary>The same for each class.</summary>
    public required IReadOnlyList<ClassCurve> Classes { get; init; }

    /// <summary>Classes that have too few photos to be measured, and were left out.</summary>
    public required IReadOnlyList<string> LeftOut { get; init; }
}

/// <summary>A point that was measured.</summary>
/// <param name="Photos">Distinct photos that were trained on.</param>
/// <param name="Accuracy">The share of right answers to photos held out, 0 to 1.</param>
internal readonly record struct CurvePoint(int Photos, double Accuracy);

/// <summary>What more photos would bring.</summary>
/// <param name="More">How many more, in the proportions of the classes now.</param>
/// <param name="Accuracy">By how much the accuracy rises, 0 to 1.</param>
internal readonly record struct CurveGain(int More, Likely Accuracy);

/// <summary>The curve of a class.</summary>
/// <param name="Label">The class.</param>
/// <param name="Photos">Its distinct photos.</param>
/// <param name="Recall">The share of its photos that are found with all photos there are, 0 to 1.</param>
/// <param name="Gain">By how much that share rises with the first number of more photos of all classes.</param>
/// <param name="Own">What more photos of this class alone would bring; null where there are more than <see cref="LearningCurveFit.MostAlone"/> classes and
/// others are wrong more often.</param>
internal sealed record ClassCurve(string Label, int Photos, double Recall, Likely Gain, OwnGain? Own);

/// <summary>What more photos of one class would bring, while there are no more of the others.</summary>
/// <param name="More">How many more.</param>
/// <param name="Recall">By how much the share of its photos that are found rises, 0 to 1.</param>
/// <param name="Accuracy">By how much the accuracy of all rises; below 0 where it falls, as photos of other classes are taken for this one.</param>
internal sealed record OwnGain(int More, Likely Recall, Likely Accuracy);
