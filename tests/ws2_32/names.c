/* Addresses as text, hosts, services and protocols by name. No name server is asked. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include "tap.h"

static BOOL same(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static BOOL same_wide(const WCHAR *a, const char *b)
{
    while (*a && *a == (UCHAR)*b) a++, b++;
    return *a == (UCHAR)*b;
}

static void test_text(void)
{
    static const char *const ipv6[][2] = {
        {"::", "::"}, {"::1", "::1"}, {"1::", "1::"}, {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"fe80::0a:b", "fe80::a:b"}, {"::ffff:1.2.3.4", "::ffff:1.2.3.4"}, {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"64:ff9b::1.2.3.4", "64:ff9b::102:304"}, {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
    };
    static const char *const bad6[] = {"", ":", "1", ":::", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "::1%1", "[::1]",
                                       "::1.2.3", "1:2:3:4:5:6:7:1.2.3.4", "::g", "1:2:3:4:5:6:7:"};
    static const char *const bad4[] = {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.4 ", "1..2.3", "0x1.2.3.4", "a.b.c.d"};
    struct in6_addr in6;
    struct in_addr in;
    char text[64];
    WCHAR wide[64];
    unsigned i;

    for (i = 0; i < sizeof(ipv6) / sizeof(*ipv6); i++)
        ok(inet_pton(AF_INET6, ipv6[i][0], &in6) == 1 && inet_ntop(AF_INET6, &in6, text, sizeof(text)) &&
           same(text, ipv6[i][1]), "%s is %s", ipv6[i][0], text);
    for (i = 0; i < sizeof(bad6) / sizeof(*bad6); i++)
        ok(!inet_pton(AF_INET6, bad6[i], &in6), "'%s' is no address", bad6[i]);
    for (i = 0; i < sizeof(bad4) / sizeof(*bad4); i++)
        ok(!inet_pton(AF_INET, bad4[i], &in), "'%s' is no address", bad4[i]);
    ok(inet_pton(AF_INET, "192.0.2.33", &in) == 1 && in.s_addr == htonl(0xc0000221), "inet_pton: %lx", in.s_addr);
    ok(inet_pton(AF_UNSPEC, "::", &in6) == -1 && WSAGetLastError() == WSAEAFNOSUPPORT, "family: %d", WSAGetLastError());
    ok(inet_pton(AF_INET, NULL, &in) == -1 && WSAGetLastError() == WSAEFAULT, "NULL: %d", WSAGetLastError());
    ok(InetPtonW(AF_INET, L"127.0.0.1", &in) == 1 && in.s_addr == htonl(INADDR_LOOPBACK), "InetPtonW");
    ok(InetNtopW(AF_INET, &in, wide, 10) && same_wide(wide, "127.0.0.1"), "InetNtopW");
    ok(!InetNtopW(AF_INET, &in, wide, 9) && WSAGetLastError() == ERROR_INVALID_PARAMETER, "InetNtopW: %d",
       WSAGetLastError());
    ok(inet_addr("1.2") == htonl(0x01000002) && inet_addr("0x10.010.1.1") == htonl(0x10080101), "inet_addr");
}

static void test_socket_address(void)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(0x01020304)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(80), .sin6_scope_id = 3};
    char text[64];
    WCHAR wide[64];
    DWORD size = sizeof(text);
    int length = sizeof(in6);

    in6.sin6_addr.s6_addr[0] = 0xfe;
    in6.sin6_addr.s6_addr[1] = 0x80;
    in6.sin6_addr.s6_addr[15] = 1;
    ok(!WSAAddressToStringA((SOCKADDR *)&in, sizeof(in), NULL, text, &size) && same(text, "1.2.3.4:80") && size == 11,
       "%s, %lu", text, size);
    size = 10;
    ok(WSAAddressToStringA((SOCKADDR *)&in, sizeof(in), NULL, text, &size) == SOCKET_ERROR && size == 11 &&
       WSAGetLastError() == WSAEFAULT, "short: %d, %lu", WSAGetLastError(), size);
    size = 64;
    ok(!WSAAddressToStringW((SOCKADDR *)&in6, sizeof(in6), NULL, wide, &size) && same_wide(wide, "[fe80::1%3]:80"),
       "%S", wide);
    in6.sin6_port = 0;
    size = 64;
    ok(!WSAAddressToStringW((SOCKADDR *)&in6, sizeof(in6), NULL, wide, &size) && same_wide(wide, "fe80::1%3"), "%S",
       wide);
    size = 64;
    in.sin_family = AF_APPLETALK;
    ok(WSAAddressToStringA((SOCKADDR *)&in, sizeof(in), NULL, text, &size) == SOCKET_ERROR &&
       WSAGetLastError() == WSAEINVAL, "family: %d", WSAGetLastError());

    ok(!WSAStringToAddressW((WCHAR *)L"[fe80::2%5]:443", AF_INET6, NULL, (SOCKADDR *)&in6, &length) &&
       in6.sin6_port == htons(443) && in6.sin6_scope_id == 5 && in6.sin6_addr.s6_addr[15] == 2 &&
       length == sizeof(in6), "WSAStringToAddress: %d", WSAGetLastError());
    length = sizeof(in);
    ok(!WSAStringToAddressA((char *)"9.8.7.6", AF_INET, NULL, (SOCKADDR *)&in, &length) && !in.sin_port &&
       in.sin_addr.s_addr == htonl(0x09080706) && in.sin_family == AF_INET, "WSAStringToAddress: %d", WSAGetLastError());
    length = sizeof(in) - 1;
    ok(WSAStringToAddressA((char *)"9.8.7.6", AF_INET, NULL, (SOCKADDR *)&in, &length) == SOCKET_ERROR &&
       WSAGetLastError() == WSAEFAULT && length == sizeof(in), "short: %d", WSAGetLastError());
    ok(WSAStringToAddressA((char *)"nine", AF_INET, NULL, (SOCKADDR *)&in, &length) == SOCKET_ERROR &&
       WSAGetLastError() == WSAEINVAL, "no address: %d", WSAGetLastError());
}

static void test_database(void)
{
    struct in_addr loopback = {.s_addr = htonl(INADDR_LOOPBACK)};
    struct servent *service;
    struct protoent *protocol;
    struct hostent *host;
    char name[256];
    WCHAR wide[256];

    service = getservbyname("http", "tcp");
    ok(service && service->s_port == htons(80) && same(service->s_proto, "tcp") && same(service->s_name, "http"), "http");
    service = getservbyname("domain", "udp");
    ok(service && service->s_port == htons(53) && same(service->s_proto, "udp"), "domain");
    service = getservbyport(htons(21), NULL);
    ok(service && same(service->s_name, "ftp") && service->s_aliases, "port 21");
    ok(!getservbyname("no-such-service", NULL) && WSAGetLastError() == WSANO_DATA, "service: %d", WSAGetLastError());
    protocol = getprotobyname("TCP");
    ok(protocol && protocol->p_proto == IPPROTO_TCP && same(protocol->p_name, "tcp"), "TCP");
    protocol = getprotobynumber(IPPROTO_UDP);
    ok(protocol && same(protocol->p_name, "udp") && protocol->p_aliases[0] && same(protocol->p_aliases[0], "UDP"), "UDP");
    ok(!getprotobynumber(-1) && WSAGetLastError() == WSANO_DATA, "protocol: %d", WSAGetLastError());

    ok(!gethostname(name, sizeof(name)) && name[0], "gethostname: %d", WSAGetLastError());
    ok(gethostname(name, 1) == SOCKET_ERROR && WSAGetLastError() == WSAEFAULT, "short: %d", WSAGetLastError());
    ok(!GetHostNameW(wide, 256) && same_wide(wide, name), "GetHostNameW: %d", WSAGetLastError());
    host = gethostbyname("127.0.0.1");
    ok(host && host->h_addrtype == AF_INET && host->h_length == 4 && host->h_addr_list[0] && !host->h_addr_list[1] &&
       *(ULONG *)host->h_addr_list[0] == loopback.s_addr && same(host->h_name, "127.0.0.1"), "127.0.0.1");
    host = gethostbyname("localhost");
    ok(host && host->h_addr_list[0] && *(ULONG *)host->h_addr_list[0] == loopback.s_addr, "localhost: %d",
       WSAGetLastError());
    host = gethostbyaddr((char *)&loopback, sizeof(loopback), AF_INET);
    ok(host && host->h_name[0] && *(ULONG *)host->h_addr_list[0] == loopback.s_addr, "gethostbyaddr: %d",
       WSAGetLastError());
    /* len is to be 4 for IPv4 (winsock2.h reference: gethostbyaddr); Wine does not look at it */
    ok(!gethostbyaddr((char *)&loopback, 2, AF_INET) && WSAGetLastError() == WSAEFAULT, "short: %d", WSAGetLastError());
}

