/* Files: opening, data, sharing, attributes, names.
 *
 * Wine 8 differs, and these checks follow Microsoft's reference: DIRECTORY_FILE with NON_DIRECTORY_FILE, sharing of an
 * overwriting open, deletion while another handle is open, read-only files for root, creation times, times below -2,
 * overwriting hidden files, renames and links by a plain name, NtLockFile without a status block's event.
 */
#include "files.h"

static void test_dispositions(void)
{
    HANDLE handle, other;

    expect(open_file(&handle, "d", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_OBJECT_NAME_NOT_FOUND);
    expect(open_file(&handle, "d", GENERIC_READ, SHARE_ALL, FILE_OVERWRITE, 0), STATUS_OBJECT_NAME_NOT_FOUND);
    expect(open_file(&handle, "no\\d", GENERIC_READ, SHARE_ALL, FILE_CREATE, 0), STATUS_OBJECT_PATH_NOT_FOUND);
    expect(open_file(&handle, "d", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, FILE_CREATE, 0), STATUS_SUCCESS);
    ok(io.Information == FILE_CREATED, "information %lu", (ULONG)io.Information);
    expect(open_file(&other, "D", GENERIC_READ, SHARE_ALL, FILE_CREATE, 0), STATUS_OBJECT_NAME_COLLISION);
    expect(open_file(&other, "D", GENERIC_READ, SHARE_ALL, FILE_OPEN_IF, 0), STATUS_SUCCESS);
    ok(io.Information == FILE_OPENED, "information %lu", (ULONG)io.Information);
    NtClose(other);
    expect(NtWriteFile(handle, NULL, NULL, NULL, &io, "12345", 5, NULL, NULL), STATUS_SUCCESS);
    NtClose(handle);
    expect(open_file(&handle, "d", GENERIC_WRITE, SHARE_ALL, FILE_OVERWRITE_IF, 0), STATUS_SUCCESS);
    ok(io.Information == FILE_OVERWRITTEN, "information %lu", (ULONG)io.Information);
    NtClose(handle);
    expect(open_file(&handle, "d", GENERIC_WRITE | DELETE, SHARE_ALL, FILE_SUPERSEDE, 0), STATUS_SUCCESS);
    ok(io.Information == FILE_SUPERSEDED, "information %lu", (ULONG)io.Information);
    NtClose(handle);
    expect(open_file(&handle, "d", GENERIC_READ, SHARE_ALL, FILE_OPEN, FILE_DIRECTORY_FILE), STATUS_NOT_A_DIRECTORY);
    expect(open_file(&handle, "", GENERIC_READ, SHARE_ALL, FILE_OPEN, FILE_NON_DIRECTORY_FILE),
           STATUS_FILE_IS_A_DIRECTORY);
    expect(open_file(&handle, "d", GENERIC_READ, SHARE_ALL, 6, 0), STATUS_INVALID_PARAMETER);
    expect(open_file(&handle, "d", GENERIC_READ, SHARE_ALL, FILE_OPEN, FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE),
           STATUS_INVALID_PARAMETER);
    expect(open_file(&handle, "a?b", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_OBJECT_NAME_INVALID);
    expect(open_file(&handle, "d\\x", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_OBJECT_PATH_NOT_FOUND);
    expect(remove_file("d"), STATUS_SUCCESS);
    expect(remove_file("d"), STATUS_OBJECT_NAME_NOT_FOUND);
}

static void test_data(void)
{
    FILE_POSITION_INFORMATION position;
    FILE_STANDARD_INFORMATION standard;
    FILE_END_OF_FILE_INFORMATION end;
    LARGE_INTEGER offset;
    HANDLE handle;
    char text[64];

    expect(open_file(&handle, "data", GENERIC_READ | GENERIC_WRITE | DELETE, SHARE_ALL, FILE_CREATE,
                     FILE_DELETE_ON_CLOSE),
           STATUS_SUCCESS);
    expect(NtWriteFile(handle, NULL, NULL, NULL, &io, "hello world", 11, NULL, NULL), STATUS_SUCCESS);
    ok(io.Information == 11, "wrote %lu", (ULONG)io.Information);
    expect(NtQueryInformationFile(handle, &io, &position, sizeof(position), FilePositionInformation), STATUS_SUCCESS);
    ok(position.CurrentByteOffset.QuadPart == 11, "position %lu", position.CurrentByteOffset.LowPart);
    expect(NtReadFile(handle, NULL, NULL, NULL, &io, text, 5, NULL, NULL), STATUS_END_OF_FILE);
    offset.QuadPart = 6;
    expect(NtReadFile(handle, NULL, NULL, NULL, &io, text, sizeof(text), &offset, NULL), STATUS_SUCCESS);
    ok(io.Information == 5 && text[0] == 'w', "read %lu", (ULONG)io.Information);
    NtQueryInformationFile(handle, &io, &position, sizeof(position), FilePositionInformation);
    ok(position.CurrentByteOffset.QuadPart == 11, "position after read %lu", position.CurrentByteOffset.LowPart);
    offset.QuadPart = -1; /* FILE_WRITE_TO_END_OF_FILE */
    expect(NtWriteFile(handle, NULL, NULL, NULL, &io, "!", 1, &offset, NULL), STATUS_SUCCESS);
    expect(NtQueryInformationFile(handle, &io, &standard, sizeof(standard), FileStandardInformation), STATUS_SUCCESS);
    ok(standard.EndOfFile.QuadPart == 12 && !standard.Directory && standard.NumberOfLinks <= 1, "size %lu",
       standard.EndOfFile.LowPart);
    end.EndOfFile.QuadPart = 4;
    expect(NtSetInformationFile(handle, &io, &end, sizeof(end), FileEndOfFileInformation), STATUS_SUCCESS);
    offset.QuadPart = 0;
    expect(NtReadFile(handle, NULL, NULL, NULL, &io, text, sizeof(text), &offset, NULL), STATUS_SUCCESS);
    ok(io.Information == 4, "read %lu", (ULONG)io.Information);
    end.EndOfFile.QuadPart = -1;
    expect(NtSetInformationFile(handle, &io, &end, sizeof(end), FileEndOfFileInformation), STATUS_INVALID_PARAMETER);
    expect(NtQueryInformationFile(handle, &io, &standard, 8, FileStandardInformation), STATUS_INFO_LENGTH_MISMATCH);
    NtClose(handle);
    expect(open_file(&handle, "data", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_OBJECT_NAME_NOT_FOUND);

    /* appending ignores offsets */
    make_file("append", "abc");
    expect(open_file(&handle, "append", FILE_APPEND_DATA, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    offset.QuadPart = 0;
    expect(NtWriteFile(handle, NULL, NULL, NULL, &io, "def", 3, &offset, NULL), STATUS_SUCCESS);
    expect(NtReadFile(handle, NULL, NULL, NULL, &io, text, 6, &offset, NULL), STATUS_ACCESS_DENIED);
    NtClose(handle);
    expect(open_file(&handle, "append", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    NtReadFile(handle, NULL, NULL, NULL, &io, text, sizeof(text), NULL, NULL);
    ok(io.Information == 6 && text[3] == 'd', "appended file has %lu bytes", (ULONG)io.Information);
    expect(NtWriteFile(handle, NULL, NULL, NULL, &io, "x", 1, NULL, NULL), STATUS_ACCESS_DENIED);
    NtClose(handle);
    remove_file("append");
}

static void test_sharing(void)
{
    HANDLE first, second;

    make_file("share", "x");
    expect(open_file(&first, "share", GENERIC_READ, FILE_SHARE_READ, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(open_file(&second, "share", GENERIC_READ, FILE_SHARE_READ, FILE_OPEN, 0), STATUS_SUCCESS);
    NtClose(second);
    expect(open_file(&second, "share", GENERIC_WRITE, SHARE_ALL, FILE_OPEN, 0), STATUS_SHARING_VIOLATION);
    expect(open_file(&second, "share", GENERIC_READ, 0, FILE_OPEN, 0), STATUS_SHARING_VIOLATION);
    expect(open_file(&second, "share", DELETE, SHARE_ALL, FILE_OPEN, 0), STATUS_SHARING_VIOLATION);
    expect(open_file(&second, "share", FILE_READ_ATTRIBUTES, 0, FILE_OPEN, 0), STATUS_SUCCESS);
    NtClose(second);
    expect(open_file(&second, "share", GENERIC_READ, SHARE_ALL, FILE_OVERWRITE, 0), STATUS_SHARING_VIOLATION);
    NtClose(first);
    expect(open_file(&first, "share", GENERIC_WRITE, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(open_file(&second, "share", GENERIC_READ, FILE_SHARE_READ, FILE_OPEN, 0), STATUS_SHARING_VIOLATION);
    NtClose(first);
    remove_file("share");
}

static void test_delete(void)
{
    FILE_DISPOSITION_INFORMATION disposition = {TRUE};
    FILE_STANDARD_INFORMATION standard;
    FILE_BASIC_INFORMATION basic;
    HANDLE handle, other;

    make_file("del", "x");
    expect(open_file(&handle, "del", DELETE | FILE_READ_ATTRIBUTES, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(open_file(&other, "del", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(NtSetInformationFile(other, &io, &disposition, sizeof(disposition), FileDispositionInformation),
           STATUS_ACCESS_DENIED);
    expect(NtSetInformationFile(handle, &io, &disposition, sizeof(disposition), FileDispositionInformation),
           STATUS_SUCCESS);
    NtQueryInformationFile(handle, &io, &standard, sizeof(standard), FileStandardInformation);
    ok(standard.DeletePending && standard.NumberOfLinks == 0, "pending %u links %lu", standard.DeletePending,
       standard.NumberOfLinks);
    NtClose(handle);
    expect(open_file(&handle, "del", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_DELETE_PENDING);
    NtClose(other);
    expect(open_file(&handle, "del", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_OBJECT_NAME_NOT_FOUND);

    /* the mark can be taken back */
    make_file("del", "x");
    expect(open_file(&handle, "del", DELETE, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    NtSetInformationFile(handle, &io, &disposition, sizeof(disposition), FileDispositionInformation);
    disposition.DoDeleteFile = FALSE;
    NtSetInformationFile(handle, &io, &disposition, sizeof(disposition), FileDispositionInformation);
    disposition.DoDeleteFile = TRUE;
    NtClose(handle);

    /* a read-only file stays */
    expect(open_file(&handle, "del", DELETE | FILE_WRITE_ATTRIBUTES, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    memset(&basic, 0, sizeof(basic));
    basic.FileAttributes = FILE_ATTRIBUTE_READONLY;
    expect(NtSetInformationFile(handle, &io, &basic, sizeof(basic), FileBasicInformation), STATUS_SUCCESS);
    expect(NtSetInformationFile(handle, &io, &disposition, sizeof(disposition), FileDispositionInformation),
           STATUS_CANNOT_DELETE);
    expect(open_file(&other, "del", GENERIC_WRITE, SHARE_ALL, FILE_OPEN, 0), STATUS_ACCESS_DENIED);
    basic.FileAttributes = FILE_ATTRIBUTE_NORMAL;
    NtSetInformationFile(handle, &io, &basic, sizeof(basic), FileBasicInformation);
    NtClose(handle);
    expect(remove_file("del"), STATUS_SUCCESS);

    /* folders */
    expect(open_file(&handle, "sub", GENERIC_READ | DELETE, SHARE_ALL, FILE_CREATE, FILE_DIRECTORY_FILE),
           STATUS_SUCCESS);
    make_file("sub\\f", "x");
    expect(NtSetInformationFile(handle, &io, &disposition, sizeof(disposition), FileDispositionInformation),
           STATUS_DIRECTORY_NOT_EMPTY);
    remove_file("sub\\f");
    expect(NtSetInformationFile(handle, &io, &disposition, sizeof(disposition), FileDispositionInformation),
           STATUS_SUCCESS);
    NtClose(handle);
    expect(open_file(&handle, "sub", GENERIC_READ, SHARE_ALL, FILE_OPEN, FILE_DIRECTORY_FILE),
           STATUS_OBJECT_NAME_NOT_FOUND);
}

static void test_attributes(void)
{
    FILE_NETWORK_OPEN_INFORMATION full;
    FILE_BASIC_INFORMATION basic, set;
    HANDLE handle;

    make_file("attr", "12345");
    expect(NtQueryFullAttributesFile(name_of("ATTR"), &full), STATUS_SUCCESS);
    ok(full.EndOfFile.QuadPart == 5 && full.FileAttributes == FILE_ATTRIBUTE_ARCHIVE, "size %lu attributes %lx",
       full.EndOfFile.LowPart, full.FileAttributes);
    expect(open_file(&handle, "attr", FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES, SHARE_ALL, FILE_OPEN, 0),
           STATUS_SUCCESS);
    memset(&set, 0, sizeof(set));
    set.FileAttributes = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
    set.LastWriteTime.QuadPart = 131000000010000000;
    set.LastAccessTime.QuadPart = 131000000020000000;
    set.CreationTime.QuadPart = 131000000000000000;
    expect(NtSetInformationFile(handle, &io, &set, sizeof(set), FileBasicInformation), STATUS_SUCCESS);
    expect(NtQueryInformationFile(handle, &io, &basic, sizeof(basic), FileBasicInformation), STATUS_SUCCESS);
    ok(basic.LastWriteTime.QuadPart == set.LastWriteTime.QuadPart, "write time");
    ok(basic.LastAccessTime.QuadPart == set.LastAccessTime.QuadPart, "access time");
    ok((basic.FileAttributes & 7) == (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM), "attributes %lx",
       basic.FileAttributes);
    ok(basic.CreationTime.QuadPart == set.CreationTime.QuadPart, "creation time");
    set.LastWriteTime.QuadPart = -3;
    expect(NtSetInformationFile(handle, &io, &set, sizeof(set), FileBasicInformation), STATUS_INVALID_PARAMETER);
    set.LastWriteTime.QuadPart = 0;
    set.FileAttributes = FILE_ATTRIBUTE_DIRECTORY;
    expect(NtSetInformationFile(handle, &io, &set, sizeof(set), FileBasicInformation), STATUS_INVALID_PARAMETER);
    NtClose(handle);
    /* hidden files are not overwritten as ordinary ones */
    expect(open_file(&handle, "attr", GENERIC_WRITE, SHARE_ALL, FILE_OVERWRITE_IF, 0), STATUS_ACCESS_DENIED);
    remove_file("attr");
    expect(NtQueryAttributesFile(name_of("attr"), &basic), STATUS_OBJECT_NAME_NOT_FOUND);
    expect(NtQueryAttributesFile(name_of("no\\attr"), &basic), STATUS_OBJECT_PATH_NOT_FOUND);
    expect(NtQueryAttributesFile(name_of("\\??\\C:\\"), &basic), STATUS_SUCCESS);
    ok(basic.FileAttributes & FILE_ATTRIBUTE_DIRECTORY, "root %lx", basic.FileAttributes);
}

struct rename {
    FILE_RENAME_INFORMATION info;
    WCHAR more[64];
};

static void set_target(struct rename *rename, const char *name, BOOLEAN replace)
{
    WCHAR *to = rename->info.FileName;
    memset(rename, 0, sizeof(*rename));
    rename->info.ReplaceIfExists = replace;
    while (*name)
        *to++ = *name++;
    rename->info.FileNameLength = (char *)to - (char *)rename->info.FileName;
}

static void test_rename(void)
{
    struct {
        FILE_NAME_INFORMATION info;
        WCHAR more[300];
    } name;
    FILE_STANDARD_INFORMATION standard;
    struct rename rename;
    HANDLE handle, other;
    ULONG length;

    make_file("old", "1");
    make_file("taken", "2");
    expect(open_file(&handle, "old", DELETE | FILE_READ_ATTRIBUTES, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    set_target(&rename, "taken", FALSE);
    expect(NtSetInformationFile(handle, &io, &rename, sizeof(rename), FileRenameInformation),
           STATUS_OBJECT_NAME_COLLISION);
    set_target(&rename, "fresh", FALSE);
    expect(NtSetInformationFile(handle, &io, &rename, sizeof(rename), FileRenameInformation), STATUS_SUCCESS);
    expect(NtQueryInformationFile(handle, &io, &name, sizeof(name), FileNameInformation), STATUS_SUCCESS);
    length = name.info.FileNameLength / 2;
    ok(length > 5 && name.info.FileName[0] == '\\' && name.info.FileName[length - 5] == 'f', "name %lu", length);
    expect(NtQueryInformationFile(handle, &io, &name, sizeof(FILE_NAME_INFORMATION), FileNameInformation),
           STATUS_BUFFER_OVERFLOW);
    set_target(&rename, "FRESH", FALSE); /* the case alone */
    expect(NtSetInformationFile(handle, &io, &rename, sizeof(rename), FileRenameInformation), STATUS_SUCCESS);
    NtQueryInformationFile(handle, &io, &name, sizeof(name), FileNameInformation);
    ok(name.info.FileName[length - 5] == 'F', "name keeps its case");
    expect(open_file(&other, "taken", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    set_target(&rename, "taken", TRUE);
    expect(NtSetInformationFile(handle, &io, &rename, sizeof(rename), FileRenameInformation), STATUS_ACCESS_DENIED);
    NtClose(other);
    expect(NtSetInformationFile(handle, &io, &rename, sizeof(rename), FileRenameInformation), STATUS_SUCCESS);
    set_target(&rename, "a/b", TRUE);
    ok(NtSetInformationFile(handle, &io, &rename, sizeof(rename), FileRenameInformation) != 0, "slash in a name");
    NtClose(handle);

    expect(open_file(&handle, "taken", FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES, SHARE_ALL, FILE_OPEN, 0),
           STATUS_SUCCESS);
    set_target(&rename, "link", FALSE);
    expect(NtSetInformationFile(handle, &io, &rename, sizeof(rename), FileLinkInformation), STATUS_SUCCESS);
    expect(NtSetInformationFile(handle, &io, &rename, sizeof(rename), FileLinkInformation),
           STATUS_OBJECT_NAME_COLLISION);
    NtQueryInformationFile(handle, &io, &standard, sizeof(standard), FileStandardInformation);
    ok(standard.NumberOfLinks == 2, "%lu links", standard.NumberOfLinks);
    NtClose(handle);
    remove_file("taken");
    expect(remove_file("link"), STATUS_SUCCESS);
}

static void test_locks(void)
{
    LARGE_INTEGER offset, length;
    HANDLE first, second;
    char byte;

    make_file("lock", "0123456789");
    expect(open_file(&first, "lock", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(open_file(&second, "lock", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    offset.QuadPart = 2;
    length.QuadPart = 3;
    expect(NtLockFile(first, NULL, NULL, NULL, &io, &offset, &length, 0, TRUE, TRUE), STATUS_SUCCESS);
    offset.QuadPart = 4;
    expect(NtLockFile(second, NULL, NULL, NULL, &io, &offset, &length, 0, TRUE, FALSE), STATUS_LOCK_NOT_GRANTED);
    expect(NtReadFile(second, NULL, NULL, NULL, &io, &byte, 1, &offset, NULL), STATUS_FILE_LOCK_CONFLICT);
    expect(NtReadFile(first, NULL, NULL, NULL, &io, &byte, 1, &offset, NULL), STATUS_SUCCESS);
    expect(NtUnlockFile(first, &io, &offset, &length, 0), STATUS_RANGE_NOT_LOCKED);
    offset.QuadPart = 5;
    expect(NtLockFile(second, NULL, NULL, NULL, &io, &offset, &length, 0, TRUE, FALSE), STATUS_SUCCESS);
    expect(NtUnlockFile(second, &io, &offset, &length, 0), STATUS_SUCCESS);
    NtClose(first); /* its locks go with it */
    offset.QuadPart = 2;
    expect(NtLockFile(second, NULL, NULL, NULL, &io, &offset, &length, 0, TRUE, TRUE), STATUS_SUCCESS);
    NtClose(second);
    remove_file("lock");
}

static void test_asynchronous(void)
{
    IO_STATUS_BLOCK block;
    LARGE_INTEGER offset;
    HANDLE handle, event, port;
    ULONG_PTR key, context;
    char text[16];
    NTSTATUS status;

    make_file("async", "0123456789");
    status = NtCreateFile(&handle, GENERIC_READ | SYNCHRONIZE, name_of("async"), &io, NULL, 0, SHARE_ALL, FILE_OPEN, 0,
                          NULL, 0);
    ok(!status, "open: %lx", status);
    event = CreateEventW(NULL, TRUE, TRUE, NULL);
    offset.QuadPart = 3;
    block.Status = 1;
    status = NtReadFile(handle, event, NULL, NULL, &block, text, 4, &offset, NULL);
    ok(status == STATUS_SUCCESS || status == STATUS_PENDING, "read: %lx", status);
    WaitForSingleObject(event, 1000);
    ok(block.Status == STATUS_SUCCESS && block.Information == 4 && text[0] == '3', "block %lx", block.Status);
    expect(NtReadFile(handle, event, NULL, NULL, &block, text, 4, NULL, NULL), STATUS_INVALID_PARAMETER);

    /* a port hears of it */
    port = CreateIoCompletionPort(handle, NULL, 77, 0);
    ok(port != NULL, "port: %lu", GetLastError());
    status = NtReadFile(handle, NULL, NULL, (void *)5, &block, text, 4, &offset, NULL);
    ok(status == STATUS_SUCCESS || status == STATUS_PENDING, "read: %lx", status);
    {
        DWORD bytes = 0;
        OVERLAPPED *overlapped = NULL;
        key = context = 0;
        ok(GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 1000), "no packet");
        context = (ULONG_PTR)overlapped;
        ok(bytes == 4 && key == 77 && context == 5, "packet %lu %lu %lu", bytes, (ULONG)key, (ULONG)context);
    }
    NtClose(port);
    NtClose(event);
    NtClose(handle);
    remove_file("async");
}

START_TESTS
{
    make_folder("ferry-file");
    test_dispositions();
    test_data();
    test_sharing();
    test_delete();
    test_attributes();
    test_rename();
    test_locks();
    test_asynchronous();
    remove_file("");
}
