/* File system controls and extended attributes. Wine 8 sets no reparse points and has no extended attributes. */
#include <stddef.h>
#include "files.h"
#include <winioctl.h>

NTSTATUS NTAPI NtFsControlFile(HANDLE, HANDLE, PIO_APC_ROUTINE, void *, IO_STATUS_BLOCK *, ULONG, void *, ULONG, void *,
                               ULONG);
NTSTATUS NTAPI NtSetEaFile(HANDLE, IO_STATUS_BLOCK *, void *, ULONG);
NTSTATUS NTAPI NtQueryEaFile(HANDLE, IO_STATUS_BLOCK *, void *, ULONG, BOOLEAN, void *, ULONG, ULONG *, BOOLEAN);

struct mount_point {
    ULONG tag;
    USHORT length, reserved;
    USHORT substitute_offset, substitute_length, print_offset, print_length;
    WCHAR path[300];
};

#define TAG_MOUNT_POINT 0xa0000003u

static void test_junction(void)
{
    static struct mount_point set, get;
    FILE_BASIC_INFORMATION basic;
    HANDLE handle;
    ULONG units = 0, header = 8, size;
    const WCHAR *target = L"target";

    expect(open_file(&handle, "target", FILE_LIST_DIRECTORY, SHARE_ALL, FILE_CREATE, FILE_DIRECTORY_FILE),
           STATUS_SUCCESS);
    NtClose(handle);
    make_file("target\\inside", "1");
    expect(open_file(&handle, "junction", FILE_LIST_DIRECTORY | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES, SHARE_ALL,
                     FILE_CREATE, FILE_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT),
           STATUS_SUCCESS);
    expect(NtFsControlFile(handle, NULL, NULL, NULL, &io, FSCTL_GET_REPARSE_POINT, NULL, 0, &get, sizeof(get)),
           STATUS_NOT_A_REPARSE_POINT);
    for (; folder[units]; units++)
        set.path[units] = folder[units];
    while (*target)
        set.path[units++] = *target++;
    set.tag = TAG_MOUNT_POINT;
    set.substitute_length = units * 2;
    set.print_offset = units * 2 + 2;
    set.length = 8 + units * 2 + 4;
    size = header + set.length;
    expect(NtFsControlFile(handle, NULL, NULL, NULL, &io, FSCTL_SET_REPARSE_POINT, &set, size, NULL, 0), STATUS_SUCCESS);
    expect(NtFsControlFile(handle, NULL, NULL, NULL, &io, FSCTL_GET_REPARSE_POINT, NULL, 0, &get, sizeof(get)),
           STATUS_SUCCESS);
    ok(get.tag == TAG_MOUNT_POINT && get.substitute_length == units * 2 && get.path[0] == '\\' &&
           get.path[units - 1] == 't',
       "tag %lx, %u bytes", get.tag, get.substitute_length);
    NtClose(handle);
    expect(NtQueryAttributesFile(name_of("junction"), &basic), STATUS_SUCCESS);
    ok((basic.FileAttributes & (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY)) ==
           (FILE_ATTRIBUTE_REPARSE_POINT | FILE_ATTRIBUTE_DIRECTORY),
       "attributes %lx", basic.FileAttributes);
    expect(NtQueryAttributesFile(name_of("JUNCTION\\INSIDE"), &basic), STATUS_SUCCESS);
    expect(open_file(&handle, "junction", FILE_WRITE_DATA | DELETE, SHARE_ALL, FILE_OPEN, FILE_OPEN_REPARSE_POINT),
           STATUS_SUCCESS);
    set.length = 0;
    expect(NtFsControlFile(handle, NULL, NULL, NULL, &io, FSCTL_DELETE_REPARSE_POINT, &set, 8, NULL, 0), STATUS_SUCCESS);
    NtClose(handle);
    expect(NtQueryAttributesFile(name_of("junction"), &basic), STATUS_SUCCESS);
    ok(basic.FileAttributes == FILE_ATTRIBUTE_DIRECTORY, "attributes %lx", basic.FileAttributes);
    expect(NtQueryAttributesFile(name_of("junction\\inside"), &basic), STATUS_OBJECT_NAME_NOT_FOUND);
    expect(remove_file("junction"), STATUS_SUCCESS);
    expect(NtQueryAttributesFile(name_of("target\\inside"), &basic), STATUS_SUCCESS);
    remove_file("target\\inside");
    remove_file("target");
}

static void test_sparse(void)
{
    FILE_ZERO_DATA_INFORMATION zero;
    LARGE_INTEGER offset;
    HANDLE handle;
    char text[8];

    make_file("sparse", "0123456789");
    expect(open_file(&handle, "sparse", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(NtFsControlFile(handle, NULL, NULL, NULL, &io, FSCTL_SET_SPARSE, NULL, 0, NULL, 0), STATUS_SUCCESS);
    zero.FileOffset.QuadPart = 2;
    zero.BeyondFinalZero.QuadPart = 5;
    expect(NtFsControlFile(handle, NULL, NULL, NULL, &io, FSCTL_SET_ZERO_DATA, &zero, sizeof(zero), NULL, 0),
           STATUS_SUCCESS);
    offset.QuadPart = 1;
    NtReadFile(handle, NULL, NULL, NULL, &io, text, 6, &offset, NULL);
    ok(text[0] == '1' && !text[1] && !text[3] && text[4] == '5', "zeros");
    NtClose(handle);
    remove_file("sparse");
}

static void test_ea(void)
{
    struct {
        FILE_FULL_EA_INFORMATION info;
        char more[64];
    } ea;
    HANDLE handle;
    const char *text = "name\0value";
    int i;

    make_file("ea", "");
    expect(open_file(&handle, "ea", GENERIC_READ | GENERIC_WRITE, SHARE_ALL, FILE_OPEN, 0), STATUS_SUCCESS);
    expect(NtQueryEaFile(handle, &io, &ea, sizeof(ea), FALSE, NULL, 0, NULL, TRUE), STATUS_NO_EAS_ON_FILE);
    memset(&ea, 0, sizeof(ea));
    ea.info.EaNameLength = 4;
    ea.info.EaValueLength = 5;
    for (i = 0; i < 10; i++)
        ((char *)&ea.info)[offsetof(FILE_FULL_EA_INFORMATION, EaName) + i] = text[i]; /* runs on behind EaName[1] */
    expect(NtSetEaFile(handle, &io, &ea, sizeof(ea)), STATUS_SUCCESS);
    memset(&ea, 0, sizeof(ea));
    expect(NtQueryEaFile(handle, &io, &ea, sizeof(ea), FALSE, NULL, 0, NULL, TRUE), STATUS_SUCCESS);
    ok(ea.info.EaNameLength == 4 && ea.info.EaName[0] == 'N' && ea.info.EaValueLength == 5 && ea.info.EaName[5] == 'v',
       "%u %u", ea.info.EaNameLength, ea.info.EaValueLength);
    NtClose(handle);
    remove_file("ea");
}

START_TESTS
{
    make_folder("ferry-fsctl");
    test_junction();
    test_sparse();
    test_ea();
    remove_file("");
}
