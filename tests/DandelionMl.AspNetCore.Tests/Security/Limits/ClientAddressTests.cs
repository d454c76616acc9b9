using System.Net;
using DandelionMl.AspNetCore.Security.Limits;

namespace DandelionMl.AspNetCore.Tests.Security.Limits;

public sealed class ClientAddressTests
{
    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    public void Describe_counts_addresses_of_one_client_as_one(string address, string expected) =>
        Assert.Equal(expected, ClientAddress.Describe(IPAddress.Parse(address)));

    [Fact]
    public void Describe_no_address_is_local() => Assert.Equal("local", ClientAddress.Describe(address: null));
}
