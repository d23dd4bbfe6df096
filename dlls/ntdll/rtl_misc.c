/* Checksums, pseudo-random numbers, byte order, debugger output. */
#include "ntdll.h"

/* ---- checksums ---- */

static ULONG crc32(ULONG crc, const UCHAR *at, SIZE_T size)
{
    static ULONG table[256];

    if (!table[255])
        for (ULONG i = 0; i < 256; i++) {
            ULONG value = i;
            for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (0xedb88320 & -(value & 1));
            table[i] = value;
        }
    for (; size; size--) crc = crc >> 8 ^ table[(crc ^ *at++) & 0xff];
    return crc;
}

ULONG NTAPI RtlComputeCrc32(ULONG initial, const void *buffer, ULONG size)
{
    return ~crc32(~initial, buffer, size);
}

DWORD NTAPI RtlCrc32(const void *buffer, size_t size, DWORD initial)
{
    return ~crc32(~initial, buffer, size);
}

/* The polynomial of NVMe and of Windows: 0x9a6c9329ac4bc9b5, reflected. */
ULONGLONG NTAPI RtlCrc64(const void *buffer, size_t size, ULONGLONG initial)
{
    const UCHAR *at = buffer;
    ULONGLONG crc = ~initial;

    for (; size; size--) {
        crc ^= *at++;
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0x9a6c9329ac4bc9b5ull & -(crc & 1));
    }
    return ~crc;
}

/* ---- random numbers ---- */

/* A linear congruence modulo 2^31 - 1. */
ULONG NTAPI RtlUniform(ULONG *seed)
{
    *seed = (ULONG)(((ULONGLONG)*seed * 0x7fffffed + 0x7fffffc3) % 0x7fffffff);
    return *seed;
}

/* RtlUniform, shuffled through a table (Bays and Durham) so that neighbours do not follow from one another. */
ULONG NTAPI RtlRandom(ULONG *seed)
{
    static ULONG table[128];
    static volatile LONG filled;

    if (!filled) {
        ULONG start = 0x4b2e61ad;
        for (ULONG i = 0; i < ARRAY_SIZE(table); i++) table[i] = RtlUniform(&start);
        filled = 1;
    }
    ULONG first = RtlUniform(seed), second = RtlUniform(seed);
    return InterlockedExchange((LONG *)&table[second & 127], first);
}

ULONG NTAPI RtlRandomEx(ULONG *seed)
{
    return RtlRandom(seed);
}

/* ---- byte order ---- */

USHORT __fastcall RtlUshortByteSwap(USHORT value)
{
    return __builtin_bswap16(value);
}

ULONG __fastcall RtlUlongByteSwap(ULONG value)
{
    return __builtin_bswap32(value);
}

ULONGLONG __fastcall RtlUlonglongByteSwap(ULONGLONG value)
{
    return __builtin_bswap64(value);
}

/* ---- debugger output ---- */

void NTAPI DbgBreakPoint(void)
{
    __asm__ volatile("int3");
}

void NTAPI DbgUserBreakPoint(void)
{
    __asm__ volatile("int3");
}

/* As a debugger would get it: the exception that DbgPrint and OutputDebugString raise. Nobody listening is no error. */
static ULONG print(const char *prefix, const char *format, va_list args)
{
    char text[512];
    SIZE_T length = strnlen(prefix, sizeof(text) - 1);

    memcpy(text, prefix, length);
    int added = _vsnprintf(text + length, sizeof(text) - length, format, args);
    length = added < 0 ? sizeof(text) - 1 : length + added;
    if (length > sizeof(text) - 1) length = sizeof(text) - 1;
    text[length] = 0;
    if (ferry_peb()->BeingDebugged) {
        EXCEPTION_RECORD record = { .ExceptionCode = DBG_PRINTEXCEPTION_C, .NumberParameters = 2 };
        record.ExceptionInformation[0] = length + 1;
        record.ExceptionInformation[1] = (ULONG_PTR)text;
        RtlRaiseException(&record);
    } else {
        NtFerryReport(text, (ULONG)length);
    }
    return STATUS_SUCCESS;
}

ULONG __cdecl DbgPrint(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    ULONG result = print("", format, args);
    va_end(args);
    return result;
}

/* All components and levels that the default filter (error level) lets through. */
#define DPFLTR_ERROR_LEVEL 0

ULONG __cdecl DbgPrintEx(ULONG component, ULONG level, const char *format, ...)
{
    va_list args;

    if (level != DPFLTR_ERROR_LEVEL) return STATUS_SUCCESS;
    va_start(args, format);
    ULONG result = print("", format, args);
    va_end(args);
    return result;
}

ULONG NTAPI vDbgPrintExWithPrefix(const char *prefix, ULONG component, ULONG level, const char *format, va_list args)
{
    return level == DPFLTR_ERROR_LEVEL ? print(prefix, format, args) : STATUS_SUCCESS;
}

ULONG NTAPI vDbgPrintEx(ULONG component, ULONG level, const char *format, va_list args)
{
    return vDbgPrintExWithPrefix("", component, level, format, args);
}
