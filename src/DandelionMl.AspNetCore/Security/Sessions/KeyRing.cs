using System.Xml.Linq;
using DandelionMl.Data;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>The keys that cookies and tokens are sealed with. They outlive the process, and every replica has the same: in PostgreSQL
/// where that is configured, else in files of the data directory that only their owner can read.</summary>
internal static class KeyRing
{
    private const string FolderName = "keys";

    public static void AddKeyRing(this IServiceCollection services, IConfiguration configuration)
    {
        // A name of its own: else the keys are bound to the folder that the program lies in.
        var builder = services.AddDataProtection().SetApplicationName("dandelion");
        if (!string.IsNullOrEmpty(configuration[$"{PostgresOptions.SectionName}:{nameof(PostgresOptions.ConnectionString)}"]))
        {
            services.AddOptions<KeyManagementOptions>().Configure<SettingStore>(
                (options, settings) => options.XmlRepository = new SettingXmlRepository(settings));
            return;
        }

        builder.PersistKeysToFileSystem(CreateFolder(Path.Combine(configuration.DataDirectory(), FolderName)));
    }

    private static DirectoryInfo CreateFolder(string path) => OperatingSystem.IsWindows()
        ? Directory.CreateDirectory(path)
        : Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    /// <summary>Keeps the ring in the database. Its interface is not asynchronous; it is asked once a day.</summary>
    private sealed class SettingXmlRepository(SettingStore settings) : IXmlRepository
    {
        private const string Prefix = "key-ring/";

        public IReadOnlyCollection<XElement> GetAllElements() =>
            [.. settings.ListAsync(Prefix).GetAwaiter().GetResult().Values.Select(XElement.Parse)];

        public void StoreElement(XElement element, string friendlyName) =>
            settings.SetAsync(Prefix + friendlyName, element.ToString(SaveOptions.DisableFormatting)).GetAwaiter().GetResult();
    }
}
