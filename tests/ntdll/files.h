/* What the tests of file calls share: names below a folder of their own, opening, declarations. */
#include "tap.h"

#ifndef FILE_OPEN_BY_FILE_ID
#define FILE_OPEN_BY_FILE_ID 0x00002000
#endif

void *memset(void *to, int value, size_t count)
{
    volatile char *p = to;
    while (count--)
        *p++ = value;
    return to;
}

NTSTATUS NTAPI NtReadFile(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, void *, ULONG, LARGE_INTEGER *,
                          ULONG *);
NTSTATUS NTAPI NtWriteFile(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, const void *, ULONG,
                           LARGE_INTEGER *, ULONG *);
NTSTATUS NTAPI NtQueryDirectoryFile(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, void *, ULONG,
                                    FILE_INFORMATION_CLASS, BOOLEAN, UNICODE_STRING *, BOOLEAN);
NTSTATUS NTAPI NtQueryAttributesFile(const OBJECT_ATTRIBUTES *, FILE_BASIC_INFORMATION *);
NTSTATUS NTAPI NtQueryFullAttributesFile(const OBJECT_ATTRIBUTES *, FILE_NETWORK_OPEN_INFORMATION *);
NTSTATUS NTAPI NtDeleteFile(OBJECT_ATTRIBUTES *);
NTSTATUS NTAPI NtCancelIoFile(HANDLE, IO_STATUS_BLOCK *);
NTSTATUS NTAPI NtCancelIoFileEx(HANDLE, IO_STATUS_BLOCK *, IO_STATUS_BLOCK *);
NTSTATUS NTAPI NtCreateNamedPipeFile(HANDLE *, ULONG, OBJECT_ATTRIBUTES *, IO_STATUS_BLOCK *, ULONG, ULONG, ULONG,
                                     ULONG, ULONG, ULONG, ULONG, ULONG, ULONG, LARGE_INTEGER *);
NTSTATUS NTAPI NtLockFile(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, LARGE_INTEGER *, LARGE_INTEGER *,
                          ULONG, BOOLEAN, BOOLEAN);
NTSTATUS NTAPI NtUnlockFile(HANDLE, IO_STATUS_BLOCK *, LARGE_INTEGER *, LARGE_INTEGER *, ULONG);

static WCHAR folder[300]; /* NT path with a backslash at the end */
static IO_STATUS_BLOCK io;

static OBJECT_ATTRIBUTES *name_of_wide(const WCHAR *text)
{
    static OBJECT_ATTRIBUTES attributes;
    static UNICODE_STRING name;
    static WCHAR buffer[1024];
    int i = 0, j;

    if (text[0] != '\\')
        for (; folder[i]; i++)
            buffer[i] = folder[i];
    for (j = 0; text[j]; j++)
        buffer[i++] = text[j];
    name.Buffer = buffer;
    name.Length = name.MaximumLength = i * sizeof(WCHAR);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return &attributes;
}

/* A name relative to the folder, or absolute with a backslash in front. */
static OBJECT_ATTRIBUTES *name_of(const char *text)
{
    WCHAR wide[512];
    int i;
    for (i = 0; text[i]; i++)
        wide[i] = (unsigned char)text[i];
    wide[i] = 0;
    return name_of_wide(wide);
}

__attribute__((unused)) static NTSTATUS open_file(HANDLE *handle, const char *name, ACCESS_MASK access, ULONG sharing, ULONG disposition,
                          ULONG options)
{
    *handle = NULL;
    return NtCreateFile(handle, access | SYNCHRONIZE, name_of(name), &io, NULL, FILE_ATTRIBUTE_NORMAL, sharing,
                        disposition, options | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
}

#define SHARE_ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

__attribute__((unused)) static void make_folder(const char *name)
{
    WCHAR temp[260];
    HANDLE handle;
    NTSTATUS status;
    int i = 0, j;
    const WCHAR *dos = L"\\??\\";

    GetTempPathW(260, temp);
    for (j = 0; dos[j]; j++)
        folder[i++] = dos[j];
    for (j = 0; temp[j]; j++)
        folder[i++] = temp[j];
    for (j = 0; name[j]; j++)
        folder[i++] = name[j];
    for (j = GetCurrentProcessId(); j; j /= 10)
        folder[i++] = '0' + j % 10;
    folder[i++] = '\\';
    folder[i] = 0;
    status = NtCreateFile(&handle, FILE_LIST_DIRECTORY | SYNCHRONIZE, name_of(""), &io, NULL, FILE_ATTRIBUTE_NORMAL,
                          SHARE_ALL, FILE_OPEN_IF, FILE_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0);
    ok(!status, "test folder: %lx", status);
    NtClose(handle);
}

__attribute__((unused)) static void make_file(const char *name, const char *text)
{
    HANDLE handle;
    NTSTATUS status = open_file(&handle, name, GENERIC_WRITE, SHARE_ALL, FILE_OVERWRITE_IF, FILE_NON_DIRECTORY_FILE);
    ULONG length = 0;

    ok(!status, "%s: %lx", name, status);
    while (text[length])
        length++;
    if (length)
        NtWriteFile(handle, NULL, NULL, NULL, &io, (void *)text, length, NULL, NULL);
    NtClose(handle);
}

__attribute__((unused)) static NTSTATUS remove_file(const char *name)
{
    return NtDeleteFile(name_of(name));
}

#define expect(call, wanted) \
    do { \
        NTSTATUS status_ = (call); \
        ok(status_ == (wanted), #call ": %lx, expected %lx", status_, (NTSTATUS)(wanted)); \
    } while (0)
