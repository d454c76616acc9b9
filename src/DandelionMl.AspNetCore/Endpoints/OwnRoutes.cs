namespace DandelionMl.AspNetCore.Endpoints;

/// <summary>An application's routes, on which endpoints are mapped with <see cref="FrameworkServices"/>.</summary>
internal sealed class OwnRoutes(IEndpointRouteBuilder routes) : IEndpointRouteBuilder
{
    public IServiceProvider ServiceProvider { get; } =
        routes.ServiceProvider.GetRequiredService<FrameworkServices>().Over(routes.ServiceProvider);

    public ICollection<EndpointDataSource> DataSources => routes.DataSources;

    public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(ServiceProvider);
}
