using Microsoft.Extensions.Options;

namespace DandelionMl.Tool.Hosting.Telemetry;

/// <summary>What the host tells those who watch it; configuration section <c>DandelionMl:Telemetry</c>.</summary>
internal sealed class TelemetryOptions
{
    public const string SectionName = "DandelionMl:Telemetry";
    public const string MetricsPortKey = $"{SectionName}:{nameof(MetricsPort)}";

    /// <summary>A port of its own for <c>/metrics</c>, on all of the machine's addresses, 1 to 65,535. Null by default: then it is on the ports
    /// of everything else, for clients on this machine alone.</summary>
    public int? MetricsPort { get; set; }

    /// <summary>Whether there are also the metrics' names of the Python system: <c>request_count_total</c>, <c>request_latency_seconds</c>,
    /// <c>page_views_total</c> and <c>predict_button_clicks_total</c>. True by default.</summary>
    public bool ReferenceNames { get; set; } = true;

    /// <summary>Whether page views are there under the name <c>streamlit_page_views_total</c>, too. True by default.</summary>
    public bool StreamlitName { get; set; } = true;
}

/// <summary>Checks <see cref="TelemetryOptions"/> at start.</summary>
internal sealed class TelemetryOptionsValidator : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) => options.MetricsPort is null or (> 0 and <= ushort.MaxValue)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail(
            $"{TelemetryOptions.MetricsPortKey} is {options.MetricsPort}; 1 to {ushort.MaxValue} is accepted.");
}
