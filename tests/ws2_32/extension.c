/* mswsock.h: AcceptEx and its relatives, by WSAIoctl and from mswsock.dll. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include "tap.h"

static LPFN_ACCEPTEX accept_ex;
static LPFN_GETACCEPTEXSOCKADDRS get_sockaddrs;
static LPFN_CONNECTEX connect_ex;
static LPFN_DISCONNECTEX disconnect_ex;
static LPFN_TRANSMITFILE transmit_file;

static void *extension(SOCKET s, GUID guid)
{
    void *function = NULL;
    DWORD bytes = 0;

    ok(!WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &function, sizeof(function), &bytes, NULL,
                 NULL) && function && bytes == sizeof(function), "extension: %d", WSAGetLastError());
    return function;
}

static SOCKET bound(struct sockaddr_in *address)
{
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    int length = sizeof(*address);

    *address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ok(!bind(s, (struct sockaddr *)address, length), "bind: %d", WSAGetLastError());
    ok(!getsockname(s, (struct sockaddr *)address, &length), "getsockname: %d", WSAGetLastError());
    return s;
}

static SOCKET listener(struct sockaddr_in *address)
{
    SOCKET s = bound(address);

    ok(!listen(s, 5), "listen: %d", WSAGetLastError());
    return s;
}

static void pair(SOCKET *a, SOCKET *b)
{
    struct sockaddr_in address;
    SOCKET l = listener(&address);
    DWORD limit = 5000;

    *a = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!connect(*a, (struct sockaddr *)&address, sizeof(address)), "connect: %d", WSAGetLastError());
    *b = accept(l, NULL, NULL);
    ok(*b != INVALID_SOCKET, "accept: %d", WSAGetLastError());
    setsockopt(*a, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof(limit)); /* a failure must not hang */
    setsockopt(*b, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof(limit));
    closesocket(l);
}

/* The end of an overlapped call that returned `done`. */
static BOOL finish(SOCKET s, BOOL done, OVERLAPPED *overlapped, DWORD *bytes)
{
    DWORD flags;

    if (!done && WSAGetLastError() != ERROR_IO_PENDING) return FALSE;
    ok(WaitForSingleObject(overlapped->hEvent, 5000) == WAIT_OBJECT_0, "no end after 5 s");
    return WSAGetOverlappedResult(s, overlapped, bytes, FALSE, &flags);
}

