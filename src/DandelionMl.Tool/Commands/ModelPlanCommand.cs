using System.CommandLine;
using System.Globalization;
using DandelionMl.Promotion.Planning;
using Spectre.Console;

namespace DandelionMl.Tool.Commands;

/// <summary><c>dandelion models plan</c>: how many test photos it takes to show a gain.</summary>
internal static class ModelPlanCommand
{
    public static Command Create(CommonOptions options)
    {
        var gain = new Option<double>("--gain")
        {
            Description = $"By how much a better model is right more often, in points of a hundred, {TestPhotoPlanner.LeastGain} to {TestPhotoPlanner.MostGain}.",
            DefaultValueFactory = _ => 2,
        }.RequireBetween(TestPhotoPlanner.LeastGain, TestPhotoPlanner.MostGain);
        var power = new Option<double>("--power")
        {
            Description = $"The chance that the gate shows it, {TestPhotoPlanner.LeastPower} to {TestPhotoPlanner.MostPower}.",
            DefaultValueFactory = _ => TestPhotoPlanner.DefaultPower,
        }.RequireBetween(TestPhotoPlanner.LeastPower, TestPhotoPlanner.MostPower);
        var command = new Command("plan", "Say how many test photos it takes until the gate can show that a model is better by so much.") { gain, power };
        command.SetAction((parseResult, cancellationToken) => CommandContext.RunAsync(parseResult, options, async context =>
        {
            var plan = await context.Get<TestPhotoPlanner>().PlanAsync(
                parseResult.GetRequiredValue(gain), parseResult.GetRequiredValue(power), cancellationToken).ConfigureAwait(false);
            context.Terminal.WriteResult(plan, console => Write(console, plan));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static void Write(IAnsiConsole console, TestPhotoPlan plan)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, plan.Needed is { } needed
            ? (FormattableString)$"To show a gain of {plan.Gain:0.#} points in {100 * plan.Power:0} of 100 cases takes [bold]{needed}[/] distinct test photos; version {plan.Version} has {plan.Present}."
            : $"To show a gain of {plan.Gain:0.#} points in {100 * plan.Power:0} of 100 cases takes more than a million distinct test photos; version {plan.Version} has {plan.Present}.");
        if (plan.Missing > 0)
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{plan.Missing} are missing: label about {plan.ToLabel} more photos, as a part of them become test photos.");
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, plan.SmallestGain is { } smallest
            ? (FormattableString)$"With those that there are, a gain of {smallest:0.0} points or more can be shown."
            : $"With those that there are, no gain can be shown.");
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture,
            $"Calculated with two versions that differ on {100 * plan.Differing:0.0} % of the photos, {Reason(plan.DifferingBy)}, and a chance of {100 * plan.Level:0.#} % that an equal one is taken for better.");
    }

    private static string Reason(DifferingSource source) => source switch
    {
        DifferingSource.Verdicts => "as in the last verdicts",
        DifferingSource.Errors => "as often as the champion is wrong",
        _ => "as fewer can't bring that gain",
    };
}
