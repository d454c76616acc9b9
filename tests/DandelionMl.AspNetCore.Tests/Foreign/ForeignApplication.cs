using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.Tool.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DandelionMl.AspNetCore.Tests.Foreign;

/// <summary>Somebody's application, which has a route of its own, <c>/own</c>, and DandelionMl under <c>/plants</c>; on Kestrel in this process.</summary>
internal sealed class ForeignApplication : IAsyncDisposable
{
    private readonly TempFolder _folder;

    private ForeignApplication(TempFolder folder, WebApplication application, string key)
    {
        (_folder, Application, Key) = (folder, application, key);
        Client = new HostClient(new Uri(application.Urls.First()));
    }

    public WebApplication Application { get; }

    public IServiceProvider Services => Application.Services;

    public HostClient Client { get; }

    /// <summary>A key of DandelionMl's.</summary>
    public string Key { get; }

    /// <param name="build">What the application adds, before DandelionMl is added.</param>
    /// <param name="use">What it uses and maps beside.</param>
    /// <param name="options">Its settings of DandelionMl.</param>
    /// <param name="conventions">What it adds to DandelionMl's endpoints.</param>
    /// <param name="withDandelion">Whether it has DandelionMl at all.</param>
    public static async Task<ForeignApplication> StartAsync(
        Action<WebApplicationBuilder>? build = null,
        Action<WebApplication>? use = null,
        Action<DandelionMlWebOptions>? options = null,
        Action<IEndpointConventionBuilder>? conventions = null,
        bool withDandelion = true)
    {
        var folder = new TempFolder();
        var key = ApiKey.Create();
        new AdminFile(folder["data"]).Set("ApiKeys", "robot", ApiKey.Hash(key));
        Directory.CreateDirectory(folder["wwwroot"]);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = folder.Path });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        build?.Invoke(builder);
        if (withDandelion)
        {
            builder.Services.AddDandelionMl(dandelion => (dandelion.DataDirectory, dandelion.Backbone) = (folder["data"], "built-in-v1"))
                .AddLearningLoop();
            builder.Services.AddDandelionMlWeb(options ?? (_ => { }));
        }

        var application = builder.Build();
        use?.Invoke(application);
        application.MapGet("/own", () => "own");
        if (withDandelion)
        {
            var endpoints = application.MapDandelionMl("/plants");
            conventions?.Invoke(endpoints);
        }

        await application.StartAsync(TestContext.Current.CancellationToken);
        return new ForeignApplication(folder, application, key);
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Application.DisposeAsync();
        _folder.Dispose();
    }
}
