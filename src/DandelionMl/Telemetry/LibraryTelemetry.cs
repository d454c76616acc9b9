using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;

namespace DandelionMl.Telemetry;

/// <summary>The library's one meter and one source of traces, both of the name <see cref="Name"/>. docs/telemetry.md lists what they
/// give.</summary>
internal static class LibraryTelemetry
{
    public const string Name = "DandelionMl";

    /// <summary>The library's version, without the commit.</summary>
    public static string? Version { get; } = typeof(LibraryTelemetry).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    // For parts that were made without a container.
    private static readonly Meter Shared = new(Options());

    /// <summary>Spans of all parts.</summary>
    public static ActivitySource Source { get; } = new(Name, Version);

    /// <summary>The meter of a container; the process's without one.</summary>
    public static Meter Meter(IMeterFactory? meters) => meters?.Create(Options()) ?? Shared;

    private static MeterOptions Options() => new(Name) { Version = Version };
}
