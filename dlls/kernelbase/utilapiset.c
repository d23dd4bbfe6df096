/* utilapiset.h, debugapi.h, fibersapi.h and small parts of winbase.h. */
#include "kernelbase.h"

/* ---- pointers: made hard to guess with the process's cookie ---- */

static ULONG cookie(void)
{
    static LONG value;

    if (!value) {
        LONG random = 0;
        NtFerryRandom(&random, sizeof(random));
        InterlockedCompareExchange(&value, random | 1, 0);
    }
    return value;
}

PVOID WINAPI EncodePointer(PVOID pointer)
{
    ULONG key = cookie(), shift = key & (sizeof(void *) * 8 - 1);
    ULONG_PTR value = (ULONG_PTR)pointer ^ key;

    return (PVOID)(value >> shift | value << ((sizeof(void *) * 8 - shift) & (sizeof(void *) * 8 - 1)));
}

PVOID WINAPI DecodePointer(PVOID pointer)
{
    ULONG key = cookie(), shift = key & (sizeof(void *) * 8 - 1);
    ULONG_PTR value = (ULONG_PTR)pointer;

    return (PVOID)((value << shift | value >> ((sizeof(void *) * 8 - shift) & (sizeof(void *) * 8 - 1))) ^ key);
}

/* The same for pointers shared by processes; here nobody shares them. */
PVOID WINAPI EncodeSystemPointer(PVOID pointer)
{
    return EncodePointer(pointer);
}

PVOID WINAPI DecodeSystemPointer(PVOID pointer)
{
    return DecodePointer(pointer);
}

/* There is no speaker to beep with. */
BOOL WINAPI Beep(DWORD frequency, DWORD milliseconds)
{
    if (frequency < 37 || frequency > 32767) return set_error(ERROR_INVALID_PARAMETER);
    return set_error(ERROR_NOT_SUPPORTED);
}

/* Rounds to the nearest, halves away from zero; -1 on overflow or a zero divisor. */
int WINAPI MulDiv(int number, int numerator, int denominator)
{
    LONGLONG product = (LONGLONG)number * numerator, result;

    if (!denominator) return -1;
    LONGLONG half = denominator / 2;
    if (half < 0) half = -half;
    result = ((product < 0 ? -product : product) + half) / (denominator < 0 ? -(LONGLONG)denominator : denominator);
    if ((product < 0) != (denominator < 0)) result = -result;
    return result < -0x7fffffffll - 1 || result > 0x7fffffff ? -1 : (int)result;
}

/* ---- debugger ---- */

BOOL WINAPI IsDebuggerPresent(void)
{
    return ferry_peb()->BeingDebugged;
}

BOOL WINAPI CheckRemoteDebuggerPresent(HANDLE process, PBOOL present)
{
    ULONG_PTR port = 0;
    NTSTATUS status;

    if (!process || !present) return set_error(ERROR_INVALID_PARAMETER);
    status = NtQueryInformationProcess(process, ProcessDebugPort, &port, sizeof(port), NULL);
    if (status < 0) return set_status(status);
    *present = port != 0;
    return TRUE;
}

VOID WINAPI DebugBreak(void)
{
    __asm__ volatile("int3");
}

/* Goes to a debugger; without one there is nobody to read it. */
VOID WINAPI OutputDebugStringA(LPCSTR text)
{
    ULONG_PTR arguments[2];

    if (!text || !ferry_peb()->BeingDebugged) return;
    arguments[0] = str_length(text) + 1;
    arguments[1] = (ULONG_PTR)text;
    RaiseException(DBG_PRINTEXCEPTION_C, 0, 2, arguments);
}

VOID WINAPI OutputDebugStringW(LPCWSTR text)
{
    char *ansi;
    DWORD length, size;

    if (!text || !ferry_peb()->BeingDebugged) return;
    length = (DWORD)wide_length(text);
    size = ansi_size(text, length);
    if (!(ansi = mem_alloc(size + 1))) return;
    ansi[ansi_from_wide(ansi, size, text, length)] = 0;
    OutputDebugStringA(ansi);
    mem_free(ansi);
}

/* ---- fiber local storage ---- */

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION callback)
{
    ULONG index;
    NTSTATUS status = RtlFlsAlloc(callback, &index);

    if (status >= 0) return index;
    set_status(status);
    return FLS_OUT_OF_INDEXES;
}

BOOL WINAPI FlsFree(DWORD index)
{
    return status_to_bool(RtlFlsFree(index));
}

PVOID WINAPI FlsGetValue(DWORD index)
{
    void *value = NULL;
    NTSTATUS status = RtlFlsGetValue(index, &value);

    if (status < 0) {
        set_status(status);
        return NULL;
    }
    set_error(ERROR_SUCCESS);
    return value;
}

BOOL WINAPI FlsSetValue(DWORD index, PVOID value)
{
    return status_to_bool(RtlFlsSetValue(index, value));
}

/* ---- probing of memory, which the reference calls obsolete for good reason: by page protection ---- */

static BOOL is_bad(const void *address, UINT_PTR size, DWORD wanted)
{
    const UCHAR *at = address, *end = at + size;
    MEMORY_BASIC_INFORMATION info;

    if (!size) return FALSE;
    if (!address || end < at) return TRUE;
    while (at < end) {
        if (!VirtualQuery(at, &info, sizeof(info)) || info.State != MEM_COMMIT || !(info.Protect & wanted) ||
            info.Protect & PAGE_GUARD) return TRUE;
        at = (UCHAR *)info.BaseAddress + info.RegionSize;
    }
    return FALSE;
}

#define WRITABLE (PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)
#define READABLE (WRITABLE | PAGE_READONLY | PAGE_EXECUTE_READ)

BOOL WINAPI IsBadReadPtr(LPCVOID address, UINT_PTR size)
{
    return is_bad(address, size, READABLE);
}

BOOL WINAPI IsBadWritePtr(LPVOID address, UINT_PTR size)
{
    return is_bad(address, size, WRITABLE);
}

BOOL WINAPI IsBadHugeReadPtr(LPCVOID address, UINT_PTR size)
{
    return is_bad(address, size, READABLE);
}

BOOL WINAPI IsBadHugeWritePtr(LPVOID address, UINT_PTR size)
{
    return is_bad(address, size, WRITABLE);
}

BOOL WINAPI IsBadCodePtr(FARPROC address)
{
    return is_bad((void *)address, 1, READABLE);
}

BOOL WINAPI IsBadStringPtrW(LPCWSTR text, UINT_PTR length)
{
    for (; length--; text++) {
        if (is_bad(text, sizeof(WCHAR), READABLE)) return TRUE;
        if (!*text) break;
    }
    return FALSE;
}

BOOL WINAPI IsBadStringPtrA(LPCSTR text, UINT_PTR length)
{
    for (; length--; text++) {
        if (is_bad(text, 1, READABLE)) return TRUE;
        if (!*text) break;
    }
    return FALSE;
}
