using DandelionMl.AspNetCore.Security.Credentials;
using DandelionMl.AspNetCore.Tests.Support;

namespace DandelionMl.AspNetCore.Tests.Security.Credentials;

public sealed class AdminPasswordTests
{
    [Theory]
    [InlineData("correct horse battery", true)]
    [InlineData("пароль для одуванчика", true)]
    [InlineData("elevenchars", false)]
    [InlineData("", false)]
    [InlineData("🌼🌻🌷🌹🌺🌸💐", false)]
    [InlineData("🌼🌻🌷🌹🌺🌸💐🥀🪷🌾🍀🌿", true)]
    [InlineData("aaaaaaaaaaaaaaaa", false)]
    [InlineData("abababababababab", false)]
    [InlineData("I am Anna, and fine", false)]
    [InlineData("123456789012", false)]
    [InlineData("password1234", false)]
    [InlineData("PassWord!2026", false)]
    [InlineData("qwertyuiop12", false)]
    [InlineData("poiuytreza99", false)]
    [InlineData("abcdefghijkl", false)]
    [InlineData("dandelion2026", false)]
    [InlineData("iloveyou123456", false)]
    [InlineData("password of a lawn keeper", true)]
    [InlineData("kP4w-zR7m-t2Qx", true)]
    public void Weakness_names_what_is_wrong(string password, bool isGood) => Assert.Equal(isGood, AdminPassword.Weakness(password, "anna") is null);

    [Fact]
    public void Hash_is_salted_and_verified_by_the_password_alone()
    {
        var (one, two) = (AdminPassword.Hash("correct horse battery"), AdminPassword.Hash("correct horse battery"));

        Assert.NotEqual(one, two);
        Assert.True(AdminPassword.Verify(one, "correct horse battery"));
        Assert.True(AdminPassword.Verify(two, "correct horse battery"));
        Assert.False(AdminPassword.Verify(one, "correct horse batterY"));
    }

    [Fact]
    public void Hash_is_pbkdf2_of_sha512_with_210000_iterations()
    {
        // The format of ASP.NET Core Identity's version 3: a marker, then the function and the iterations, big-endian.
        var hash = Convert.FromBase64String(HostApplication.PasswordHash);

        Assert.Equal([1, 0, 0, 0, 2, 0, 3, 0x34, 0x50], hash[..9]);
    }

    [Fact]
    public void HashOfNothing_is_one_like_any_and_of_no_password()
    {
        var (nothing, hash) = (AdminPassword.HashOfNothing(), HostApplication.PasswordHash);

        Assert.True(AdminPassword.IsHash(nothing));
        Assert.Equal(Convert.FromBase64String(hash)[..13], Convert.FromBase64String(nothing)[..13]);
        Assert.Equal(hash.Length, nothing.Length);
        Assert.False(AdminPassword.Verify(nothing, ""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("correct horse battery")]
    [InlineData("AQAAAAIAAzRQ")]
    [InlineData("not base64!")]
    public void IsHash_of_another_text_is_false(string text) => Assert.False(AdminPassword.IsHash(text));
}
