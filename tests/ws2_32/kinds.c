/* Kinds of sockets: IPv6, datagrams with control data, unix sockets; binding; Windows Sockets 1.1. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <afunix.h>
#include "tap.h"

static void test_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6}, peer;
    SOCKET l = socket(AF_INET6, SOCK_STREAM, 0), c, s;
    int length = sizeof(address), peer_length = sizeof(peer), only = 0, size = sizeof(only);
    char byte;

    address.sin6_addr.s6_addr[15] = 1;
    if (l == INVALID_SOCKET || bind(l, (SOCKADDR *)&address, sizeof(address))) {
        skip(5, "no IPv6 here: %d", WSAGetLastError());
        return;
    }
    ok(!getsockopt(l, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&only, &size) && only == 1, "IPV6_V6ONLY: %d", only);
    ok(!listen(l, 1) && !getsockname(l, (SOCKADDR *)&address, &length) && length == sizeof(address) &&
       address.sin6_family == AF_INET6, "listen: %d", WSAGetLastError());
    c = socket(AF_INET6, SOCK_STREAM, 0);
    ok(!connect(c, (SOCKADDR *)&address, sizeof(address)), "connect: %d", WSAGetLastError());
    s = accept(l, (SOCKADDR *)&peer, &peer_length);
    ok(s != INVALID_SOCKET && peer_length == sizeof(peer) && peer.sin6_addr.s6_addr[15] == 1, "accept: %d",
       WSAGetLastError());
    ok(send(c, "6", 1, 0) == 1 && recv(s, &byte, 1, 0) == 1 && byte == '6', "data: %d", WSAGetLastError());
    closesocket(c);
    closesocket(s);
    closesocket(l);
}

static void test_unix(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX}, name;
    SOCKET l = socket(AF_UNIX, SOCK_STREAM, 0), c, s;
    int length = sizeof(name);
    char folder[MAX_PATH], byte;

    if (l == INVALID_SOCKET) { /* Wine 8 has none */
        skip(6, "no unix sockets here: %d", WSAGetLastError());
        return;
    }
    GetTempPathA(sizeof(folder), folder);
    tap_format(address.sun_path, sizeof(address.sun_path), "%ssock%lx", folder, GetCurrentProcessId());
    DeleteFileA(address.sun_path);
    ok(!bind(l, (SOCKADDR *)&address, sizeof(address)), "bind %s: %d", address.sun_path, WSAGetLastError());
    ok(GetFileAttributesA(address.sun_path) != INVALID_FILE_ATTRIBUTES, "no file: %lu", GetLastError());
    ok(!listen(l, 1), "listen: %d", WSAGetLastError());
    c = socket(AF_UNIX, SOCK_STREAM, 0);
    ok(!connect(c, (SOCKADDR *)&address, sizeof(address)), "connect: %d", WSAGetLastError());
    s = accept(l, NULL, NULL);
    ok(s != INVALID_SOCKET && !getpeername(c, (SOCKADDR *)&name, &length) && name.sun_family == AF_UNIX, "accept: %d",
       WSAGetLastError());
    ok(send(c, "u", 1, 0) == 1 && recv(s, &byte, 1, 0) == 1 && byte == 'u', "data: %d", WSAGetLastError());
    closesocket(c);
    closesocket(s);
    closesocket(l);
    ok(DeleteFileA(address.sun_path), "DeleteFile: %lu", GetLastError());
    ok(socket(AF_UNIX, SOCK_DGRAM, 0) == INVALID_SOCKET, "datagrams");
}

static void test_message(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, from;
    SOCKET a = socket(AF_INET, SOCK_DGRAM, 0), b = socket(AF_INET, SOCK_DGRAM, 0), stream;
    char data[16], control[64];
    WSABUF out[2] = {{2, (char *)"ab"}, {3, (char *)"cde"}}, in = {sizeof(data), data};
    WSAMSG message = {.name = (SOCKADDR *)&address, .namelen = sizeof(address), .lpBuffers = out, .dwBufferCount = 2};
    GUID guid = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG receive = NULL;
    DWORD bytes, on = 1;
    int length = sizeof(address);
    WSACMSGHDR *header;

    ok(!WSAIoctl(a, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &receive, sizeof(receive), &bytes, NULL,
                 NULL), "WSARecvMsg: %d", WSAGetLastError());
    ok(!bind(b, (SOCKADDR *)&address, sizeof(address)) && !getsockname(b, (SOCKADDR *)&address, &length), "bind: %d",
       WSAGetLastError());
    ok(!setsockopt(b, IPPROTO_IP, IP_PKTINFO, (char *)&on, sizeof(on)), "IP_PKTINFO: %d", WSAGetLastError());
    ok(!WSASendMsg(a, &message, 0, &bytes, NULL, NULL) && bytes == 5, "WSASendMsg: %d", WSAGetLastError());
    message = (WSAMSG){.name = (SOCKADDR *)&from, .namelen = sizeof(from), .lpBuffers = &in, .dwBufferCount = 1,
                       .Control = {sizeof(control), control}};
    ok(!receive(b, &message, &bytes, NULL, NULL) && bytes == 5 && data[4] == 'e', "WSARecvMsg: %d", WSAGetLastError());
    ok(message.namelen == sizeof(from) && from.sin_addr.s_addr == htonl(INADDR_LOOPBACK), "sender");
    header = WSA_CMSG_FIRSTHDR(&message);
    ok(header && header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO &&
       header->cmsg_len == WSA_CMSG_LEN(sizeof(IN_PKTINFO)) && message.Control.len >= header->cmsg_len &&
       ((IN_PKTINFO *)WSA_CMSG_DATA(header))->ipi_addr.s_addr == htonl(INADDR_LOOPBACK) &&
       ((IN_PKTINFO *)WSA_CMSG_DATA(header))->ipi_ifindex, "control: %lu bytes", message.Control.len);

    /* no room for the control data, then for the data */
    sendto(a, "abcde", 5, 0, (SOCKADDR *)&address, sizeof(address));
    message.Control.len = 4;
    message.dwFlags = 0;
    receive(b, &message, &bytes, NULL, NULL);
    /* ws2def.h reference: WSAMSG; Wine sets no flag */
    ok(message.dwFlags & MSG_CTRUNC, "flags %lx", message.dwFlags);
    sendto(a, "abcde", 5, 0, (SOCKADDR *)&address, sizeof(address));
    message.Control.len = sizeof(control);
    message.dwFlags = 0;
    in.len = 3;
    ok(receive(b, &message, &bytes, NULL, NULL) == SOCKET_ERROR && WSAGetLastError() == WSAEMSGSIZE, "cut: %d",
       WSAGetLastError());
    ok(message.dwFlags & MSG_TRUNC, "flags %lx", message.dwFlags);

    stream = socket(AF_INET, SOCK_STREAM, 0);
    ok(receive(stream, &message, &bytes, NULL, NULL) == SOCKET_ERROR, "a stream's message");
    closesocket(stream);
    closesocket(a);
    closesocket(b);
}

