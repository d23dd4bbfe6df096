/* WSAStartup, WSACleanup, the last error, byte order. */
#include "ws2_32.h"

static LONG started;

/* Any version up to 2.2 is accepted; a later one is answered with 2.2. WSAVERNOTSUPPORTED below 1.0. */
int WINAPI WSAStartup(WORD version, LPWSADATA data)
{
    static const char description[] = "WinSock 2.0", status[] = "Running";
    BYTE major = LOBYTE(version), minor = HIBYTE(version);

    if (!data) return WSAEFAULT;
    data->wHighVersion = MAKEWORD(2, 2);
    if (!major) {
        data->wVersion = 0;
        return WSAVERNOTSUPPORTED;
    }
    if (major > 2 || (major == 2 && minor > 2)) version = MAKEWORD(2, 2);
    else if (major == 1 && minor > 1) version = MAKEWORD(1, 1);
    memset(data, 0, sizeof(*data));
    data->wVersion = version;
    data->wHighVersion = MAKEWORD(2, 2);
    memcpy(data->szDescription, description, sizeof(description));
    memcpy(data->szSystemStatus, status, sizeof(status));
    if (LOBYTE(version) == 1) { /* both are to be ignored from version 2 on, and 0 there */
        data->iMaxSockets = 32767;
        data->iMaxUdpDg = 65467;
    }
    __atomic_add_fetch(&started, 1, __ATOMIC_SEQ_CST);
    return 0;
}

int WINAPI WSACleanup(void)
{
    LONG count = __atomic_load_n(&started, __ATOMIC_RELAXED);

    do {
        if (!count) return wsa_result(WSANOTINITIALISED);
    } while (!__atomic_compare_exchange_n(&started, &count, count - 1, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return 0;
}

bool wsa_started(void)
{
    if (__atomic_load_n(&started, __ATOMIC_RELAXED)) return true;
    WSASetLastError(WSANOTINITIALISED);
    return false;
}

int WINAPI WSAGetLastError(void)
{
    return RtlGetLastWin32Error();
}

void WINAPI WSASetLastError(int error)
{
    RtlSetLastWin32Error(error);
}

int wsa_result(int error)
{
    if (!error) return 0;
    RtlSetLastWin32Error(error);
    return SOCKET_ERROR;
}

u_long WINAPI htonl(u_long value)
{
    return __builtin_bswap32(value);
}

u_long WINAPI ntohl(u_long value)
{
    return __builtin_bswap32(value);
}

u_short WINAPI htons(u_short value)
{
    return __builtin_bswap16(value);
}

u_short WINAPI ntohs(u_short value)
{
    return __builtin_bswap16(value);
}

/* For sockets of any provider; all of ours are big endian. WSAENOTSOCK, WSAEFAULT. */
static int convert(SOCKET s, ULONG value, void *to, size_t size)
{
    struct afd_info info;
    int error = afd_info(s, &info);

    if (!error && !to) error = WSAEFAULT;
    if (!error) memcpy(to, &value, size);
    return wsa_result(error);
}

int WINAPI WSAHtonl(SOCKET s, u_long value, u_long *to)
{
    return convert(s, htonl(value), to, sizeof(*to));
}

int WINAPI WSANtohl(SOCKET s, u_long value, u_long *to)
{
    return convert(s, ntohl(value), to, sizeof(*to));
}

int WINAPI WSAHtons(SOCKET s, u_short value, u_short *to)
{
    return convert(s, htons(value), to, sizeof(*to));
}

int WINAPI WSANtohs(SOCKET s, u_short value, u_short *to)
{
    return convert(s, ntohs(value), to, sizeof(*to));
}

WCHAR *ws_wide(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    WCHAR *wide = text ? ws_allocate((length + 1) * sizeof(WCHAR)) : NULL;
    ULONG bytes;

    if (wide) RtlUTF8ToUnicodeN(wide, length * sizeof(WCHAR), &bytes, text, length);
    return wide;
}

char *ws_narrow(const WCHAR *text)
{
    size_t length = text ? wcslen(text) : 0;
    char *narrow = text ? ws_allocate(length * 3 + 1) : NULL;
    ULONG bytes;

    if (narrow) RtlUnicodeToUTF8N(narrow, length * 3, &bytes, text, length * sizeof(WCHAR));
    return narrow;
}

void *ws_allocate(SIZE_T size)
{
    return RtlAllocateHeap(GetProcessHeap(), HEAP_ZERO_MEMORY, size);
}

void ws_free(void *memory)
{
    RtlFreeHeap(GetProcessHeap(), 0, memory);
}

struct ws_thread *ws_thread(void)
{
    FERRY_TEB *teb = ferry_teb();

    if (!teb->WinSockData) {
        teb->WinSockData = ws_allocate(sizeof(struct ws_thread));
        if (!teb->WinSockData) WSASetLastError(WSA_NOT_ENOUGH_MEMORY);
    }
    return teb->WinSockData;
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
    FERRY_TEB *teb = ferry_teb();
    struct ws_thread *thread = teb->WinSockData;

    if (reason == DLL_THREAD_DETACH && thread) {
        teb->WinSockData = NULL;
        ws_free(thread->host);
        ws_free(thread->service);
        ws_free(thread->protocol);
        ws_free(thread);
    }
    return TRUE;
}
