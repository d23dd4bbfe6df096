/* iphlpapi.h and netioapi.h: interfaces, their names, addresses, routes. The loopback interface is there on every machine. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include "tap.h"
#include <iphlpapi.h>
#include <netioapi.h>

static _Alignas(8) char buffer[65536];

static const IP_ADAPTER_ADDRESSES *loopback(ULONG family, ULONG flags)
{
    IP_ADAPTER_ADDRESSES *list = (void *)buffer;
    ULONG size = sizeof(buffer), error = GetAdaptersAddresses(family, flags, NULL, list, &size);

    ok(!error, "family %lu, flags %lx: %lu", family, flags, error);
    for (; !error && list; list = list->Next)
        if (list->IfType == IF_TYPE_SOFTWARE_LOOPBACK) return list;
    return NULL;
}

static BOOL has_127(const IP_ADAPTER_ADDRESSES *adapter)
{
    for (const IP_ADAPTER_UNICAST_ADDRESS *at = adapter->FirstUnicastAddress; at; at = at->Next) {
        const SOCKADDR_IN *in = (const void *)at->Address.lpSockaddr;
        if (in->sin_family == AF_INET && in->sin_addr.s_addr == 0x0100007f)
            return at->Address.iSockaddrLength == sizeof(SOCKADDR_IN) && at->OnLinkPrefixLength == 8 &&
                   at->DadState == IpDadStatePreferred;
    }
    return FALSE;
}

static void test_adapters(void)
{
    ULONG size = 0, error = GetAdaptersAddresses(AF_UNSPEC, 0, NULL, NULL, &size);
    const IP_ADAPTER_ADDRESSES *found;

    ok(error == ERROR_BUFFER_OVERFLOW && size > 400, "size: %lu, %lu", error, size);
    size = 500;
    error = GetAdaptersAddresses(AF_UNSPEC, 0, NULL, (void *)buffer, &size);
    ok(error == ERROR_BUFFER_OVERFLOW && size > 500, "too small: %lu, %lu", error, size);
    ok(GetAdaptersAddresses(AF_UNSPEC, 0, NULL, (void *)buffer, NULL) == ERROR_INVALID_PARAMETER, "no size");
    ok(GetAdaptersAddresses(1, 0, NULL, (void *)buffer, &size) == ERROR_INVALID_PARAMETER, "a family there is not");
    found = loopback(AF_UNSPEC, 0);
    ok(found && has_127(found), "127.0.0.1/8");
    if (!found) return;
    ok(found->OperStatus == IfOperStatusUp && found->IfIndex && found->AdapterName && found->AdapterName[0] == '{' &&
       found->FriendlyName && found->FriendlyName[0] && found->Description && found->DnsSuffix && found->Mtu, "loopback");
    ok(found->Luid.Info.IfType == IF_TYPE_SOFTWARE_LOOPBACK && !found->PhysicalAddressLength, "luid");
    ok(!found->FirstPrefix, "no prefixes unless asked for");
    found = loopback(AF_INET, GAA_FLAG_SKIP_UNICAST | GAA_FLAG_SKIP_FRIENDLY_NAME | GAA_FLAG_INCLUDE_PREFIX);
    ok(found && !found->FirstUnicastAddress && !found->FriendlyName && found->FirstPrefix, "flags");
    found = loopback(AF_INET, 0);
    for (const IP_ADAPTER_UNICAST_ADDRESS *at = found ? found->FirstUnicastAddress : NULL; at; at = at->Next)
        ok(at->Address.lpSockaddr->sa_family == AF_INET, "only of the family");
}

static void test_names(void)
{
    const IP_ADAPTER_ADDRESSES *found = loopback(AF_INET, 0);
    NET_LUID luid, other;
    NET_IFINDEX index;
    WCHAR name[64], alias[64];
    char text[64];
    GUID guid;

    if (!found) return;
    ok(!ConvertInterfaceIndexToLuid(found->IfIndex, &luid) && luid.Value == found->Luid.Value, "index to luid");
    ok(!ConvertInterfaceLuidToIndex(&luid, &index) && index == found->IfIndex, "luid to index");
    ok(!ConvertInterfaceLuidToGuid(&luid, &guid) && !ConvertInterfaceGuidToLuid(&guid, &other) && other.Value == luid.Value, "guid");
    ok(!ConvertInterfaceLuidToNameW(&luid, name, 64) && name[0], "name");
    ok(!ConvertInterfaceNameToLuidW(name, &other) && other.Value == luid.Value, "and back");
    ok(ConvertInterfaceLuidToNameW(&luid, name, 2) == ERROR_NOT_ENOUGH_MEMORY, "no room");
    ok(!ConvertInterfaceLuidToAlias(&luid, alias, 64) && !ConvertInterfaceAliasToLuid(alias, &other) && other.Value == luid.Value,
       "alias");
    luid.Value = 0x7777777777777777;
    ok(ConvertInterfaceLuidToIndex(&luid, &index) == ERROR_INVALID_PARAMETER, "a luid there is not");
    ok(ConvertInterfaceIndexToLuid(0x7ffffff0, &luid) == ERROR_FILE_NOT_FOUND, "an index there is not");
    ok(if_indextoname(found->IfIndex, text) == text && if_nametoindex(text) == found->IfIndex, "if_indextoname: %s", text);
    ok(if_nametoindex("nothing_77") == 0 && !if_indextoname(0x7ffffff0, text), "none");
}

static void test_tables(void)
{
    MIB_IF_TABLE2 *interfaces;
    MIB_UNICASTIPADDRESS_TABLE *addresses;
    MIB_IPFORWARD_TABLE2 *routes;
    MIB_IF_ROW2 row = {0};
    BOOL found = FALSE;

    ok(!GetIfTable2(&interfaces) && interfaces->NumEntries, "GetIfTable2");
    for (ULONG i = 0; i < interfaces->NumEntries; i++) {
        if (interfaces->Table[i].Type != IF_TYPE_SOFTWARE_LOOPBACK) continue;
        found = TRUE;
        row.InterfaceIndex = interfaces->Table[i].InterfaceIndex;
        ok(!GetIfEntry2(&row) && row.InterfaceLuid.Value == interfaces->Table[i].InterfaceLuid.Value && row.Mtu, "GetIfEntry2");
    }
    ok(found, "loopback");
    FreeMibTable(interfaces);
    SecureZeroMemory(&row, sizeof(row));
    ok(GetIfEntry2(&row) == ERROR_INVALID_PARAMETER, "none given");
    ok(!GetUnicastIpAddressTable(AF_INET, &addresses) && addresses->NumEntries, "GetUnicastIpAddressTable");
    FreeMibTable(addresses);
    ok(GetUnicastIpAddressTable(5, &addresses) == ERROR_INVALID_PARAMETER, "family");
    ok(!GetIpForwardTable2(AF_UNSPEC, &routes), "GetIpForwardTable2");
    FreeMibTable(routes);
}

static void test_route(void)
{
    SOCKADDR_INET to = {.Ipv4 = {AF_INET, 0, {.S_un.S_addr = 0x0100007f}}}, from;
    MIB_IPFORWARD_ROW2 route;
    DWORD error = GetBestRoute2(NULL, 0, NULL, &to, 0, &route, &from);

    ok(!error && from.si_family == AF_INET && from.Ipv4.sin_addr.s_addr == 0x0100007f, "to oneself: %lu", error);
    ok(GetBestRoute2(NULL, 0, NULL, NULL, 0, &route, &from) == ERROR_INVALID_PARAMETER, "no destination");
}

START_TESTS
{
    test_adapters();
    test_names();
    test_tables();
    test_route();
}