static void test_wide(void)
{
    ADDRINFOW hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *list = NULL;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(443),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    WCHAR host[64], service[32];

    ok(!GetAddrInfoW(L"127.0.0.1", L"80", &hints, &list) && list && list->ai_family == AF_INET &&
       ((struct sockaddr_in *)list->ai_addr)->sin_port == htons(80) && !list->ai_next, "GetAddrInfoW: %d",
       WSAGetLastError());
    FreeAddrInfoW(list);
    hints.ai_flags = AI_NUMERICHOST;
    ok(GetAddrInfoW(L"localhost", L"80", &hints, &list) == WSAHOST_NOT_FOUND, "no number: %d", WSAGetLastError());
    ok(!GetNameInfoW((SOCKADDR *)&address, sizeof(address), host, 64, service, 32, NI_NUMERICHOST) &&
       same_wide(host, "127.0.0.1") && same_wide(service, "https"), "%S %S", host, service);
    /* Wine passes on another error of its resolver */
    ok(GetNameInfoW((SOCKADDR *)&address, sizeof(address), host, 9, NULL, 0, NI_NUMERICHOST) ==
       WSAEFAULT, "short: %d", WSAGetLastError());
}

static LONG told;
static DWORD told_error;

static void CALLBACK ended(DWORD error, DWORD bytes, LPWSAOVERLAPPED overlapped)
{
    told_error = error;
    InterlockedIncrement(&told);
    SetEvent(*(HANDLE *)(overlapped + 1));
}