static void test_accept(void)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    struct sockaddr_in address, peer;
    struct sockaddr *local, *remote;
    SOCKET l = listener(&address), s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP), c, extra;
    DWORD bytes, room = sizeof(struct sockaddr_in) + 16, seconds = 5;
    int length = sizeof(seconds), local_length, remote_length;
    char buffer[256];

    /* errors */
    ok(!accept_ex(l, s, buffer, 0, room, room, &bytes, NULL) && WSAGetLastError() == ERROR_INVALID_PARAMETER,
       "no overlapped: %d", WSAGetLastError());
    ok(!accept_ex(l, s, buffer, 0, room, 0, &bytes, &overlapped) && WSAGetLastError() == WSAEFAULT, "no room: %d",
       WSAGetLastError());
    ok(!accept_ex(l, INVALID_SOCKET, buffer, 0, room, room, &bytes, &overlapped) && WSAGetLastError() == WSAENOTSOCK,
       "no socket: %d", WSAGetLastError());
    ok(!accept_ex(s, s, buffer, 0, room, room, &bytes, &overlapped) && WSAGetLastError() == WSAEINVAL,
       "no listener: %d", WSAGetLastError());
    extra = bound(&peer); /* must not be (mswsock.h reference); Wine takes it all the same, and the next call fails there */
    ok(!accept_ex(l, extra, buffer, 0, room, room, &bytes, &overlapped) && WSAGetLastError() == WSAEINVAL,
       "bound socket: %d", WSAGetLastError());
    closesocket(extra);

    /* without data */
    ok(!getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length) && seconds == ~0u, "SO_CONNECT_TIME %lu",
       seconds);
    ok(!accept_ex(l, s, buffer, 0, room, room, &bytes, &overlapped) && WSAGetLastError() == ERROR_IO_PENDING,
       "AcceptEx: %d", WSAGetLastError());
    ok(!accept_ex(l, s, buffer + 128, 0, room, room, &bytes, &overlapped) && WSAGetLastError() == WSAEINVAL,
       "taken socket: %d", WSAGetLastError());
    c = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!connect(c, (struct sockaddr *)&address, sizeof(address)), "connect: %d", WSAGetLastError());
    bytes = 5;
    ok(finish(l, FALSE, &overlapped, &bytes) || (WSASetLastError(ERROR_IO_PENDING), finish(l, FALSE, &overlapped, &bytes)),
       "AcceptEx's end: %d", WSAGetLastError());
    ok(!bytes, "%lu bytes", bytes);
    get_sockaddrs(buffer, 0, room, room, &local, &local_length, &remote, &remote_length);
    length = sizeof(peer);
    getsockname(c, (struct sockaddr *)&peer, &length);
    ok(local_length == sizeof(address) && ((struct sockaddr_in *)local)->sin_port == address.sin_port, "local address");
    ok(remote_length == sizeof(address) && ((struct sockaddr_in *)remote)->sin_port == peer.sin_port &&
       ((struct sockaddr_in *)remote)->sin_addr.s_addr == peer.sin_addr.s_addr, "remote address");
    ok(!setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&l, sizeof(l)), "SO_UPDATE_ACCEPT_CONTEXT: %d",
       WSAGetLastError());
    length = sizeof(seconds);
    ok(!getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length) && seconds < 5, "SO_CONNECT_TIME %lu",
       seconds);
    ok(!getpeername(s, (struct sockaddr *)&peer, &length) || WSAGetLastError() == WSAEFAULT, "getpeername: %d",
       WSAGetLastError());
    ok(send(c, "x", 1, 0) == 1 && recv(s, buffer, 1, 0) == 1 && buffer[0] == 'x', "data: %d", WSAGetLastError());
    closesocket(c);
    closesocket(s);

    /* with data: ends when that is there */
    s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!accept_ex(l, s, buffer, 64, room, room, &bytes, &overlapped) && WSAGetLastError() == ERROR_IO_PENDING,
       "AcceptEx: %d", WSAGetLastError());
    c = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!connect(c, (struct sockaddr *)&address, sizeof(address)), "connect: %d", WSAGetLastError());
    ok(WaitForSingleObject(overlapped.hEvent, 50) == WAIT_TIMEOUT, "ended without data");
    ok(send(c, "hello", 5, 0) == 5, "send: %d", WSAGetLastError());
    WSASetLastError(ERROR_IO_PENDING);
    ok(finish(l, FALSE, &overlapped, &bytes) && bytes == 5 && buffer[0] == 'h' && buffer[4] == 'o', "%lu bytes", bytes);
    get_sockaddrs(buffer, 64, room, room, &local, &local_length, &remote, &remote_length);
    ok(((struct sockaddr_in *)local)->sin_port == address.sin_port, "local address");
    closesocket(c);
    closesocket(s);

    /* closing the accepting socket, and the listener, cancels */
    s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!accept_ex(l, s, buffer, 64, room, room, &bytes, &overlapped) && WSAGetLastError() == ERROR_IO_PENDING,
       "AcceptEx: %d", WSAGetLastError());
    closesocket(l);
    WSASetLastError(ERROR_IO_PENDING);
    ok(!finish(s, FALSE, &overlapped, &bytes) && WSAGetLastError() == WSA_OPERATION_ABORTED, "closed listener: %d",
       WSAGetLastError());
    closesocket(s);
    CloseHandle(overlapped.hEvent);
}

