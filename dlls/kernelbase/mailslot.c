/* winbase.h: mailslots. */
#include "kernelbase.h"
#include "ferry/ntioapi.h"

static LONGLONG nt_timeout(DWORD milliseconds)
{
    return milliseconds == MAILSLOT_WAIT_FOREVER ? -1 : -(LONGLONG)milliseconds * 10000;
}

HANDLE WINAPI CreateMailslotW(LPCWSTR name, DWORD maximum, DWORD timeout_ms, LPSECURITY_ATTRIBUTES security)
{
    LARGE_INTEGER timeout = { .QuadPart = nt_timeout(timeout_ms) };
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING path;
    IO_STATUS_BLOCK io;
    HANDLE slot;
    NTSTATUS status;

    if (!nt_path(name, &path)) return INVALID_HANDLE_VALUE;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL,
                               security ? security->lpSecurityDescriptor : NULL);
    if (security && security->bInheritHandle) attributes.Attributes |= OBJ_INHERIT;
    status = NtCreateMailslotFile(&slot, GENERIC_READ | SYNCHRONIZE, &attributes, &io, FILE_SYNCHRONOUS_IO_NONALERT, 0,
                                  maximum, &timeout);
    RtlFreeUnicodeString(&path);
    if (status) {
        set_status(status);
        return INVALID_HANDLE_VALUE;
    }
    return slot;
}

HANDLE WINAPI CreateMailslotA(LPCSTR name, DWORD maximum, DWORD timeout, LPSECURITY_ATTRIBUTES security)
{
    WIDE(wide);
    if (!wide_from_ansi(&wide, name)) return INVALID_HANDLE_VALUE;
    return CreateMailslotW(wide.text, maximum, timeout, security);
}

BOOL WINAPI GetMailslotInfo(HANDLE slot, LPDWORD maximum, LPDWORD next, LPDWORD count, LPDWORD timeout)
{
    FILE_MAILSLOT_QUERY_INFORMATION info;
    IO_STATUS_BLOCK io;
    NTSTATUS status = NtQueryInformationFile(slot, &io, &info, sizeof(info), FileMailslotQueryInformation);

    if (status) return set_status(status);
    if (maximum) *maximum = info.MaximumMessageSize;
    if (next) *next = info.NextMessageSize;
    if (count) *count = info.MessagesAvailable;
    if (timeout) *timeout = info.ReadTimeout.QuadPart == -1 ? MAILSLOT_WAIT_FOREVER : (DWORD)(-info.ReadTimeout.QuadPart / 10000);
    return TRUE;
}

BOOL WINAPI SetMailslotInfo(HANDLE slot, DWORD timeout)
{
    FILE_MAILSLOT_SET_INFORMATION info = { .ReadTimeout.QuadPart = nt_timeout(timeout) };
    IO_STATUS_BLOCK io;
    return status_to_bool(NtSetInformationFile(slot, &io, &info, sizeof(info), FileMailslotSetInformation));
}
