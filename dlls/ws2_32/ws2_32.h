/* ws2_32.dll inside. */
#ifndef WS2_32_H
#define WS2_32_H

#define WINSOCK_API_LINKAGE
#define _WINSOCK_DEPRECATED_NO_WARNINGS
#include "ferry/ntapi.h"
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <stdbool.h>
#include "ferry/afd.h"

void *__cdecl memcpy(void *to, const void *from, size_t size);
void *__cdecl memset(void *to, int value, size_t size);
void *__cdecl memmove(void *to, const void *from, size_t size);
int __cdecl memcmp(const void *a, const void *b, size_t size);
size_t __cdecl strlen(const char *text);
size_t __cdecl wcslen(const WCHAR *text);
int __cdecl strcmp(const char *a, const char *b);

/* Winsock's number of a status; 0 of success. */
int wsa_from_status(NTSTATUS status);
/* Sets the error, returns SOCKET_ERROR; of 0: nothing set, returns 0. */
int wsa_result(int error);
/* Whether WSAStartup was called; else sets WSANOTINITIALISED. */
bool wsa_started(void);

/* A control of an endpoint that the calling thread waits for. Returns Winsock's error. `information`: bytes, or NULL. */
int afd_control(SOCKET s, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size, ULONG *information);
/* The same for WSAOVERLAPPED: goes on after the return (WSA_IO_PENDING). */
int afd_control_overlapped(SOCKET s, ULONG code, const void *in, ULONG in_size, void *out, ULONG out_size,
                           WSAOVERLAPPED *overlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine, DWORD *bytes);
int afd_info(SOCKET s, struct afd_info *info);
SOCKET afd_open(int family, int type, int protocol, DWORD flags, int *error);

/* Fills a WSAPROTOCOL_INFOW or, not `wide`, A of a socket of these kinds. */
void protocol_info(int family, int type, int protocol, void *info, bool wide);

/* Functions that SIO_GET_EXTENSION_FUNCTION_POINTER gives, by GUID; NULL if unknown. */
int WINAPI receive_message(SOCKET s, LPWSAMSG message, LPDWORD received, LPWSAOVERLAPPED overlapped,
                           LPWSAOVERLAPPED_COMPLETION_ROUTINE routine);
void *extension_function(const GUID *guid);

/* What the older functions return belongs to the thread. NULL without memory, error set. */
struct ws_thread {
    char address_text[16];
    void *host, *service, *protocol;
};
struct ws_thread *ws_thread(void);

/* A service by name or number, of "tcp" or "udp" (NULL: either). Host byte order. */
struct service {
    const char *name;
    USHORT port;
    UCHAR protocols; /* SERVICE_TCP, SERVICE_UDP */
    const char *alias;
};
#define SERVICE_TCP 1
#define SERVICE_UDP 2
const struct service *service_by_name(const char *name, unsigned protocols);
const struct service *service_by_port(USHORT port, unsigned protocols);

/* UTF-16 from UTF-8 and back; ws_free(). NULL without memory, or of NULL. */
WCHAR *ws_wide(const char *text);
char *ws_narrow(const WCHAR *text);

void *ws_allocate(SIZE_T size); /* zeroed */
void ws_free(void *memory);

#endif