static void test_bind(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    SOCKET a = socket(AF_INET, SOCK_STREAM, 0), b = socket(AF_INET, SOCK_STREAM, 0), c, s;
    int length = sizeof(address), on = 1, size = sizeof(on);

    ok(!bind(a, (SOCKADDR *)&address, length) && !getsockname(a, (SOCKADDR *)&address, &length), "bind: %d",
       WSAGetLastError());
    ok(!getsockopt(a, SOL_SOCKET, SO_REUSEADDR, (char *)&on, &size) && !on, "SO_REUSEADDR %d", on);
    ok(bind(b, (SOCKADDR *)&address, length) == SOCKET_ERROR && WSAGetLastError() == WSAEADDRINUSE, "bound port: %d",
       WSAGetLastError());
    ok(!listen(a, 1), "listen: %d", WSAGetLastError());
    ok(bind(b, (SOCKADDR *)&address, length) == SOCKET_ERROR && WSAGetLastError() == WSAEADDRINUSE, "port in use: %d",
       WSAGetLastError());
    /* the server's side ends first and is in TIME_WAIT; its port can be bound again */
    c = socket(AF_INET, SOCK_STREAM, 0);
    ok(!connect(c, (SOCKADDR *)&address, length), "connect: %d", WSAGetLastError());
    s = accept(a, NULL, NULL);
    closesocket(s);
    closesocket(a);
    closesocket(c);
    ok(!bind(b, (SOCKADDR *)&address, length) && !listen(b, 1), "port used before: %d", WSAGetLastError());
    closesocket(b);

    a = socket(AF_INET, SOCK_STREAM, 0);
    on = 1;
    ok(!setsockopt(a, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof(on)), "SO_EXCLUSIVEADDRUSE: %d",
       WSAGetLastError());
    on = 0;
    ok(!getsockopt(a, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, &size) && on, "SO_EXCLUSIVEADDRUSE %d", on);
    on = 1;
    ok(setsockopt(a, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof(on)) == SOCKET_ERROR &&
       WSAGetLastError() == WSAEINVAL, "both: %d", WSAGetLastError());
    closesocket(a);
}

static void test_wsock32(void)
{
    HMODULE module = LoadLibraryW(L"wsock32.dll");
    SOCKET(WINAPI *make)(int, int, int) = (void *)GetProcAddress(module, (char *)23);
    int(WINAPI *set)(SOCKET, int, int, const char *, int) = (void *)GetProcAddress(module, (char *)21);
    int(WINAPI *get)(SOCKET, int, int, char *, int *) = (void *)GetProcAddress(module, (char *)7);
    int(WINAPI *error)(void) = (void *)GetProcAddress(module, (char *)111);
    int value = 9, length = sizeof(value);
    SOCKET s;

    ok(make && set && get && error, "wsock32.dll");
    ok((void *)make == (void *)GetProcAddress(module, "socket"), "ordinal 23");
    s = make(AF_INET, SOCK_DGRAM, 0);
    ok(s != INVALID_SOCKET, "socket: %d", error());
    /* winsock.h: IP_TTL is 7, IP_MULTICAST_TTL 3 */
    ok(!set(s, IPPROTO_IP, 7, (char *)&value, sizeof(value)), "IP_TTL: %d", error());
    value = 5;
    ok(!set(s, IPPROTO_IP, 3, (char *)&value, sizeof(value)), "IP_MULTICAST_TTL: %d", error());
    ok(!getsockopt(s, IPPROTO_IP, IP_TTL, (char *)&value, &length) && value == 9, "IP_TTL %d", value);
    ok(!get(s, IPPROTO_IP, 3, (char *)&value, &length) && value == 5, "IP_MULTICAST_TTL %d", value);
    closesocket(s);
}

START_TESTS
{
    WSADATA data;

    WSAStartup(MAKEWORD(2, 2), &data);
    test_ipv6();
    test_unix();
    test_message();
    test_bind();
    test_wsock32();
    WSACleanup();
}
