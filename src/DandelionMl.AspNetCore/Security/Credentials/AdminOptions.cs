using DandelionMl.Hosting;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary>Who may administer; configuration section <c>DandelionMl:Admin</c>. Reloaded when its file changes. Contains hashes
/// only. With neither a password nor a key, administration is off.</summary>
public sealed class AdminOptions
{
    internal const string SectionName = $"{DandelionMlOptions.SectionName}:Admin";

    /// <summary>People: the hash of each one's password, as <c>dandelion admin set-password</c> makes it, by name. An empty hash means
    /// none.</summary>
    public Dictionary<string, string> Passwords { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Programs: the SHA-256 of each one's key, as <c>dandelion admin create-key</c> makes it, by name. An empty hash means
    /// none.</summary>
    public Dictionary<string, string> ApiKeys { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long a person stays signed in without doing anything; 8 hours by default.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>How long a person stays signed in at most, however much is done; 7 days by default.</summary>
    public TimeSpan LongestSession { get; set; } = TimeSpan.FromDays(7);

    /// <summary>What is wrong with the settings, each with its key; never with a hash.</summary>
    internal IEnumerable<string> Failures()
    {
        foreach (var name in Passwords.Keys.Concat(ApiKeys.Keys).Where(name => !AdminName.IsValid(name)))
        {
            yield return $"{SectionName} names '{name}': {AdminName.Rule}";
        }

        foreach (var (name, _) in Passwords.Where(item => item.Value.Length > 0 && !AdminPassword.IsHash(item.Value)))
        {
            yield return $"{SectionName}:{nameof(Passwords)}:{name} is not a password hash. Run 'dandelion admin set-password' to create one.";
        }

        foreach (var (name, _) in ApiKeys.Where(item => item.Value.Length > 0 && !ApiKey.IsHash(item.Value)))
        {
            yield return $"{SectionName}:{nameof(ApiKeys)}:{name} is not a key hash. Run 'dandelion admin create-key' to create one.";
        }

        foreach (var (name, value) in new[] { (nameof(SessionLifetime), SessionLifetime), (nameof(LongestSession), LongestSession) })
        {
            if (value < TimeSpan.FromMinutes(1) || value > TimeSpan.FromDays(365))
            {
                yield return $"{SectionName}:{name} is {value}: it must be between 1 minute and 365 days.";
            }
        }

        if (LongestSession < SessionLifetime)
        {
            yield return $"{SectionName}:{nameof(LongestSession)} is {LongestSession}: it must not be below {nameof(SessionLifetime)}, {SessionLifetime}.";
        }
    }
}