static void test_connect(void)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    struct sockaddr_in address, own;
    SOCKET l = listener(&address), c = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP), s;
    DWORD bytes;
    char buffer[64];
    BOOL done;

    ok(!connect_ex(c, (struct sockaddr *)&address, sizeof(address), NULL, 0, &bytes, &overlapped) &&
       WSAGetLastError() == WSAEINVAL, "unbound: %d", WSAGetLastError());
    closesocket(c);
    c = bound(&own);
    ok(!connect_ex(c, (struct sockaddr *)&address, sizeof(address), NULL, 0, &bytes, NULL) &&
       WSAGetLastError() == ERROR_INVALID_PARAMETER, "no overlapped: %d", WSAGetLastError());
    done = connect_ex(c, (struct sockaddr *)&address, sizeof(address), (void *)"first", 5, &bytes, &overlapped);
    s = accept(l, NULL, NULL);
    ok(finish(c, done, &overlapped, &bytes) && bytes == 5, "ConnectEx: %d, %lu bytes", WSAGetLastError(), bytes);
    ok(!setsockopt(c, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), "SO_UPDATE_CONNECT_CONTEXT: %d",
       WSAGetLastError());
    ok(recv(s, buffer, 5, MSG_WAITALL) == 5 && buffer[0] == 'f', "data: %d", WSAGetLastError());
    closesocket(s);
    closesocket(c);
    closesocket(l);

    /* nobody listens there any more */
    c = bound(&own);
    done = connect_ex(c, (struct sockaddr *)&address, sizeof(address), NULL, 0, &bytes, &overlapped);
    ok(!finish(c, done, &overlapped, &bytes) && WSAGetLastError() == WSAECONNREFUSED, "refused: %d", WSAGetLastError());
    closesocket(c);
    CloseHandle(overlapped.hEvent);
}

static void test_disconnect(void)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    struct sockaddr_in address;
    SOCKET a, b, l, c;
    DWORD bytes, room = sizeof(address) + 16;
    char buffer[128];
    BOOL done;

    a = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!disconnect_ex(a, NULL, 0, 0) && WSAGetLastError() == WSAENOTCONN, "not connected: %d", WSAGetLastError());
    closesocket(a);
    pair(&a, &b);
    /* WSAEINVAL if nonzero (mswsock.h reference); Wine disconnects */
    ok(!disconnect_ex(a, NULL, 0, 1) && WSAGetLastError() == WSAEINVAL, "reserved: %d", WSAGetLastError());
    shutdown(b, SD_SEND);
    ok(disconnect_ex(a, NULL, TF_REUSE_SOCKET, 0), "DisconnectEx: %d", WSAGetLastError());
    ok(recv(b, buffer, 1, 0) == 0, "peer: %d", WSAGetLastError());
    closesocket(b);
    l = listener(&address);
    done = accept_ex(l, a, buffer, 0, room, room, &bytes, &overlapped);
    c = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!connect(c, (struct sockaddr *)&address, sizeof(address)), "connect: %d", WSAGetLastError());
    if (!done) WSASetLastError(ERROR_IO_PENDING);
    if (!finish(l, done, &overlapped, &bytes)) ok(FALSE, "AcceptEx of a used socket: %d", WSAGetLastError());
    else ok(send(c, "again", 5, 0) == 5 && recv(a, buffer, 5, MSG_WAITALL) == 5, "data: %d", WSAGetLastError());
    closesocket(a);
    closesocket(c);
    closesocket(l);
    CloseHandle(overlapped.hEvent);
}

static void test_transmit(void)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    TRANSMIT_FILE_BUFFERS around = {(void *)"<<", 2, (void *)">>", 2};
    WCHAR folder[MAX_PATH], name[MAX_PATH];
    char data[32];
    SOCKET a, b;
    HANDLE file;
    DWORD bytes;
    BOOL done;

    GetTempPathW(MAX_PATH, folder);
    GetTempFileNameW(folder, L"sok", 0, name);
    file = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    ok(file != INVALID_HANDLE_VALUE, "file: %lu", GetLastError());
    ok(WriteFile(file, "0123456789", 10, &bytes, NULL), "WriteFile: %lu", GetLastError());

    a = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    ok(!transmit_file(a, file, 0, 0, NULL, NULL, 0) && WSAGetLastError() == WSAENOTCONN, "not connected: %d",
       WSAGetLastError());
    closesocket(a);
    pair(&a, &b);
    SetFilePointer(file, 2, NULL, FILE_BEGIN);
    ok(transmit_file(a, file, 0, 0, NULL, NULL, 0), "TransmitFile: %d", WSAGetLastError());
    ok(recv(b, data, 8, MSG_WAITALL) == 8 && data[0] == '2' && data[7] == '9', "from the position on");
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    overlapped.Offset = 4;
    done = transmit_file(a, file, 3, 0, &overlapped, &around, 0);
    ok(finish(a, done, &overlapped, &bytes) && bytes == 7, "%lu bytes: %d", bytes, WSAGetLastError());
    ok(recv(b, data, 7, MSG_WAITALL) == 7 && data[0] == '<' && data[2] == '4' && data[4] == '6' && data[5] == '>',
       "head, part, tail");
    ok(transmit_file(a, NULL, 0, 0, NULL, &around, TF_DISCONNECT), "TransmitFile: %d", WSAGetLastError());
    ok(recv(b, data, 4, MSG_WAITALL) == 4 && data[3] == '>', "head and tail");
    ok(recv(b, data, 1, 0) == 0, "the end: %d", WSAGetLastError());
    closesocket(a);
    closesocket(b);
    CloseHandle(file);
    CloseHandle(overlapped.hEvent);
}

