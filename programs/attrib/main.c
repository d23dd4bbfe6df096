/* attrib.exe: attributes of files. */
#include "tool.h"

static const WCHAR usage[] =
    L"Shows or changes the attributes of files.\r\n\r\n"
    L"ATTRIB [+R | -R] [+A | -A] [+S | -S] [+H | -H] [+O | -O] [+I | -I]\r\n"
    L"       [drive:][path][filename] [/S [/D]] [/L]\r\n\r\n"
    L"  +  Sets an attribute.\r\n"
    L"  -  Takes it away.\r\n"
    L"  R  Read only.\r\n"
    L"  A  Archive.\r\n"
    L"  S  System.\r\n"
    L"  H  Hidden.\r\n"
    L"  O  Offline.\r\n"
    L"  I  Not indexed.\r\n"
    L"  /S  In all subfolders too.\r\n"
    L"  /D  Folders too.\r\n"
    L"  /L  Links themselves, not what they lead to.\r\n";

static const struct {
    WCHAR letter;
    DWORD bit;
    int column;
} letters[] = { { 'A', FILE_ATTRIBUTE_ARCHIVE, 0 }, { 'S', FILE_ATTRIBUTE_SYSTEM, 3 }, { 'H', FILE_ATTRIBUTE_HIDDEN, 4 },
                { 'R', FILE_ATTRIBUTE_READONLY, 5 }, { 'O', FILE_ATTRIBUTE_OFFLINE, 7 },
                { 'I', FILE_ATTRIBUTE_NOT_CONTENT_INDEXED, 8 } };

static DWORD set, clear;
static bool subfolders, folders;
static int result;

static void one(const WCHAR *path, DWORD attributes)
{
    if (!set && !clear) {
        WCHAR shown[22];
        for (int i = 0; i < 21; i++) shown[i] = ' ';
        shown[21] = 0;
        for (unsigned i = 0; i < ARRAYSIZE(letters); i++)
            if (attributes & letters[i].bit) shown[letters[i].column] = letters[i].letter;
        print(L"%s%s\r\n", shown, path);
        return;
    }
    /* Hidden and system files change only when that is what is changed. */
    DWORD guarded = attributes & (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM) & ~(set | clear);
    if (guarded) {
        complain(guarded & FILE_ATTRIBUTE_SYSTEM ? L"Not resetting system file - %s\r\n" : L"Not resetting hidden file - %s\r\n", path);
        return;
    }
    DWORD wanted = ((attributes | set) & ~clear) & (FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_HIDDEN |
                   FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_OFFLINE | FILE_ATTRIBUTE_NOT_CONTENT_INDEXED);
    if (!SetFileAttributesW(path, wanted ? wanted : FILE_ATTRIBUTE_NORMAL)) {
        WCHAR *text = error_text(GetLastError());
        complain(L"Unable to change attribute - %s\r\n", path);
        memory_free(text);
        result = 1;
    }
}

static bool walk(const WCHAR *folder, const WCHAR *pattern)
{
    WCHAR *path = path_join(folder, pattern);
    WIN32_FIND_DATAW data;
    bool found = false, named = !wcspbrk(pattern, L"*?");
    HANDLE find = FindFirstFileW(path, &data);

    memory_free(path);
    if (find != INVALID_HANDLE_VALUE) {
        do {
            if (!wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L"..")) continue;
            if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY && !folders && !named) continue;
            path = path_join(folder, data.cFileName);
            one(path, data.dwFileAttributes);
            memory_free(path);
            found = true;
        } while (FindNextFileW(find, &data));
        FindClose(find);
    }
    if (!subfolders) return found;
    path = path_join(folder, L"*");
    find = FindFirstFileW(path, &data);
    memory_free(path);
    if (find == INVALID_HANDLE_VALUE) return found;
    do {
        if (!(data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) || data.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT ||
            !wcscmp(data.cFileName, L".") || !wcscmp(data.cFileName, L".."))
            continue;
        path = path_join(folder, data.cFileName);
        if (walk(path, pattern)) found = true;
        memory_free(path);
    } while (FindNextFileW(find, &data));
    FindClose(find);
    return found;
}

int run(int argc, WCHAR **argv)
{
    const WCHAR *name = L"*";
    int names = 0;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        const WCHAR *word = argv[i];
        if (*word == '+' || *word == '-') {
            for (const WCHAR *at = word; *at; at++) {
                DWORD *to = *word == '+' ? &set : &clear, bit = 0;
                if (*at == '+' || *at == '-') {
                    word = at;
                    continue;
                }
                for (unsigned k = 0; k < ARRAYSIZE(letters); k++)
                    if (letters[k].letter == towupper(*at)) bit = letters[k].bit;
                if (!bit) {
                    complain(L"Parameter format not correct -\r\n");
                    return 1;
                }
                *to |= bit;
            }
        } else if (is_switch(word, L"s")) subfolders = true;
        else if (is_switch(word, L"d")) folders = true;
        else if (is_switch(word, L"l")) {}
        else if (*word == '/') {
            complain(L"Invalid switch - %s\r\n", word);
            return 1;
        } else {
            name = word;
            names++;
        }
    }
    if (names > 1) {
        complain(L"Parameter format not correct -\r\n");
        return 1;
    }
    WCHAR *full = path_full(name);
    if (!full) {
        complain_error(GetLastError());
        return 1;
    }
    WCHAR *folder = copy_part(full, path_name(full) - full);
    if (!walk(folder, path_name(full))) {
        DWORD attributes = GetFileAttributesW(folder);
        if (attributes == INVALID_FILE_ATTRIBUTES) complain(L"Path not found - %s\r\n", folder);
        else complain(L"File not found - %s\r\n", full);
        return names ? 1 : 0;
    }
    return result;
}
