/* Directories: enumeration, patterns, change notifications. Wine 8 does not know the DOS wildcards < > ". */
#include "files.h"

NTSTATUS NTAPI NtNotifyChangeDirectoryFile(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, void *, ULONG,
                                           ULONG, BOOLEAN);

static char buffer[4096] __attribute__((aligned(8)));

/* The names, blank-separated, that an enumeration with this pattern gives. */
static NTSTATUS list(const char *pattern, char *names, ULONG length, BOOLEAN single)
{
    WCHAR wide[64];
    UNICODE_STRING mask;
    HANDLE handle;
    NTSTATUS status, first = STATUS_SUCCESS;
    int used = 0, i;
    BOOLEAN any = FALSE;

    names[0] = 0;
    status = open_file(&handle, "", FILE_LIST_DIRECTORY, SHARE_ALL, FILE_OPEN, FILE_DIRECTORY_FILE);
    if (status)
        return status;
    for (i = 0; pattern && pattern[i]; i++)
        wide[i] = pattern[i];
    mask.Buffer = wide;
    mask.Length = mask.MaximumLength = i * 2;
    for (;;) {
        FILE_BOTH_DIR_INFORMATION *entry = (void *)buffer;
        status = NtQueryDirectoryFile(handle, NULL, NULL, NULL, &io, buffer, length, FileBothDirectoryInformation,
                                      single, pattern ? &mask : NULL, FALSE);
        if (status) {
            if (!any)
                first = status;
            else
                ok(status == STATUS_NO_MORE_FILES, "end: %lx", status);
            break;
        }
        any = TRUE;
        for (;;) {
            if (used)
                names[used++] = ' ';
            for (i = 0; i < entry->FileNameLength / 2; i++)
                names[used++] = entry->FileName[i];
            if (!entry->NextEntryOffset)
                break;
            entry = (void *)((char *)entry + entry->NextEntryOffset);
        }
    }
    names[used] = 0;
    NtClose(handle);
    return first;
}