static void test_duplicate(void)
{
    WSAPROTOCOL_INFOW info;
    SOCKET a, b, copy;
    char byte = 0;
    int length = sizeof(info);

    pair(&a, &b);
    ok(!getsockopt(a, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length) && info.iAddressFamily == AF_INET &&
       info.iSocketType == SOCK_STREAM && info.iProtocol == IPPROTO_TCP, "SO_PROTOCOL_INFO: %d", WSAGetLastError());
    ok(!WSADuplicateSocketW(a, GetCurrentProcessId(), &info), "WSADuplicateSocket: %d", WSAGetLastError());
    copy = WSASocketW(FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, FROM_PROTOCOL_INFO, &info, 0, 0);
    ok(copy != INVALID_SOCKET && copy != a, "WSASocket: %d", WSAGetLastError());
    closesocket(a);
    ok(send(copy, "d", 1, 0) == 1 && recv(b, &byte, 1, 0) == 1 && byte == 'd', "data: %d", WSAGetLastError());
    closesocket(copy);
    ok(recv(b, &byte, 1, 0) == 0, "the end: %d", WSAGetLastError());
    closesocket(b);
}

static void test_mswsock(void)
{
    HMODULE module = LoadLibraryW(L"mswsock.dll");
    int(WINAPI *receive)(SOCKET, char *, int, int *) = (void *)GetProcAddress(module, "WSARecvEx");
    SOCKET s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int length = sizeof(address), flags = 7;
    char data[8];

    ok(module && receive, "mswsock.dll");
    ok(GetProcAddress(module, "AcceptEx") && GetProcAddress(module, "GetAcceptExSockaddrs") &&
       GetProcAddress(module, "TransmitFile"), "exports");
    bind(s, (struct sockaddr *)&address, sizeof(address));
    getsockname(s, (struct sockaddr *)&address, &length);
    sendto(s, "123456", 6, 0, (struct sockaddr *)&address, sizeof(address));
    sendto(s, "12", 2, 0, (struct sockaddr *)&address, sizeof(address));
    ok(receive(s, data, 4, &flags) == 4 && flags == MSG_PARTIAL, "cut message: %d, flags %x", WSAGetLastError(), flags);
    ok(receive(s, data, 4, &flags) == 2 && !flags, "whole message: %d, flags %x", WSAGetLastError(), flags);
    closesocket(s);
}

START_TESTS
{
    WSADATA data;
    SOCKET s;
    GUID unknown = {1, 2, 3, {4}};
    void *function;
    DWORD bytes;

    WSAStartup(MAKEWORD(2, 2), &data);
    s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    accept_ex = extension(s, (GUID)WSAID_ACCEPTEX);
    get_sockaddrs = extension(s, (GUID)WSAID_GETACCEPTEXSOCKADDRS);
    connect_ex = extension(s, (GUID)WSAID_CONNECTEX);
    disconnect_ex = extension(s, (GUID)WSAID_DISCONNECTEX);
    transmit_file = extension(s, (GUID)WSAID_TRANSMITFILE);
    ok(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &unknown, sizeof(unknown), &function, sizeof(function), &bytes,
                NULL, NULL) == SOCKET_ERROR && (WSAGetLastError() == WSAEINVAL || WSAGetLastError() == WSAEOPNOTSUPP),
       "unknown: %d", WSAGetLastError());
    closesocket(s);
    test_accept();
    test_connect();
    test_disconnect();
    test_transmit();
    test_duplicate();
    test_mswsock();
    WSACleanup();
}
