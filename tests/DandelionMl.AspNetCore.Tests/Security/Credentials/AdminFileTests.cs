using System.Text.Json;
using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.Tool.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Security.Credentials;

public sealed class AdminFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly AdminFile _file;

    public AdminFileTests() => _file = new AdminFile(_folder["data"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Set_makes_a_file_that_only_its_owner_can_read()
    {
        _file.Set("Passwords", "anna", "one");
        _file.Set("ApiKeys", "ci", "two");

        Assert.Equal(("one", "two"), (Value("Passwords", "anna"), Value("ApiKeys", "ci")));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file.Path));
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["data"]));
        }
    }

    [Fact]
    public void Set_and_remove_know_names_whatever_their_case_and_leave_others_settings()
    {
        Directory.CreateDirectory(_folder["data"]);
        File.WriteAllText(_file.Path, """{ "Other": { "kept": true }, "DandelionMl": { "Admin": { "SessionLifetime": "01:00:00" } } }""");

        Assert.False(_file.Set("ApiKeys", "ci", "one"));
        Assert.True(_file.Set("ApiKeys", "CI", "two"));
        Assert.Equal("two", Value("ApiKeys", "CI"));
        Assert.True(_file.Remove("ApiKeys", "ci"));
        Assert.False(_file.Remove("ApiKeys", "ci"));

        using var document = JsonDocument.Parse(File.ReadAllBytes(_file.Path));
        Assert.True(document.RootElement.GetProperty("Other").GetProperty("kept").GetBoolean());
        Assert.Equal("01:00:00", document.RootElement.GetProperty("DandelionMl").GetProperty("Admin").GetProperty("SessionLifetime").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{ \"DandelionMl\": 7 }")]
    [InlineData("{ \"DandelionMl\": { \"Admin\"")]
    public void Set_on_a_damaged_file_is_an_error_and_leaves_it(string content)
    {
        Directory.CreateDirectory(_folder["data"]);
        File.WriteAllText(_file.Path, content);

        var error = Assert.Throws<InvalidAdminFileException>(() => _file.Set("ApiKeys", "ci", "one"));

        Assert.Contains(_file.Path, error.Message, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(_file.Path));
    }

    [Fact]
    public void Set_while_another_is_at_it_is_an_error_that_says_so()
    {
        Directory.CreateDirectory(_folder["data"]);
        using var other = new FileStream(_file.Path + ".lock", FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.Contains("another command", Assert.Throws<InvalidAdminFileException>(() => _file.Set("ApiKeys", "ci", "x")).Message, StringComparison.Ordinal);
    }

    private string? Value(string section, string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(_file.Path));
        return document.RootElement.GetProperty("DandelionMl").GetProperty("Admin").GetProperty(section).GetProperty(name).GetString();
    }
}