static BOOL same(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static void check(const char *pattern, const char *wanted)
{
    char names[512];
    NTSTATUS status = list(pattern, names, sizeof(buffer), FALSE);
    ok(!status && same(names, wanted), "%s: %lx '%s', expected '%s'", pattern ? pattern : "(none)", status, names,
       wanted);
}

static void test_patterns(void)
{
    char names[512];

    make_file("a.txt", "");
    make_file("B.TXT", "");
    make_file("c", "");
    make_file("d.e.txt", "");
    check(NULL, ". .. a.txt B.TXT c d.e.txt");
    check("*", ". .. a.txt B.TXT c d.e.txt");
    check("*.txt", "a.txt B.TXT d.e.txt");
    check("b.txt", "B.TXT");
    check("?", ". c");
    check("<.txt", "a.txt B.TXT d.e.txt"); /* what *.txt becomes in FindFirstFile */
    check("<", ". .. c");                  /* *. : without extension */
    check(">>>\"txt", "a.txt B.TXT");      /* ???.txt */
    ok(list("none", names, sizeof(buffer), FALSE) == STATUS_NO_SUCH_FILE, "no match");
    ok(list("x*", names, sizeof(buffer), FALSE) == STATUS_NO_SUCH_FILE, "no match");
    ok(!list("*", names, 128, FALSE) && same(names, ". .. a.txt B.TXT c d.e.txt"), "small buffer: '%s'", names);
    ok(!list("*", names, sizeof(buffer), TRUE) && same(names, ". .. a.txt B.TXT c d.e.txt"), "one by one: '%s'", names);
}

static void test_lengths(void)
{
    HANDLE handle;
    FILE_DIRECTORY_INFORMATION *entry = (void *)buffer;

    expect(open_file(&handle, "", FILE_LIST_DIRECTORY, SHARE_ALL, FILE_OPEN, FILE_DIRECTORY_FILE), STATUS_SUCCESS);
    expect(NtQueryDirectoryFile(handle, NULL, NULL, NULL, &io, buffer, 16, FileDirectoryInformation, FALSE, NULL, FALSE),
           STATUS_INFO_LENGTH_MISMATCH);
    expect(NtQueryDirectoryFile(handle, NULL, NULL, NULL, &io, buffer, sizeof(buffer), FileDirectoryInformation, TRUE,
                                NULL, FALSE),
           STATUS_SUCCESS);
    ok(entry->FileNameLength == 2 && entry->FileName[0] == '.' &&
           (entry->FileAttributes & FILE_ATTRIBUTE_DIRECTORY) && !entry->NextEntryOffset,
       "first entry %lx", entry->FileAttributes);
    expect(NtQueryDirectoryFile(handle, NULL, NULL, NULL, &io, buffer, sizeof(buffer), FileDirectoryInformation, TRUE,
                                NULL, FALSE),
           STATUS_SUCCESS);
    ok(entry->FileNameLength == 4, "second entry %lu", entry->FileNameLength);
    expect(NtQueryDirectoryFile(handle, NULL, NULL, NULL, &io, buffer, sizeof(buffer), FileDirectoryInformation, TRUE,
                                NULL, TRUE),
           STATUS_SUCCESS);
    ok(entry->FileNameLength == 2, "restarted %lu", entry->FileNameLength);
    expect(NtQueryDirectoryFile(handle, NULL, NULL, NULL, &io, buffer, sizeof(buffer), 200, TRUE, NULL, FALSE),
           STATUS_INVALID_INFO_CLASS);
    NtClose(handle);
    expect(open_file(&handle, "c", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(NtQueryDirectoryFile(handle, NULL, NULL, NULL, &io, buffer, sizeof(buffer), FileDirectoryInformation, TRUE,
                                NULL, FALSE),
           STATUS_INVALID_PARAMETER);
    NtClose(handle);
}

static void test_notify(void)
{
    FILE_NOTIFY_INFORMATION *info = (void *)buffer;
    IO_STATUS_BLOCK block;
    HANDLE handle, event = CreateEventW(NULL, TRUE, FALSE, NULL);
    NTSTATUS status;

    status = NtOpenFile(&handle, FILE_LIST_DIRECTORY | SYNCHRONIZE, name_of(""), &io, SHARE_ALL, FILE_DIRECTORY_FILE);
    ok(!status, "open: %lx", status);
    block.Status = 1;
    expect(NtNotifyChangeDirectoryFile(handle, event, NULL, NULL, &block, buffer, sizeof(buffer),
                                       FILE_NOTIFY_CHANGE_FILE_NAME, FALSE),
           STATUS_PENDING);
    ok(WaitForSingleObject(event, 0) == WAIT_TIMEOUT, "nothing happened yet");
    make_file("new", "");
    ok(WaitForSingleObject(event, 5000) == WAIT_OBJECT_0, "no notification");
    ok(!block.Status && block.Information && info->Action == FILE_ACTION_ADDED && info->FileNameLength == 6 &&
           info->FileName[0] == 'n',
       "action %lu of %lu, status %lx", info->Action, info->FileNameLength, block.Status);
    expect(NtNotifyChangeDirectoryFile(handle, event, NULL, NULL, &block, buffer, sizeof(buffer),
                                       FILE_NOTIFY_CHANGE_FILE_NAME, FALSE),
           STATUS_PENDING);
    remove_file("new");
    ok(WaitForSingleObject(event, 5000) == WAIT_OBJECT_0 && info->Action == FILE_ACTION_REMOVED, "action %lu",
       info->Action);
    /* cancelled */
    expect(NtNotifyChangeDirectoryFile(handle, event, NULL, NULL, &block, buffer, sizeof(buffer),
                                       FILE_NOTIFY_CHANGE_FILE_NAME, FALSE),
           STATUS_PENDING);
    expect(NtCancelIoFile(handle, &io), STATUS_SUCCESS);
    ok(WaitForSingleObject(event, 5000) == WAIT_OBJECT_0 && block.Status == STATUS_CANCELLED, "cancelled: %lx",
       block.Status);
    expect(NtNotifyChangeDirectoryFile(handle, event, NULL, NULL, &block, buffer, sizeof(buffer), 0, FALSE),
           STATUS_INVALID_PARAMETER);
    NtClose(handle);
    NtClose(event);
}

START_TESTS
{
    make_folder("ferry-dir");
    test_patterns();
    test_lengths();
    test_notify();
    remove_file("a.txt");
    remove_file("B.TXT");
    remove_file("c");
    remove_file("d.e.txt");
    remove_file("");
}
