using DandelionMl.Backbones.BuiltIn.Numerics;
using DandelionMl.Backbones.BuiltIn.Patches;
using DandelionMl.Imaging;

namespace DandelionMl.Backbones.BuiltIn;

/// <summary>Learns the weights of the built-in backbone from photos, without labels. The same photos in the same order give the
/// same bytes, on any number of threads.</summary>
internal sealed class BuiltInBackboneTrainer
{
    private const int DictionaryIterations = 15;
    private const int MixtureIterations = 15;

    // Damping of the whitening; 0.1 for patches of contrast 1 is the usual choice for natural images.
    private const double DictionaryDamping = 0.1;
    private const double FisherDamping = 0.02;

    /// <summary>Fewest photos that are learned from.</summary>
    public const int MinimumPhotos = 10;

    /// <summary>Seed of every random choice; 1 by default.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Most threads used; 1 by default. What is learned does not depend on it.</summary>
    public int MaxDegreeOfParallelism { get; init; } = 1;

    /// <summary>Patches that the dictionary and the mixture are each learned from; 60,000 by default.</summary>
    internal int Samples { get; init; } = 60_000;

    /// <summary>Learns from decoded photos. Takes some seconds and about 0.15 MB of memory a photo, and 60 MB besides.</summary>
    /// <param name="photos">At least <see cref="MinimumPhotos"/> photos of any size; some hundred, of what is to be told apart,
    /// are enough.</param>
    /// <param name="cancellationToken">Cancels between steps.</param>
    /// <exception cref="ArgumentException">There are fewer photos.</exception>
    public BuiltInBackboneWeights Train(IEnumerable<RgbImage> photos, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(photos);
        var preprocessing = Preprocessing.SquashUnit96;
        var images = new List<float[]>();
        foreach (var photo in photos)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var image = new float[preprocessing.TensorLength];
            preprocessing.Apply(photo, image);
            images.Add(image);
        }

        return Train(images, cancellationToken);
    }

    /// <summary>Learns from preprocessed photos.</summary>
    /// <param name="images">At least <see cref="MinimumPhotos"/> tensors that <see cref="Preprocessing.SquashUnit96"/> made.</param>
    /// <param name="cancellationToken">Cancels between steps.</param>
    /// <exception cref="ArgumentException">There are fewer, or one has another length.</exception>
    public BuiltInBackboneWeights Train(IReadOnlyList<float[]> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count < MinimumPhotos)
        {
            throw new ArgumentException(
                $"{images.Count} photos are too few to learn from; at least {MinimumPhotos} are needed.", nameof(images));
        }

        if (images.Any(image => image.Length != 3 * ImagePyramid.Side * ImagePyramid.Side))
        {
            throw new ArgumentException($"Each photo must have {3 * ImagePyramid.Side * ImagePyramid.Side} values.", nameof(images));
        }

        var dictionary = LearnDictionary(images, cancellationToken);
        var fisher = LearnFisherVector(images, cancellationToken);
        var describer = new PhotoDescriber(new PatchDictionary(dictionary), new FisherVector(fisher));
        var descriptions = Describe(images, describer, cancellationToken);
        return new BuiltInBackboneWeights(dictionary, fisher, Standardisation.Fit(descriptions));
    }

    private PatchDictionaryWeights LearnDictionary(IReadOnlyList<float[]> images, CancellationToken cancellationToken)
    {
        var random = new SplitMix((ulong)Seed);
        var patches = SamplePatches(images, random, _ => PatchDictionary.Level, cancellationToken);
        for (var i = 0; i < Samples; i++)
        {
            PatchDictionary.NormaliseContrast(patches.AsSpan(i * PatchGrid.PatchLength, PatchGrid.PatchLength));
        }

        var whitening = Whitening.Fit(patches, PatchGrid.PatchLength, PatchDictionary.WordLength, DictionaryDamping);
        var words = KMeans.Fit(
            Whiten(patches, whitening), PatchDictionary.WordLength, PatchDictionary.WordCount, DictionaryIterations, random,
            cancellationToken);
        return new PatchDictionaryWeights(whitening, words);
    }

    private FisherVectorWeights LearnFisherVector(IReadOnlyList<float[]> images, CancellationToken cancellationToken)
    {
        var random = new SplitMix((ulong)Seed + 1);
        var patches = SamplePatches(images, random, LevelOf, cancellationToken);
        var whitening = Whitening.Fit(patches, PatchGrid.PatchLength, FisherVector.PointLength, FisherDamping);
        var mixture = GaussianMixture.Fit(
            Whiten(patches, whitening), FisherVector.PointLength, FisherVector.ComponentCount, MixtureIterations, random,
            cancellationToken);
        return new FisherVectorWeights(whitening, mixture);
    }

    /// <summary>A level, as often as a photo's patches are of it.</summary>
    private static int LevelOf(SplitMix random)
    {
        var patch = random.Next(FisherVector.GridOfLevel.Sum(grid => grid.Count));
        var level = 0;
        while (patch >= FisherVector.GridOfLevel[level].Count)
        {
            patch -= FisherVector.GridOfLevel[level].Count;
            level++;
        }

        return level;
    }

    /// <summary>Draws patches at random places, equally many of each photo, half of them from its mirror image.</summary>
    private float[] SamplePatches(
        IReadOnlyList<float[]> images, SplitMix random, Func<SplitMix, int> chooseLevel, CancellationToken cancellationToken)
    {
        var patches = new float[Samples * PatchGrid.PatchLength];
        var pyramid = new ImagePyramid();
        for (var image = 0; image < images.Count; image++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            pyramid.Fill(images[image]);
            for (var sample = image; sample < Samples; sample += images.Count)
            {
                var level = chooseLevel(random);
                var grid = new PatchGrid(ImagePyramid.SideOf(level), Step: 1);
                grid.CopyPatch(
                    pyramid[random.Next(ImagePyramid.Views), level],
                    random.Next(grid.PatchesPerSide),
                    random.Next(grid.PatchesPerSide),
                    patches.AsSpan(sample * PatchGrid.PatchLength, PatchGrid.PatchLength));
            }
        }

        return patches;
    }

    private static float[] Whiten(float[] patches, Whitening whitening)
    {
        var projection = new Projection(whitening);
        var points = new float[patches.Length / PatchGrid.PatchLength * whitening.OutputLength];
        projection.Apply(patches, new float[patches.Length / PatchGrid.PatchLength * projection.Stride], points);
        return points;
    }

    private float[] Describe(IReadOnlyList<float[]> images, PhotoDescriber describer, CancellationToken cancellationToken)
    {
        var descriptions = new float[images.Count * EmbeddingBlock.TotalLength];
        Parallel.For(
            0,
            images.Count,
            new ParallelOptions { MaxDegreeOfParallelism = MaxDegreeOfParallelism, CancellationToken = cancellationToken },
            () => new PhotoDescriber.Workspace(),
            (i, _, workspace) =>
            {
                var description = descriptions.AsSpan(i * EmbeddingBlock.TotalLength, EmbeddingBlock.TotalLength);
                describer.Describe(images[i], workspace, description);
                return workspace;
            },
            _ => { });
        return descriptions;
    }
}
