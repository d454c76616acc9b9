using DandelionMl.Data;
using DandelionMl.Hosting;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
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
        if (application.GetRequiredService<SettingStore>().IsShared)
        {
            own.Configure<KeyManagementOptions>(options => options.XmlRepository = application.GetRequiredService<SharedKeys>());
            return;
        }

        var data = application.GetRequiredService<IOptions<DandelionMlOptions>>().Value.DataDirectory;
        builder.PersistKeysToFileSystem(PrivateFolder.Create(Path.Combine(data, FolderName)));
    }
}
