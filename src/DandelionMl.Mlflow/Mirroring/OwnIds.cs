using System.Security.Cryptography;
using System.Text;
using DandelionMl.Data;

namespace DandelionMl.Mlflow.Mirroring;

/// <summary>The ids by which what was made on the server is found again, when the answer that named it was lost. They hold for one
/// database, whoever asks.</summary>
internal sealed class OwnIds(SettingStore settings)
{
    /// <summary>The tag that has it.</summary>
    public const string Tag = "dandelion.id";

    private const string Setting = "tracking.installation";

    private string? _installation;

    /// <param name="name">What tells it from others of this database.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>32 hexadecimal digits.</returns>
    public async Task<string> OfAsync(string name, CancellationToken cancellationToken)
    {
        _installation ??= await settings.TrySetOnceAsync(Setting, Guid.NewGuid().ToString("N"), cancellationToken).ConfigureAwait(false);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{_installation}\n{name}")))[..32];
    }
}
