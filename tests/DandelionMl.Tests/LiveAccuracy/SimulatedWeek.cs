using System.Globalization;
using DandelionMl.LiveAccuracy;

namespace DandelionMl.Tests.LiveAccuracy;

/// <summary>A week of photos as they come and are reviewed: most are easy, some as hard as a guess, and on one in twenty nothing can be
/// seen.</summary>
internal sealed class SimulatedWeek
{
    private const double UnusableShare = 0.05;

    private readonly Random _random;
    private readonly Photo[] _photos;

    /// <param name="photos">How many come.</param>
    /// <param name="accuracy">The chance that an answer is right, 0.5 to 1.</param>
    /// <param name="beliefs">What the model believes of its answers.</param>
    /// <param name="seed">The draw.</param>
    public SimulatedWeek(int photos, double accuracy, Beliefs beliefs, int seed)
    {
        _random = new Random(seed);
        _photos = [.. Enumerable.Range(0, photos).Select(_ => Draw(accuracy, beliefs))];
    }

    /// <summary>The photos that the review's random share took.</summary>
    public List<bool> TakenAtRandom { get; } = [];

    /// <summary>The photos that were reviewed for whatever reason.</summary>
    public IEnumerable<bool> AllReviewed => _photos.Where(photo => photo is { IsReviewed: true, IsUsable: true }).Select(photo => photo.IsRight);

    /// <summary>Reviews photos as the desk gives them out: a share are the first that are left in the random order, the others those left that the
    /// model is least sure of.</summary>
    public SimulatedWeek Review(int count, double randomShare)
    {
        var (hardest, inOrder) = (new Queue<Photo>(_photos.OrderBy(photo => photo.Belief)), new Queue<Photo>(_photos.OrderBy(photo => photo.Rank)));
        for (var slot = 0; slot < count; slot++)
        {
            var isRandom = Math.Floor((slot + 1) * randomShare) > Math.Floor(slot * randomShare);
            var photo = (isRandom ? inOrder : hardest).Dequeue();
            while (photo.IsReviewed)
            {
                photo = (isRandom ? inOrder : hardest).Dequeue();
            }

            photo.IsReviewed = true;
            if (isRandom && photo.IsUsable)
            {
                TakenAtRandom.Add(photo.IsRight);
            }
        }

        return this;
    }

    /// <summary>What is recorded of the photos.</summary>
    public IEnumerable<ServedAnswer> Answers => _photos.Select(photo => new ServedAnswer(
        photo.Rank.ToString("F17", CultureInfo.InvariantCulture),
        photo.Belief,
        photo switch
        {
            { IsReviewed: false } => AnswerOutcome.Waiting,
            { IsUsable: false } => AnswerOutcome.Unusable,
            { IsRight: true } => AnswerOutcome.Right,
            _ => AnswerOutcome.Wrong,
        }));

    private Photo Draw(double accuracy, Beliefs beliefs)
    {
        var chance = _random.NextDouble() < 2 * (1 - accuracy) ? 0.2 + (0.6 * _random.NextDouble()) : 1;
        var isRight = _random.NextDouble() < chance;
        var belief = beliefs switch
        {
            Beliefs.Calibrated => chance,
            Beliefs.Sharp => isRight ? 1 - (0.3 * _random.NextDouble()) : 0.4 + (0.4 * _random.NextDouble()),
            Beliefs.Overconfident => Math.Pow(chance, 0.25),
            Beliefs.Noise => _random.NextDouble(),
            Beliefs.Inverted => 1.2 - chance,
            _ => 0.9,
        };
        var isUsable = _random.NextDouble() >= UnusableShare;
        return new Photo(isUsable ? belief : 0.6 * belief, _random.NextDouble(), isRight, isUsable);
    }

    private sealed record Photo(double Belief, double Rank, bool IsRight, bool IsUsable)
    {
        public bool IsReviewed { get; set; }
    }
}

/// <summary>What a model believes of its answers.</summary>
public enum Beliefs
{
    /// <summary>The chance that it is right.</summary>
    Calibrated,

    /// <summary>More on right answers than on wrong ones, hard or not.</summary>
    Sharp,

    /// <summary>Always near one.</summary>
    Overconfident,

    /// <summary>Anything.</summary>
    Noise,

    /// <summary>The less, the surer it is right.</summary>
    Inverted,

    /// <summary>Always the same.</summary>
    Constant,
}
