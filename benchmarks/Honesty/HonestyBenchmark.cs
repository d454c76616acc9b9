namespace DandelionMl.Benchmarks.Honesty;

/// <summary>How far what the product says of its own labels and answers can be believed: a subject a file.</summary>
internal static class HonestyBenchmark
{
    private static readonly (string Name, Action<string> Run)[] Subjects =
    [
        ("labels", WrongLabelsBenchmark.Run),
        ("accuracy", _ => LiveAccuracyBenchmark.Run()),
        ("curve", LearningCurveBenchmark.Run),
        ("sets", PredictionSetsBenchmark.Run),
        ("gates", GateChainsBenchmark.Run),
    ];

    /// <param name="photosFolder">A folder with one subfolder of photos per label.</param>
    /// <param name="names">Which subjects; all where none is named.</param>
    /// <returns>Whether all are known.</returns>
    public static bool Run(string photosFolder, IReadOnlyCollection<string> names)
    {
        if (names.FirstOrDefault(name => Subjects.All(subject => subject.Name != name)) is { } unknown)
        {
            Console.Error.WriteLine($"'{unknown}' is no subject: {string.Join(", ", Subjects.Select(subject => subject.Name))}.");
            return false;
        }

        foreach (var (_, run) in Subjects.Where(subject => names.Count == 0 || names.Contains(subject.Name)))
        {
            run(photosFolder);
        }

        return true;
    }
}
