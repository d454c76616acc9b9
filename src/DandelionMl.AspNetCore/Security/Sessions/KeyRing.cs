using System.Xml.Linq;
using DandelionMl.Data;
using DandelionMl.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Sessions;

/// <summary>The keys that cookies and tokens are sealed with, apart from the application's own. They outlive the process, and every replica
/// has the same: in the database where replicas share one, else in files of the data directory that only their owner can read.</summary>
internal static class KeyRing
{
    private const string FolderName = "keys";

    public static void AddKeyRing(this IServiceCollection own, IServiceProvider application)
    {
        // A name of its own: else the keys are bound to the folder that the program lies in.
        var builder = own.AddDataProtection().SetApplicationName("dandelion");
        var settings = application.GetRequiredService<SettingStore>();
        if (settings.IsShared)
        {
            own.Configure<KeyManagementOptions>(options => options.XmlRepository = new SettingXmlRepository(settings));
            return;
        }

        var data = application.GetRequiredService<IOptions<DandelionMlOptions>>().Value.DataDirectory;
        builder.PersistKeysToFileSystem(CreateFolder(Path.Combine(data, FolderName)));
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
