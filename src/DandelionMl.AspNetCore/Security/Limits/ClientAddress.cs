using System.Net;
using System.Net.Sockets;

namespace DandelionMl.AspNetCore.Security.Limits;

/// <summary>Whom limits count as one client.</summary>
internal static class ClientAddress
{
    private const int NetworkBytes = 8;

    /// <summary>The address; of IPv6 the network of 64 bits, since one client has all of its addresses.</summary>
    public static string Describe(HttpContext context) => Describe(context.Connection.RemoteIpAddress);

    /// <inheritdoc cref="Describe(HttpContext)"/>
    public static string Describe(IPAddress? address)
    {
        if (address is null)
        {
            return "local";
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4().ToString();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address.ToString();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
