/* NT paths: prefixes, devices, case, what is no name. Wine 8 knows no \\SystemRoot here, answers
 * STATUS_BAD_DEVICE_TYPE where the object manager has no such name, and opens no ::$DATA. */
#include "files.h"

static NTSTATUS attributes_of(const char *name, ULONG *attributes)
{
    FILE_BASIC_INFORMATION info;
    NTSTATUS status = NtQueryAttributesFile(name_of(name), &info);
    *attributes = status ? 0 : info.FileAttributes;
    return status;
}

static void test_prefixes(void)
{
    ULONG attributes;
    HANDLE handle;

    expect(attributes_of("\\??\\C:\\windows", &attributes), STATUS_SUCCESS);
    ok(attributes & FILE_ATTRIBUTE_DIRECTORY, "%lx", attributes);
    expect(attributes_of("\\DosDevices\\C:\\WINDOWS\\System32", &attributes), STATUS_SUCCESS);
    expect(attributes_of("\\??\\c:\\WiNdOwS\\sYsTeM32\\NTDLL.dll", &attributes), STATUS_SUCCESS);
    ok(!(attributes & FILE_ATTRIBUTE_DIRECTORY), "%lx", attributes);
    expect(attributes_of("\\SystemRoot\\system32", &attributes), STATUS_SUCCESS);
    expect(attributes_of("\\??\\C:\\windows\\none", &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
    expect(attributes_of("\\??\\C:\\none\\none", &attributes), STATUS_OBJECT_PATH_NOT_FOUND);
    expect(attributes_of("\\??\\C:\\windows\\\\system32", &attributes), STATUS_OBJECT_NAME_INVALID);
    expect(attributes_of("\\??\\C:\\windows\\<", &attributes), STATUS_OBJECT_NAME_INVALID);
    expect(attributes_of("\\??\\C:\\windows\\a|b", &attributes), STATUS_OBJECT_NAME_INVALID);
    expect(attributes_of("\\none\\x", &attributes), STATUS_OBJECT_PATH_NOT_FOUND);
    expect(attributes_of("\\??\\none:\\x", &attributes), STATUS_OBJECT_PATH_NOT_FOUND);
    expect(open_file(&handle, "\\??\\NUL", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(NtWriteFile(handle, NULL, NULL, NULL, &io, "x", 1, NULL, NULL), STATUS_SUCCESS);
    ok(io.Information == 1, "wrote %lu", (ULONG)io.Information);
    NtClose(handle);
    expect(open_file(&handle, "\\Device\\Null", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    NtClose(handle);
}

static void test_relative(void)
{
    OBJECT_ATTRIBUTES attributes;
    UNICODE_STRING name;
    HANDLE root, handle;

    make_file("Relative.txt", "1");
    expect(open_file(&root, "", FILE_LIST_DIRECTORY, SHARE_ALL, FILE_OPEN, FILE_DIRECTORY_FILE), STATUS_SUCCESS);
    RtlInitUnicodeString(&name, L"rELATIVE.TXT");
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, root, NULL);
    expect(NtOpenFile(&handle, GENERIC_READ | SYNCHRONIZE, &attributes, &io, SHARE_ALL, 0), STATUS_SUCCESS);
    NtClose(handle);
    RtlInitUnicodeString(&name, L"\\relative.txt");
    ok(NtOpenFile(&handle, GENERIC_READ | SYNCHRONIZE, &attributes, &io, SHARE_ALL, 0) != 0, "absolute below a root");
    RtlInitUnicodeString(&name, L"");
    expect(NtOpenFile(&handle, FILE_LIST_DIRECTORY | SYNCHRONIZE, &attributes, &io, SHARE_ALL, FILE_DIRECTORY_FILE),
           STATUS_SUCCESS);
    NtClose(handle);
    attributes.RootDirectory = NULL;
    expect(NtOpenFile(&handle, GENERIC_READ | SYNCHRONIZE, &attributes, &io, SHARE_ALL, 0),
           STATUS_OBJECT_PATH_SYNTAX_BAD);
    NtClose(root);
    remove_file("relative.txt");
}

static void test_names(void)
{
    HANDLE handle;
    ULONG attributes;
    FILE_BASIC_INFORMATION info;

    /* letters with case beyond ASCII */
    expect(NtCreateFile(&handle, GENERIC_WRITE | SYNCHRONIZE, name_of_wide(L"\x00c4\x00d6\x03a9\x0416"), &io, NULL, 0,
                        SHARE_ALL, FILE_CREATE, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
           STATUS_SUCCESS);
    NtClose(handle);
    expect(NtQueryAttributesFile(name_of_wide(L"\x00e4\x00f6\x03c9\x0436"), &info), STATUS_SUCCESS);
    expect(NtDeleteFile(name_of_wide(L"\x00e4\x00f6\x03c9\x0436")), STATUS_SUCCESS);
    /* seen at once, under any spelling, though the folder was just looked at */
    expect(attributes_of("quick", &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
    make_file("Quick", "");
    expect(attributes_of("qUICK", &attributes), STATUS_SUCCESS);
    remove_file("Quick");
    expect(attributes_of("qUICK", &attributes), STATUS_OBJECT_NAME_NOT_FOUND);
    /* the unnamed stream */
    make_file("stream", "");
    expect(open_file(&handle, "stream::$DATA", GENERIC_READ, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    NtClose(handle);
    remove_file("stream");
}

START_TESTS
{
    make_folder("ferry-path");
    test_prefixes();
    test_relative();
    test_names();
    remove_file("");
}
