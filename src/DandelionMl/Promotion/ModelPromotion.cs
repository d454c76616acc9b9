using DandelionMl.Backbones;
using DandelionMl.Registry;
using Microsoft.Extensions.Logging;

namespace DandelionMl.Promotion;

/// <summary>Lets the gate judge candidates and applies its verdicts. Thread-safe.</summary>
/// <example>
/// <code>
/// var training = await provider.GetRequiredService&lt;Trainer&gt;().TrainAsync();
/// var decided = await provider.GetRequiredService&lt;ModelPromotion&gt;().DecideAsync(training.Version.Version, actor: "my application");
/// Console.WriteLine($"version {decided.Version} is now {decided.State}: {decided.Verdict?.Summary}");
/// </code>
/// </example>
public sealed class ModelPromotion
{
    private readonly IModelRegistry _registry;
    private readonly IPromotionGate _gate;
    private readonly ILogger<ModelPromotion> _logger;
    private readonly PromotionTelemetry _telemetry;

    /// <summary>Creates a promotion.</summary>
    /// <param name="registry">Keeps the candidates and the champion.</param>
    /// <param name="gate">Judges.</param>
    /// <param name="logger">Logs each verdict.</param>
    public ModelPromotion(IModelRegistry registry, IPromotionGate gate, ILogger<ModelPromotion> logger)
        : this(registry, gate, logger, new PromotionTelemetry())
    {
    }

    internal ModelPromotion(IModelRegistry registry, IPromotionGate gate, ILogger<ModelPromotion> logger, PromotionTelemetry telemetry) =>
        (_registry, _gate, _logger, _telemetry) = (registry, gate, logger, telemetry);

    /// <summary>Has a candidate judged and carries the verdict out, in one transaction: it becomes the champion or is rejected, and the
    /// verdict is kept with it. If the champion changes meanwhile, it is judged again. A version that was decided before is left as it
    /// is, so that a step that was cut off can be run again.</summary>
    /// <param name="version">The candidate's number.</param>
    /// <param name="actor">The name recorded in the history, such as the pipeline's; 1 to 200 characters.</param>
    /// <param name="cancellationToken">Cancels the call; nothing is changed then.</param>
    /// <returns>The version as it is now. Its <see cref="ModelVersion.Verdict"/> is null only if a person promoted it before the gate
    /// saw it.</returns>
    /// <exception cref="ModelNotFoundException">The version was not found.</exception>
    /// <exception cref="BackboneUnavailableException">A photo has to be embedded for the champion, and its backbone can't be
    /// loaded.</exception>
    public async Task<ModelVersion> DecideAsync(int version, string actor, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var model = await _registry.FindAsync(version, cancellationToken).ConfigureAwait(false) ?? throw new ModelNotFoundException(version);
            if (model.State != ModelState.Candidate)
            {
                return model;
            }

            using var activity = PromotionTelemetry.StartVerdict(version);
            var champion = await _registry.GetChampionAsync(cancellationToken).ConfigureAwait(false);
            var verdict = await _gate.JudgeAsync(model, champion, cancellationToken).ConfigureAwait(false);
            try
            {
                // It is about the champion that the gate was shown, whatever a gate of the application's own wrote down.
                var decided = await _registry.DecideAsync(
                    version, verdict with { ChampionVersion = champion?.Version }, actor, cancellationToken).ConfigureAwait(false);
                _telemetry.Decide(activity, verdict);
                PromotionLog.Decided(_logger, version, decided.State, decided.Verdict?.Summary);
                return decided;
            }
            catch (ChampionChangedException exception)
            {
                PromotionLog.JudgingAgain(_logger, version, exception.Message);
            }
        }
    }
}
