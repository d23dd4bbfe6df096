/* shellapi.h: CommandLineToArgvW. */
#include "shell32.h"

static bool blank(WCHAR c)
{
    return c == ' ' || c == '\t';
}

/* Splits `line` into `to` (NULL: only counts), terminators included in `*units`. The program's name ends at the next
 * quote or blank and knows no backslashes; behind it, 2n backslashes and a quote give n backslashes, 2n+1 give n and
 * the quote, and "" inside quotes is a quote (reference, remarks). */
static int split(const WCHAR *line, WCHAR *to, WCHAR **argv, size_t *units)
{
    int count = 0;
    size_t out = 0;

#define PUT(c) do { if (to) to[out] = (c); out++; } while (0)
    if (argv) argv[count] = to;
    count++;
    if (*line == '"') {
        for (line++; *line && *line != '"'; line++) PUT(*line);
        if (*line) line++;
    } else {
        for (; *line && !blank(*line); line++) PUT(*line);
    }
    PUT(0);
    for (;;) {
        bool quoted = false;
        while (blank(*line)) line++;
        if (!*line) break;
        if (argv) argv[count] = to + out;
        count++;
        while (*line && (quoted || !blank(*line))) {
            size_t slashes = 0;
            while (*line == '\\') slashes++, line++;
            if (*line != '"') {
                while (slashes--) PUT('\\');
                if (!*line || (!quoted && blank(*line))) break;
                PUT(*line);
                line++;
                continue;
            }
            for (size_t i = 0; i < slashes / 2; i++) PUT('\\');
            line++;
            if (slashes & 1) PUT('"');
            else if (quoted && *line == '"') {
                PUT('"');
                line++;
            } else quoted = !quoted;
        }
        PUT(0);
    }
#undef PUT
    *units = out;
    return count;
}

/* One block, freed with LocalFree. An empty line gives the program's path. */
WCHAR **WINAPI CommandLineToArgvW(const WCHAR *line, int *argc)
{
    WCHAR path[MAX_PATH], **argv;
    size_t units;
    int count;

    if (!argc || !line) {
        SetLastError(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!*line) {
        WCHAR *to = path;
        DWORD length = GetModuleFileNameW(NULL, path, MAX_PATH);
        argv = RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, 2 * sizeof(WCHAR *) + (length + 1) * sizeof(WCHAR));
        if (!argv) return NULL;
        argv[0] = (WCHAR *)(argv + 2);
        argv[1] = NULL;
        memcpy(argv[0], to, (length + 1) * sizeof(WCHAR));
        *argc = 1;
        return argv;
    }
    count = split(line, NULL, NULL, &units);
    argv = RtlAllocateHeap(ferry_peb()->ProcessHeap, 0, (count + 1) * sizeof(WCHAR *) + units * sizeof(WCHAR));
    if (!argv) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    split(line, (WCHAR *)(argv + count + 1), argv, &units);
    argv[count] = NULL;
    *argc = count;
    return argv;
}
