/* sort.exe: lines in order. */
#include "tool.h"

static const WCHAR usage[] =
    L"Sorts lines.\r\n\r\n"
    L"SORT [/R] [/+n] [/M kilobytes] [/L locale] [/REC recordbytes] [/C] [/UNIQ]\r\n"
    L"  [[drive1:][path1]filename1] [/T [drive2:][path2]] [/O [drive3:][path3]filename3]\r\n\r\n"
    L"  /+n        Compares from the n-th character of each line.\r\n"
    L"  /C[ASE_SENSITIVE]  Case matters.\r\n"
    L"  /UNIQ[UE]  Equal lines once.\r\n"
    L"  /L[OCALE] C  By the codes of the characters instead of the user's order.\r\n"
    L"  /R[EVERSE] The other way round.\r\n"
    L"  /O[UTPUT]  Writes to a file.\r\n"
    L"  /M[EMORY], /REC[ORD_MAXIMUM], /T[EMPORARY]  Accepted.\r\n"
    L"  filename1  The file; without it, standard input.\r\n";

static int column = 1;
static bool reversed, sensitive, unique, by_codes;

static int compare(const WCHAR *a, const WCHAR *b)
{
    size_t first = wcslen(a), second = wcslen(b);

    a += (size_t)column - 1 < first ? (size_t)column - 1 : first;
    b += (size_t)column - 1 < second ? (size_t)column - 1 : second;
    int order = by_codes ? sensitive ? wcscmp(a, b) : _wcsicmp(a, b)
                         : CompareStringW(LOCALE_USER_DEFAULT, SORT_STRINGSORT | (sensitive ? 0 : NORM_IGNORECASE), a, -1, b, -1) - 2;
    return reversed ? -order : order;
}

/* Merge sort: equal lines stay in their order. */
static void sort_lines(WCHAR **lines, WCHAR **other, size_t count)
{
    size_t half = count / 2, a = 0, b = half, out = 0;

    if (count < 2) return;
    sort_lines(lines, other, half);
    sort_lines(lines + half, other, count - half);
    memcpy(other, lines, count * sizeof(*lines));
    while (a < half || b < count) lines[out++] = b == count || (a < half && compare(other[a], other[b]) <= 0) ? other[a++] : other[b++];
}

/* The switch by any unambiguous beginning of its name. */
static bool begins(const WCHAR *word, const WCHAR *name, size_t least)
{
    size_t length = wcslen(word);

    return length >= least && length <= wcslen(name) && !_wcsnicmp(word, name, length);
}

int run(int argc, WCHAR **argv)
{
    const WCHAR *input = NULL, *output = NULL;
    struct line_reader reader = { 0 };
    WCHAR **lines = NULL, *line;
    size_t count = 0, room = 0, length;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        const WCHAR *word = argv[i];
        if (*word != '/' && !(*word == '-' && word[1])) {
            if (input) {
                complain(L"Input file specified two times.\r\n");
                return 1;
            }
            input = word;
            continue;
        }
        word++;
        if (*word == '+') {
            WCHAR *end;
            column = wcstol(word + 1, &end, 10);
            if (*end || column < 1) goto invalid;
        } else if (begins(word, L"reverse", 1) && _wcsnicmp(word, L"rec", 3)) reversed = true;
        else if (begins(word, L"case_sensitive", 1)) sensitive = true;
        else if (begins(word, L"unique", 1)) unique = true;
        else if (begins(word, L"output", 1) && i + 1 < argc) output = argv[++i];
        else if (begins(word, L"locale", 1) && i + 1 < argc) {
            i++;
            if (!_wcsicmp(argv[i], L"c")) by_codes = true;
            else {
                complain(L"%s is not a valid locale.\r\n", argv[i]);
                return 1;
            }
        } else if ((begins(word, L"memory", 1) || begins(word, L"record_maximum", 3) || begins(word, L"temporary", 1)) && i + 1 < argc) i++;
        else goto invalid;
        continue;
    invalid:
        complain(L"Invalid switch.\r\n");
        return 1;
    }
    reader.handle = input ? CreateFileW(input, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL)
                          : GetStdHandle(STD_INPUT_HANDLE);
    if (reader.handle == INVALID_HANDLE_VALUE) {
        complain(L"%s", input);
        complain_error(GetLastError());
        return 1;
    }
    while ((line = read_line(&reader, &length))) {
        if (count == room) lines = memory_resize(lines, (room = room ? room * 2 : 1024) * sizeof(*lines));
        lines[count++] = line;
    }
    if (input) CloseHandle(reader.handle);
    WCHAR **other = memory_get((count + 1) * sizeof(*other));
    sort_lines(lines, other, count);
    HANDLE target = GetStdHandle(STD_OUTPUT_HANDLE);
    if (output) {
        target = CreateFileW(output, GENERIC_WRITE, FILE_SHARE_READ, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
        if (target == INVALID_HANDLE_VALUE) {
            complain_error(GetLastError());
            return 1;
        }
        SetStdHandle(STD_OUTPUT_HANDLE, target);
    }
    for (size_t i = 0; i < count; i++) {
        if (unique && i && !compare(lines[i - 1], lines[i])) continue;
        print_text(lines[i]);
        print_text(L"\r\n");
    }
    output_flush();
    return output_failed;
}
