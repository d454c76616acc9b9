using System.Net;
using System.Net.Sockets;

namespace DandelionMl.Catalog.Ingestion;

/// <summary>Tells public addresses from those of the machine itself, its network, its cloud, and those that IANA keeps for other uses.</summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Special =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "3fff::/20",
        ]).Select(IPNetwork.Parse),
    ];

    // Of IPv6, all public addresses are here, and those that lead to one of IPv4.
    private static readonly IPNetwork Unicast = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Translated = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork Tunnelled = IPNetwork.Parse("2002::/16");

    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return Is(address.MapToIPv4());
        }

        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            var bytes = address.GetAddressBytes();
            if (Translated.Contains(address))
            {
                return Is(new IPAddress(bytes.AsSpan(12, 4)));
            }

            if (Tunnelled.Contains(address))
            {
                return Is(new IPAddress(bytes.AsSpan(2, 4)));
            }

            if (!Unicast.Contains(address))
            {
                return false;
            }
        }

        return !Special.Any(network => network.Contains(address));
    }
}
