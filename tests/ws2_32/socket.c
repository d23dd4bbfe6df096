/* Sockets on the loopback interface. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include "tap.h"

static SOCKET listener(struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    int length = sizeof(*address);

    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ok(s != INVALID_SOCKET, "socket: %d", WSAGetLastError());
    ok(!bind(s, (struct sockaddr *)address, length), "bind: %d", WSAGetLastError());
    ok(!listen(s, 5), "listen: %d", WSAGetLastError());
    ok(!getsockname(s, (struct sockaddr *)address, &length), "getsockname: %d", WSAGetLastError());
    ok(length == sizeof(*address) && address->sin_port, "name of %d bytes, port %d", length, ntohs(address->sin_port));
    return s;
}

static void pair(SOCKET *a, SOCKET *b)
{
    struct sockaddr_in address, peer;
    SOCKET l = listener(&address);
    int length = sizeof(peer);

    *a = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!connect(*a, (struct sockaddr *)&address, sizeof(address)), "connect: %d", WSAGetLastError());
    *b = accept(l, (struct sockaddr *)&peer, &length);
    ok(*b != INVALID_SOCKET, "accept: %d", WSAGetLastError());
    ok(length == sizeof(peer) && peer.sin_family == AF_INET, "peer of %d bytes", length);
    ok(!closesocket(l), "closesocket: %d", WSAGetLastError());
}

static void test_startup(void)
{
    WSADATA data;

    ok(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET && WSAGetLastError() == WSANOTINITIALISED, "socket: %d",
       WSAGetLastError());
    ok(WSACleanup() == SOCKET_ERROR && WSAGetLastError() == WSANOTINITIALISED, "WSACleanup: %d", WSAGetLastError());
    ok(!WSAStartup(MAKEWORD(2, 2), &data), "WSAStartup failed");
    ok(data.wVersion == MAKEWORD(2, 2) && data.wHighVersion == MAKEWORD(2, 2), "version %x", data.wVersion);
    ok(htons(0x1234) == 0x3412 && ntohl(0x12345678) == 0x78563412, "byte order");
}

static void test_errors(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    int length = sizeof(address);
    char byte;

    ok(recv(s, &byte, 1, 0) == SOCKET_ERROR && WSAGetLastError() == WSAENOTCONN, "recv: %d", WSAGetLastError());
    ok(listen(s, 1) == SOCKET_ERROR && WSAGetLastError() == WSAEINVAL, "listen: %d", WSAGetLastError());
    ok(getpeername(s, (struct sockaddr *)&address, &length) && WSAGetLastError() == WSAENOTCONN, "getpeername: %d",
       WSAGetLastError());
    ok(bind(s, (struct sockaddr *)&address, 3) && WSAGetLastError() == WSAEFAULT, "bind: %d", WSAGetLastError());
    ok(!closesocket(s), "closesocket: %d", WSAGetLastError());
    ok(closesocket(s) && WSAGetLastError() == WSAENOTSOCK, "closesocket: %d", WSAGetLastError());
    ok(socket(12345, SOCK_STREAM, 0) == INVALID_SOCKET && WSAGetLastError() == WSAEAFNOSUPPORT, "socket: %d",
       WSAGetLastError());
}

static void test_stream(void)
{
    SOCKET a, b;
    char data[16] = "";
    u_long on = 1, bytes = 0;
    int type = 0, length = sizeof(type);
    fd_set reads, writes;
    struct timeval none = {0, 0}, second = {5, 0};

    pair(&a, &b);
    ok(send(a, "hello", 5, 0) == 5, "send: %d", WSAGetLastError());
    FD_ZERO(&reads);
    FD_ZERO(&writes);
    FD_SET(b, &reads);
    FD_SET(b, &writes);
    ok(select(0, &reads, NULL, NULL, &second) == 1 && FD_ISSET(b, &reads), "select: %d", WSAGetLastError());
    ok(!ioctlsocket(b, FIONREAD, &bytes) && bytes == 5, "FIONREAD: %lu", bytes);
    ok(recv(b, data, sizeof(data), 0) == 5 && data[4] == 'o', "recv: %d", WSAGetLastError());
    ok(select(0, &reads, &writes, NULL, &none) == 1 && !FD_ISSET(b, &reads) && FD_ISSET(b, &writes), "select: %d",
       WSAGetLastError());
    ok(!ioctlsocket(b, FIONBIO, &on), "FIONBIO: %d", WSAGetLastError());
    ok(recv(b, data, sizeof(data), 0) == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK, "recv: %d",
       WSAGetLastError());
    ok(!getsockopt(a, SOL_SOCKET, SO_TYPE, (char *)&type, &length) && type == SOCK_STREAM, "SO_TYPE %d", type);
    ok(!setsockopt(a, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof(on)), "TCP_NODELAY: %d", WSAGetLastError());
    ok(!shutdown(a, SD_SEND), "shutdown: %d", WSAGetLastError());
    FD_ZERO(&reads);
    FD_SET(b, &reads);
    ok(select(0, &reads, NULL, NULL, &second) == 1, "select: %d", WSAGetLastError());
    ok(!recv(b, data, sizeof(data), 0), "recv: %d", WSAGetLastError());
    ok(send(a, "x", 1, 0) == SOCKET_ERROR && WSAGetLastError() == WSAESHUTDOWN, "send: %d", WSAGetLastError());
    closesocket(a);
    closesocket(b);

    pair(&a, &b);
    on = 50;
    ok(!setsockopt(b, SOL_SOCKET, SO_RCVTIMEO, (char *)&on, sizeof(on)), "SO_RCVTIMEO: %d", WSAGetLastError());
    ok(recv(b, data, 1, 0) == SOCKET_ERROR && WSAGetLastError() == WSAETIMEDOUT, "recv: %d", WSAGetLastError());
    closesocket(a);
    closesocket(b);
}

static void test_overlapped(void)
{
    SOCKET a, b;
    char data[16] = "";
    WSABUF buffer = {sizeof(data), data}, out = {3, (char *)"abc"};
    WSAOVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)}, *done;
    DWORD bytes, flags = 0;
    HANDLE port;
    ULONG_PTR key;

    pair(&a, &b);
    ok(WSARecv(b, &buffer, 1, NULL, &flags, &overlapped, NULL) == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING,
       "WSARecv: %d", WSAGetLastError());
    ok(!WSAGetOverlappedResult(b, &overlapped, &bytes, FALSE, &flags) && WSAGetLastError() == WSA_IO_INCOMPLETE,
       "WSAGetOverlappedResult: %d", WSAGetLastError());
    ok(!WSASend(a, &out, 1, &bytes, 0, NULL, NULL) && bytes == 3, "WSASend: %d", WSAGetLastError());
    ok(WSAGetOverlappedResult(b, &overlapped, &bytes, TRUE, &flags) && bytes == 3 && data[2] == 'c',
       "WSAGetOverlappedResult: %d, %lu", WSAGetLastError(), bytes);
    port = CreateIoCompletionPort((HANDLE)b, NULL, 77, 0);
    ok(port != NULL, "CreateIoCompletionPort: %lu", GetLastError());
    flags = 0;
    ok(WSARecv(b, &buffer, 1, NULL, &flags, &overlapped, NULL) == SOCKET_ERROR && WSAGetLastError() == WSA_IO_PENDING,
       "WSARecv: %d", WSAGetLastError());
    WSASend(a, &out, 1, &bytes, 0, NULL, NULL);
    ok(GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000) && bytes == 3 && key == 77 && done == &overlapped,
       "GetQueuedCompletionStatus: %lu", GetLastError());
    closesocket(a);
    closesocket(b);
    CloseHandle(port);
    CloseHandle(overlapped.hEvent);
}

static void test_events(void)
{
    WSAEVENT event = WSACreateEvent();
    WSANETWORKEVENTS events;
    SOCKET a, b;
    char byte;

    ok(event != WSA_INVALID_EVENT, "WSACreateEvent: %d", WSAGetLastError());
    pair(&a, &b);
    ok(!WSAEventSelect(b, event, FD_READ | FD_CLOSE), "WSAEventSelect: %d", WSAGetLastError());
    ok(WSAWaitForMultipleEvents(1, &event, FALSE, 0, FALSE) == WSA_WAIT_TIMEOUT, "set too early");
    ok(recv(b, &byte, 1, 0) == SOCKET_ERROR && WSAGetLastError() == WSAEWOULDBLOCK, "recv: %d", WSAGetLastError());
    send(a, "x", 1, 0);
    ok(WSAWaitForMultipleEvents(1, &event, FALSE, 5000, FALSE) == WSA_WAIT_EVENT_0, "no event");
    ok(!WSAEnumNetworkEvents(b, event, &events) && events.lNetworkEvents == FD_READ && !events.iErrorCode[FD_READ_BIT],
       "events %lx", events.lNetworkEvents);
    ok(recv(b, &byte, 1, 0) == 1, "recv: %d", WSAGetLastError());
    closesocket(a);
    ok(WSAWaitForMultipleEvents(1, &event, FALSE, 5000, FALSE) == WSA_WAIT_EVENT_0, "no event");
    ok(!WSAEnumNetworkEvents(b, event, &events) && events.lNetworkEvents == FD_CLOSE, "events %lx",
       events.lNetworkEvents);
    closesocket(b);
    ok(WSACloseEvent(event), "WSACloseEvent: %d", WSAGetLastError());
}

static void test_names(void)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *list = NULL;
    char host[64], service[32];
    int error = getaddrinfo("127.0.0.1", "80", &hints, &list);

    ok(!error && list, "getaddrinfo: %d", error);
    if (list) {
        const struct sockaddr_in *in = (struct sockaddr_in *)list->ai_addr;
        ok(in->sin_port == htons(80) && in->sin_addr.s_addr == htonl(INADDR_LOOPBACK), "address");
        ok(list->ai_socktype == SOCK_STREAM && list->ai_family == AF_INET, "type %d", list->ai_socktype);
        error = getnameinfo(list->ai_addr, (int)list->ai_addrlen, host, sizeof(host), service, sizeof(service),
                            NI_NUMERICHOST | NI_NUMERICSERV);
        ok(!error && host[0] == '1' && service[0] == '8' && service[1] == '0' && !service[2], "getnameinfo: %d", error);
        freeaddrinfo(list);
    }
    ok(getaddrinfo("127.0.0.300", NULL, &(struct addrinfo){.ai_flags = AI_NUMERICHOST}, &list) == WSAHOST_NOT_FOUND,
       "getaddrinfo of no number");
    ok(getaddrinfo(NULL, NULL, NULL, &list) == WSAHOST_NOT_FOUND, "getaddrinfo of nothing");
    ok(inet_addr("1.2.3.4") == 0x04030201, "inet_addr");
    ok(inet_addr("0x7f.1") == 0x0100007f, "inet_addr");
    ok(inet_addr("256.1.1.1") == INADDR_NONE && inet_addr("x") == INADDR_NONE, "inet_addr");
}

START_TESTS
{
    test_startup();
    test_errors();
    test_stream();
    test_overlapped();
    test_events();
    test_names();
    ok(!WSACleanup(), "WSACleanup: %d", WSAGetLastError());
}
