/* errhandlingapi.h: last error, exceptions, error mode. */
#include "kernelbase.h"

DWORD WINAPI GetLastError(void)
{
    return ferry_teb()->LastErrorValue;
}

VOID WINAPI SetLastError(DWORD error)
{
    ferry_teb()->LastErrorValue = error;
}

VOID WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments)
{
    EXCEPTION_RECORD record = {
        .ExceptionCode = code,
        .ExceptionFlags = flags & EXCEPTION_NONCONTINUABLE,
        .ExceptionAddress = (void *)RaiseException,
    };

    if (arguments) {
        record.NumberParameters = count > EXCEPTION_MAXIMUM_PARAMETERS ? EXCEPTION_MAXIMUM_PARAMETERS : count;
        memcpy(record.ExceptionInformation, arguments, record.NumberParameters * sizeof(*arguments));
    }
    RtlRaiseException(&record);
}

/* Ends the process past every handler (errhandlingapi.h reference: RaiseFailFastException). */
VOID WINAPI RaiseFailFastException(PEXCEPTION_RECORD record, PCONTEXT context, DWORD flags)
{
    EXCEPTION_RECORD own = { .ExceptionCode = STATUS_FAIL_FAST_EXCEPTION, .ExceptionFlags = EXCEPTION_NONCONTINUABLE };
    CONTEXT here;

    if (!record) record = &own;
    if (!context) {
        RtlCaptureContext(&here);
        context = &here;
    }
    if (record == &own || flags & FAIL_FAST_GENERATE_EXCEPTION_ADDRESS)
        record->ExceptionAddress = __builtin_return_address(0);
    NtRaiseException(record, context, FALSE);
    NtTerminateProcess(NtCurrentProcess(), record->ExceptionCode);
}

/* ---- the filter of last resort ---- */

static LPTOP_LEVEL_EXCEPTION_FILTER top_filter;

LPTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(LPTOP_LEVEL_EXCEPTION_FILTER filter)
{
    return (LPTOP_LEVEL_EXCEPTION_FILTER)InterlockedExchangePointer((void *volatile *)&top_filter, (void *)filter);
}

static char *put_hex(char *at, ULONG_PTR value, int digits)
{
    while (digits--) *at++ = "0123456789abcdef"[value >> (digits * 4) & 15];
    return at;
}

static char *put_text(char *at, const char *text)
{
    while (*text) *at++ = *text++;
    return at;
}

/* A path's last component, in UTF-8. */
static char *put_file_name(char *at, const UNICODE_STRING *path)
{
    USHORT units = path->Length / sizeof(WCHAR), start = units;
    ULONG bytes = 0;

    while (start && path->Buffer[start - 1] != '\\' && units - start < 60) start--;
    RtlUnicodeToUTF8N(at, 200, &bytes, path->Buffer + start, (units - start) * sizeof(WCHAR));
    return at + bytes;
}

static void report_unhandled(const EXCEPTION_RECORD *record)
{
    char line[640], *at = put_text(line, "ferry: ");
    FERRY_LDR_ENTRY *module;

    at = put_file_name(at, &ferry_peb()->ProcessParameters->ImagePathName);
    at = put_text(at, ": unhandled exception 0x");
    at = put_hex(at, record->ExceptionCode, 8);
    at = put_text(at, " at ");
    if (!LdrFindEntryForAddress(record->ExceptionAddress, &module)) {
        at = put_file_name(at, &module->BaseDllName);
        at = put_text(at, "+0x");
        at = put_hex(at, (ULONG_PTR)record->ExceptionAddress - (ULONG_PTR)module->DllBase, 8);
    } else {
        at = put_text(at, "0x");
        at = put_hex(at, (ULONG_PTR)record->ExceptionAddress, sizeof(void *) * 2);
    }
    if (record->ExceptionCode == STATUS_ACCESS_VIOLATION && record->NumberParameters >= 2) {
        ULONG_PTR kind = record->ExceptionInformation[0];
        at = put_text(at, kind == 8 ? ", execution of 0x" : kind ? ", write to 0x" : ", read of 0x");
        at = put_hex(at, record->ExceptionInformation[1], sizeof(void *) * 2);
    }
    NtFerryReport(line, at - line);
}

LONG WINAPI UnhandledExceptionFilter(PEXCEPTION_POINTERS pointers)
{
    if (ferry_peb()->BeingDebugged) return EXCEPTION_CONTINUE_SEARCH;
    LPTOP_LEVEL_EXCEPTION_FILTER filter = *(LPTOP_LEVEL_EXCEPTION_FILTER volatile *)&top_filter;
    if (filter) {
        LONG answer = filter(pointers);
        if (answer != EXCEPTION_CONTINUE_SEARCH) return answer;
    }
    if (!(GetErrorMode() & SEM_NOGPFAULTERRORBOX)) report_unhandled(pointers->ExceptionRecord);
    FerryReportCrash(pointers);
    return EXCEPTION_EXECUTE_HANDLER;
}

/* ---- error mode: a fact of the process, inherited by children through process information ---- */

#define SEM_VALID (SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOALIGNMENTFAULTEXCEPT | SEM_NOOPENFILEERRORBOX)

static UINT error_mode;

UINT WINAPI GetErrorMode(void)
{
    return error_mode;
}

/* The alignment bit can be set, never cleared again (errhandlingapi.h reference: SetErrorMode, remarks). */
UINT WINAPI SetErrorMode(UINT mode)
{
    UINT previous = error_mode;

    error_mode = (mode & SEM_VALID) | (previous & SEM_NOALIGNMENTFAULTEXCEPT);
    return previous;
}

/* TEB.HardErrorMode has the kernel's bits: critical 0x10, fault 0x20, open file 0x40. */
DWORD WINAPI GetThreadErrorMode(void)
{
    ULONG mode = ferry_teb()->HardErrorMode;

    return (mode & 0x10 ? SEM_FAILCRITICALERRORS : 0) | (mode & 0x20 ? SEM_NOGPFAULTERRORBOX : 0) |
           (mode & 0x40 ? SEM_NOOPENFILEERRORBOX : 0);
}

BOOL WINAPI SetThreadErrorMode(DWORD mode, LPDWORD previous)
{
    if (mode & ~(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX))
        return set_error(ERROR_INVALID_PARAMETER);
    if (previous) *previous = GetThreadErrorMode();
    ferry_teb()->HardErrorMode = (mode & SEM_FAILCRITICALERRORS ? 0x10 : 0) | (mode & SEM_NOGPFAULTERRORBOX ? 0x20 : 0) |
                                 (mode & SEM_NOOPENFILEERRORBOX ? 0x40 : 0);
    return TRUE;
}

/* Reports the message on the host's terminal in place of a message box, then ends the process. */
VOID WINAPI FatalAppExitA(UINT action, LPCSTR message)
{
    if (message) NtFerryReport(message, str_length(message));
    NtTerminateProcess(NtCurrentProcess(), 1);
}

VOID WINAPI FatalAppExitW(UINT action, LPCWSTR message)
{
    char line[512];
    DWORD size = message ? ansi_from_wide(line, sizeof(line), message, wide_length(message)) : 0;

    if (size) NtFerryReport(line, size);
    NtTerminateProcess(NtCurrentProcess(), 1);
}
