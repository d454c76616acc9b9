using DandelionMl;
using DandelionMl.Hosting;
using DandelionMl.Hosting.Keyed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

// Extensions on the container are found without a using of their own.
namespace Microsoft.Extensions.DependencyInjection;

// Several classifiers in one application, each with a whole learning loop of its own under a key.
public static partial class DandelionMlServiceCollectionExtensions
{
    /// <summary>Adds a learning loop under a key, beside any other. All its parts, such as
    /// <see cref="DandelionMl.Classification.IImageClassifier"/> or <see cref="DandelionMl.Training.Trainer"/>, are found by the key, as by
    /// <c>[FromKeyedServices("plants")]</c>. What the application registered itself under the key stands in the place of the loop's
    /// own part. Its data directory is a folder with the key's name in
    /// <see cref="DandelionMlOptions.DefaultDataDirectory"/> unless another one is set; each loop needs one of its own.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="key">The key: a name made of letters, digits, <c>-</c>, <c>_</c> and <c>.</c></param>
    /// <param name="configure">Sets the settings, checked at start; null for the defaults.</param>
    /// <returns>A builder of this loop, to go on with: what it adds, such as <c>UsePostgres</c> or <c>AddLearningLoop</c>, is the loop's.
    /// Its <see cref="DandelionMlBuilder.Services"/> are the loop's as well.</returns>
    /// <exception cref="ArgumentException">The key is empty, has other characters, or is taken.</exception>
    public static DandelionMlBuilder AddKeyedDandelionMl(
        this IServiceCollection services, string key, Action<DandelionMlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        CheckKey(services, key);
        var loop = new ServiceCollection();
        ApplicationServices.AddShared(loop, key);
        var owners = AddOwners(services);
        loop.AddSingleton<IValidateOptions<DandelionMlOptions>>(new DataDirectoryValidator(owners, $"'{key}'"));
        var builder = loop.AddDandelionMl(options =>
        {
            options.DataDirectory = Path.Combine(DandelionMlOptions.DefaultDataDirectory, key);
            configure?.Invoke(options);
        });

        var doors = Doors(loop);
        services.AddMetrics();
        services.AddKeyedSingleton(key, (provider, _) => new KeyedLoop(
            key, loop, provider, doors.Where(door => IsReplaced(services, door, key))));
        foreach (var door in doors)
        {
            services.TryAdd(new ServiceDescriptor(door, key, new Door(door).Open, ServiceLifetime.Singleton));
        }

        services.AddSingleton<IHostedService>(provider => new KeyedLoopHost(provider.GetRequiredKeyedService<KeyedLoop>(key)));
        return builder;
    }

    /// <inheritdoc cref="AddKeyedDandelionMl(IServiceCollection, string, Action{DandelionMlOptions}?)"/>
    /// <param name="services">The application's services.</param>
    /// <param name="key">The key: a name made of letters, digits, <c>-</c>, <c>_</c> and <c>.</c></param>
    /// <param name="configuration">The section with the settings; or the whole configuration, of which section
    /// <c>DandelionMl:{key}</c> is read.</param>
    /// <param name="configure">Sets settings after the configuration did; null for none.</param>
    public static DandelionMlBuilder AddKeyedDandelionMl(
        this IServiceCollection services, string key, IConfiguration configuration, Action<DandelionMlOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration as IConfigurationSection ?? configuration.GetSection($"{DandelionMlOptions.SectionName}:{key}");
        return services.AddKeyedDandelionMl(key, options =>
        {
            section.Bind(options);
            configure?.Invoke(options);
        });
    }

    private static void CheckKey(IServiceCollection services, string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        if (!key.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.') || key.All(character => character == '.'))
        {
            throw new ArgumentException(
                $"'{key}' is not a valid key: it names a folder, so use letters, digits, '-', '_' and '.'.", nameof(key));
        }

        if (services.Any(item => item.IsKeyedService && item.ServiceType == typeof(KeyedLoop) && key.Equals(item.ServiceKey)))
        {
            throw new ArgumentException($"A classifier with the key '{key}' has already been added.", nameof(key));
        }
    }

    /// <summary>What says whose each data directory is: one for the application, the unnamed loop included.</summary>
    private static DataDirectoryOwners AddOwners(IServiceCollection services)
    {
        if (services.FirstOrDefault(item => !item.IsKeyedService && item.ServiceType == typeof(DataDirectoryOwners)) is { } added)
        {
            return (DataDirectoryOwners)added.ImplementationInstance!;
        }

        var owners = new DataDirectoryOwners();
        services.AddSingleton(owners);
        services.AddSingleton<IValidateOptions<DandelionMlOptions>>(new DataDirectoryValidator(owners, "the classifier without a key"));
        return owners;
    }

    /// <summary>The parts that an application may ask for.</summary>
    private static List<Type> Doors(IServiceCollection loop) =>
    [
        .. loop.Where(item => !item.IsKeyedService && item.Lifetime == ServiceLifetime.Singleton)
            .Select(item => item.ServiceType)
            .Where(type => type.IsPublic && !type.ContainsGenericParameters && type.Assembly == typeof(DandelionMlOptions).Assembly)
            .Distinct(),
    ];

    private static bool IsReplaced(IServiceCollection services, Type door, string key) => services.LastOrDefault(item =>
        item.IsKeyedService && item.ServiceType == door && key.Equals(item.ServiceKey)) is { } last
        && last.KeyedImplementationFactory?.Target is not Door;

    /// <summary>Gives a part of the loop under the key that is asked with.</summary>
    private sealed class Door(Type type)
    {
        public object Open(IServiceProvider provider, object? key) =>
            provider.GetRequiredKeyedService<KeyedLoop>(key).Services.GetRequiredService(type);
    }
}
