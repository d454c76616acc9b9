using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary>Says in the log whether administration is on, at start and whenever that changes. Malformed settings end the start; later
/// on they are named in the log and let nobody in.</summary>
internal sealed class AdminWatch(IOptionsMonitor<DandelionMlWebOptions> options, AdminCredentials credentials, ILogger<AdminWatch> logger)
    : IHostedService, IDisposable
{
    private IDisposable? _subscription;
    private bool? _isOn;

    /// <exception cref="OptionsValidationException">The settings are malformed.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.CurrentValue.Admin.Failures().ToList() is { Count: > 0 } failures)
        {
            throw new OptionsValidationException(AdminOptions.SectionName, typeof(AdminOptions), failures);
        }

        Tell();
        _subscription = options.OnChange(changed =>
        {
            foreach (var failure in changed.Admin.Failures())
            {
                CredentialsLog.AdministrationMalformed(logger, failure);
            }

            Tell();
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _subscription?.Dispose();

    private void Tell()
    {
        var isOn = credentials.HasAny;
        if (isOn == _isOn)
        {
            return;
        }

        _isOn = isOn;
        if (isOn)
        {
            CredentialsLog.AdministrationIsOn(logger);
        }
        else
        {
            CredentialsLog.AdministrationIsOff(logger);
        }
    }
}
