using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace DandelionMl.AspNetCore.Security.Credentials;

/// <summary>Tells who a password or a key belongs to, by the settings as they are now. What is malformed in them belongs to nobody.
/// Thread-safe.</summary>
internal sealed class AdminCredentials(IOptionsMonitor<DandelionMlWebOptions> options)
{
    /// <summary>Verified against for a name that nobody has, so that the answer takes as long.</summary>
    private readonly string _nobodysHash = AdminPassword.HashOfNothing();

    public bool HasPeople => People.Any();

    /// <summary>Whether administration is on.</summary>
    public bool HasAny => HasPeople || Keys.Any();

    private IEnumerable<KeyValuePair<string, string>> People => options.CurrentValue.Admin.Passwords.Where(item => AdminPassword.IsHash(item.Value));

    private IEnumerable<KeyValuePair<string, string>> Keys => options.CurrentValue.Admin.ApiKeys.Where(item => ApiKey.IsHash(item.Value));

    /// <returns>The person's name as the settings write it; null if the name or the password is wrong.</returns>
    public string? FindPerson(string name, string password)
    {
        var person = People.FirstOrDefault(item => item.Key.Equals(name, StringComparison.OrdinalIgnoreCase));
        return AdminPassword.Verify(person.Value ?? _nobodysHash, password) ? person.Key : null;
    }

    /// <returns>The key's name; null if there is no such key.</returns>
    public string? FindKey(string key)
    {
        string? name = null;
        foreach (var (candidate, hash) in Keys)
        {
            name = ApiKey.Verify(hash, key) ? candidate : name;
        }

        return name;
    }

    /// <summary>What a person's sessions hold; another one once the password is set anew.</summary>
    /// <returns>Null if there is no such person.</returns>
    public string? FindStamp(string name) =>
        People.FirstOrDefault(item => item.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { } hash
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hash)))
            : null;
}
