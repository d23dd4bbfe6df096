/* tree.com, here tree.exe: folders as a tree. */
#include "tool.h"

static const WCHAR usage[] =
    L"Shows the folders of a drive or path as a tree.\r\n\r\n"
    L"TREE [drive:][path] [/F] [/A]\r\n\r\n"
    L"   /F   With the files in them.\r\n"
    L"   /A   With ASCII characters instead of lines.\r\n";

static bool files, ascii;
static ULONG count;

struct names {
    WCHAR **name;
    size_t count;
};

static int by_name(const void *a, const void *b)
{
    return _wcsicmp(*(WCHAR *const *)a, *(WCHAR *const *)b);
}

static void read_names(const WCHAR *folder, bool wanted, struct names *names)
{
    WCHAR *pattern = path_join(folder, L"*");
    WIN32_FIND_DATAW data;
    HANDLE find = FindFirstFileW(pattern, &data);

    *names = (struct names){ 0 };
    memory_free(pattern);
    if (find == INVALID_HANDLE_VALUE) return;
    do {
        bool folder_entry = data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;
        if (folder_entry != wanted || data.dwFileAttributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM) ||
            !wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L".."))
            continue;
        names->name = memory_resize(names->name, (names->count + 1) * sizeof(*names->name));
        names->name[names->count++] = copy_text(data.cFileName);
    } while (FindNextFileW(find, &data));
    FindClose(find);
    if (names->count) qsort(names->name, names->count, sizeof(*names->name), by_name);
}

static void show(const WCHAR *folder, const WCHAR *indent)
{
    struct names names;

    if (files) {
        struct names folders;
        read_names(folder, true, &folders);
        read_names(folder, false, &names);
        const WCHAR *bar = folders.count ? ascii ? L"|   " : L"\x2502   " : L"    ";
        for (size_t i = 0; i < names.count; i++) print(L"%s%s%s\r\n", indent, bar, names.name[i]);
        if (names.count) print(L"%s%s\r\n", indent, bar);
    }
    read_names(folder, true, &names);
    for (size_t i = 0; i < names.count; i++) {
        bool last = i + 1 == names.count;
        struct text deeper = { 0 };
        WCHAR *path = path_join(folder, names.name[i]);
        count++;
        print(L"%s%s%s\r\n", indent, ascii ? last ? L"\\---" : L"+---" : last ? L"\x2514\x2500\x2500\x2500" : L"\x251c\x2500\x2500\x2500", names.name[i]);
        text_add_string(&deeper, indent);
        text_add_string(&deeper, last ? L"    " : ascii ? L"|   " : L"\x2502   ");
        if (!(GetFileAttributesW(path) & FILE_ATTRIBUTE_REPARSE_POINT)) show(path, deeper.data);
        text_free(&deeper);
        memory_free(path);
    }
}

int run(int argc, WCHAR **argv)
{
    const WCHAR *name = NULL;
    WCHAR label[MAX_PATH];
    DWORD serial;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        if (is_switch(argv[i], L"f")) files = true;
        else if (is_switch(argv[i], L"a")) ascii = true;
        else if (*argv[i] == '/') {
            complain(L"Invalid switch - %s\r\n", argv[i]);
            return 1;
        } else if (name) {
            complain(L"Too many parameters - %s\r\n", argv[i]);
            return 1;
        } else name = argv[i];
    }
    WCHAR *full = path_full(name ? name : L"."), root[4] = { full ? full[0] : 'C', ':', '\\', 0 };
    if (full && GetVolumeInformationW(root, label, ARRAYSIZE(label), &serial, NULL, NULL, NULL, 0)) {
        if (*label) print(L"Folder PATH listing for volume %s\r\n", label);
        else print_text(L"Folder PATH listing\r\n");
        print(L"Volume serial number is %04X-%04X\r\n", serial >> 16, serial & 0xffff);
    }
    if (!full || !path_is_folder(full)) {
        print(L"%s\r\nInvalid path - %s\r\n", full ? full : name, full && full[1] == ':' ? full + 2 : name);
        return 1;
    }
    if (name) print(L"%s\r\n", _wcsupr(copy_text(full)));
    else print(L"%c:.\r\n", full[0]);
    show(full, L"");
    if (!count) print_text(L"No subfolders exist \r\n");
    print_text(L"\r\n");
    return 0;
}
