using System.Net;
using System.Net.Http.Json;
using System.Text;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace DandelionMl.AspNetCore.Tests.Security;

public sealed class NoSecretTests
{
    [Fact]
    public async Task Nothing_secret_is_in_the_log_or_an_error_even_where_all_is_logged()
    {
        const string wrongPassword = "wrong-but-nearly-right";
        const string wrongKey = "dandelion_not-a-key-at-all";
        await using var host = await HostApplication.StartAsync(map: application =>
            application.MapGet("/broken", string () => throw new InvalidOperationException("broken on purpose")).AllowAnonymous());
        var errors = new StringBuilder();
        var person = await host.SignInAsync();
        var client = host.CreateClient();

        await CollectAsync(client.SignInAsync(HostApplication.Person, wrongPassword));
        await CollectAsync(client.SignInAsync(wrongPassword, "x"));
        await CollectAsync(client.SendAsync("POST", "api/v1/session", content: new StringContent($"{{\"password\":\"{wrongPassword}\"", Encoding.UTF8, "application/json")));
        await CollectAsync(client.SendAsync("POST", "api/v1/session", content: JsonContent.Create(new { password = new[] { wrongPassword } })));
        await CollectAsync(client.SendAsync("GET", "api/v1/models", ("X-Api-Key", wrongKey)));
        await CollectAsync(client.SendAsync("GET", "broken", ("X-Api-Key", host.Key)));
        await CollectAsync(person.SendAsync("GET", "broken"));
        await CollectAsync(person.SendAsync("DELETE", "api/v1/session", ("X-Csrf-Token", "x")));
        await CollectAsync(client.SendAsync("GET", "api/v1/models/999", ("X-Api-Key", host.Key)));
        Assert.Equal(HttpStatusCode.NoContent, await person.StatusAsync("DELETE", "api/v1/session", ("X-Csrf-Token", person.Token!)));

        var session = person.Cookies.GetAllCookies().Select(cookie => cookie.Value);
        foreach (var text in new[] { host.Logs.Text, errors.ToString() })
        {
            foreach (var secret in (string[])[HostApplication.Password, HostApplication.PasswordHash, host.Key, ApiKey.Hash(host.Key),
                wrongPassword, wrongKey, person.Token!, .. session])
            {
                Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
            }
        }

        // It is the log that was looked at, and the errors.
        Assert.Contains("'anna' signed in from 127.0.0.1", host.Logs.Text, StringComparison.Ordinal);
        Assert.Contains("broken on purpose", host.Logs.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("broken on purpose", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("Not signed in", errors.ToString(), StringComparison.Ordinal);

        async Task CollectAsync(Task<HttpResponseMessage> sent)
        {
            using var response = await sent;
            Assert.False(response.IsSuccessStatusCode);
            errors.AppendLine(response.ToString()).AppendLine(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
    }
}