static void test_lookup(void)
{
    ADDRINFOEXW hints = {.ai_family = AF_INET}, *list = NULL;
    struct {
        OVERLAPPED overlapped;
        HANDLE event;
    } call = {.event = CreateEventW(NULL, FALSE, FALSE, NULL)};
    HANDLE handle;
    INT result;

    ok(!GetAddrInfoExW(L"127.0.0.1", L"80", NS_ALL, NULL, &hints, &list, NULL, NULL, NULL, NULL) && list &&
       list->ai_family == AF_INET, "GetAddrInfoExW: %d", WSAGetLastError());
    FreeAddrInfoExW(list);
    list = NULL;
    result = GetAddrInfoExW(L"127.0.0.1", L"80", NS_DNS, NULL, &hints, &list, NULL, &call.overlapped,
                            (LPLOOKUPSERVICE_COMPLETION_ROUTINE)ended, &handle);
    ok(result == WSA_IO_PENDING || !result, "GetAddrInfoExW: %d", result);
    if (result == WSA_IO_PENDING) {
        ok(WaitForSingleObject(call.event, 5000) == WAIT_OBJECT_0, "no end");
        ok(told == 1 && !told_error, "told %ld times, error %lu", told, told_error);
    }
    ok(list && ((struct sockaddr_in *)list->ai_addr)->sin_port == htons(80), "list");
    FreeAddrInfoExW(list);
    CloseHandle(call.event);
}

START_TESTS
{
    WSADATA data;

    ok(!gethostbyname("localhost") && WSAGetLastError() == WSANOTINITIALISED, "not started: %d", WSAGetLastError());
    WSAStartup(MAKEWORD(2, 2), &data);
    test_text();
    test_socket_address();
    test_database();
    test_wide();
    test_lookup();
    WSACleanup();
}
