/* The table of builtin commands, and the small ones. */
#include "cmd.h"

static int builtin_help_only(WCHAR *arguments)
{
    return syntax_error();
}

static const struct builtin builtins[] = {
    { L"assoc", builtin_assoc, CLEARS_IN_CMD },
    { L"break", builtin_break, KEEPS_ERRORLEVEL },
    { L"call", builtin_call, KEEPS_ERRORLEVEL },
    { L"cd", builtin_cd, CLEARS_ERRORLEVEL },
    { L"chdir", builtin_cd, CLEARS_ERRORLEVEL },
    { L"cls", builtin_cls, KEEPS_ERRORLEVEL },
    { L"color", builtin_color, CLEARS_ERRORLEVEL },
    { L"copy", builtin_copy, CLEARS_ERRORLEVEL },
    { L"date", builtin_date, CLEARS_ERRORLEVEL },
    { L"del", builtin_del, CLEARS_ERRORLEVEL },
    { L"dir", builtin_dir, CLEARS_ERRORLEVEL },
    { L"dpath", builtin_dpath, CLEARS_IN_CMD },
    { L"echo", builtin_echo, KEEPS_ERRORLEVEL },
    { L"endlocal", builtin_endlocal, KEEPS_ERRORLEVEL },
    { L"erase", builtin_del, CLEARS_ERRORLEVEL },
    { L"exit", builtin_exit, KEEPS_ERRORLEVEL },
    { L"for", builtin_help_only, KEEPS_ERRORLEVEL },
    { L"ftype", builtin_ftype, CLEARS_IN_CMD },
    { L"goto", builtin_goto, KEEPS_ERRORLEVEL },
    { L"if", builtin_help_only, KEEPS_ERRORLEVEL },
    { L"keys", builtin_keys, KEEPS_ERRORLEVEL },
    { L"md", builtin_md, CLEARS_ERRORLEVEL },
    { L"mkdir", builtin_md, CLEARS_ERRORLEVEL },
    { L"mklink", builtin_mklink, CLEARS_ERRORLEVEL },
    { L"move", builtin_move, CLEARS_ERRORLEVEL },
    { L"path", builtin_path, CLEARS_IN_CMD },
    { L"pause", builtin_pause, KEEPS_ERRORLEVEL },
    { L"popd", builtin_popd, KEEPS_ERRORLEVEL },
    { L"prompt", builtin_prompt, CLEARS_IN_CMD },
    { L"pushd", builtin_pushd, CLEARS_ERRORLEVEL },
    { L"rd", builtin_rd, KEEPS_ERRORLEVEL, true },
    { L"rem", builtin_rem, KEEPS_ERRORLEVEL },
    { L"ren", builtin_ren, CLEARS_ERRORLEVEL },
    { L"rename", builtin_ren, CLEARS_ERRORLEVEL },
    { L"rmdir", builtin_rd, KEEPS_ERRORLEVEL, true },
    { L"set", builtin_set, CLEARS_IN_CMD },
    { L"setlocal", builtin_setlocal, CLEARS_ERRORLEVEL },
    { L"shift", builtin_shift, KEEPS_ERRORLEVEL },
    { L"start", builtin_start, KEEPS_ERRORLEVEL },
    { L"time", builtin_time, CLEARS_ERRORLEVEL },
    { L"title", builtin_title, KEEPS_ERRORLEVEL },
    { L"type", builtin_type, CLEARS_ERRORLEVEL },
    { L"ver", builtin_ver, CLEARS_ERRORLEVEL },
    { L"verify", builtin_verify, CLEARS_ERRORLEVEL },
    { L"vol", builtin_vol, CLEARS_ERRORLEVEL },
};

const struct builtin *find_builtin(const WCHAR *name, size_t length)
{
    for (unsigned i = 0; i < ARRAYSIZE(builtins); i++)
        if (!_wcsnicmp(builtins[i].name, name, length) && !builtins[i].name[length]) return &builtins[i];
    return NULL;
}

int builtin_echo(WCHAR *arguments)
{
    const WCHAR *word = skip_blanks(arguments);
    size_t length = wcslen(word);

    while (length && (word[length - 1] == ' ' || word[length - 1] == '\t')) length--;
    bool spaced = !*arguments || *arguments == ' ' || *arguments == '\t' || *arguments == ',' || *arguments == ';' ||
                  *arguments == '=';
    if (spaced && !length) print(L"ECHO is %s.\r\n", shell.echo ? L"on" : L"off");
    else if (spaced && length == 2 && !_wcsnicmp(word, L"on", 2)) shell.echo = true;
    else if (spaced && length == 3 && !_wcsnicmp(word, L"off", 3)) shell.echo = false;
    else print(L"%s\r\n", arguments + 1);
    output_failed = false;
    output_flush();
    if (output_failed) {
        DWORD error = GetLastError();
        if (error == ERROR_NO_DATA || error == ERROR_BROKEN_PIPE)
            return fail_text(L"The process tried to write to a nonexistent pipe.");
        return fail(error ? error : ERROR_WRITE_FAULT);
    }
    return 0;
}

int builtin_rem(WCHAR *arguments)
{
    return 0;
}

int builtin_break(WCHAR *arguments)
{
    return 0; /* Ctrl-C is always looked at */
}

int builtin_keys(WCHAR *arguments)
{
    return 0; /* line editing is always on */
}

int builtin_pause(WCHAR *arguments)
{
    print_text(L"Press any key to continue . . . ");
    output_flush();
    if (read_key() == 3) InterlockedExchange(&shell.interrupted, 1);
    print_text(L"\r\n");
    return 0;
}

int builtin_ver(WCHAR *arguments)
{
    OSVERSIONINFOEXW version = { sizeof(version) };

    RtlGetVersion(&version);
    print(L"\r\nMicrosoft Windows [Version %u.%u.%u.3803]\r\n", version.dwMajorVersion, version.dwMinorVersion,
          version.dwBuildNumber);
    return 0;
}

int builtin_cls(WCHAR *arguments)
{
    CONSOLE_SCREEN_BUFFER_INFO info;
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    COORD home = { 0, 0 };
    DWORD done;

    output_flush();
    if (!GetConsoleScreenBufferInfo(output, &info)) {
        output_to(output, L"\f", 1);
        return 0;
    }
    FillConsoleOutputCharacterW(output, ' ', info.dwSize.X * info.dwSize.Y, home, &done);
    FillConsoleOutputAttribute(output, info.wAttributes, info.dwSize.X * info.dwSize.Y, home, &done);
    SetConsoleCursorPosition(output, home);
    return 0;
}

int builtin_title(WCHAR *arguments)
{
    const WCHAR *title = *arguments ? arguments + 1 : arguments;

    SetConsoleTitleW(title);
    memory_free(shell.title);
    shell.title = copy_text(title);
    return 0;
}

int builtin_color(WCHAR *arguments)
{
    static WORD initial;
    CONSOLE_SCREEN_BUFFER_INFO info;
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    const WCHAR *at = skip_delimiters(arguments);
    WORD attributes = 0;
    DWORD done;
    COORD home = { 0, 0 };
    size_t length = wcscspn(at, L" \t");
    bool console = GetConsoleScreenBufferInfo(output, &info);

    if (console && !initial) initial = info.wAttributes;
    if (length > 2) {
        print_help(L"color");
        return 1;
    }
    for (size_t i = 0; i < length; i++) {
        WCHAR c = towlower(at[i]);
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) {
            print_help(L"color");
            return 1;
        }
        attributes = attributes << 4 | digit;
    }
    if (!length) attributes = initial;
    else if ((attributes & 15) == attributes >> 4) return 1; /* the same colour twice: nothing is done */
    if (!console) return 0;
    output_flush();
    SetConsoleTextAttribute(output, attributes);
    FillConsoleOutputAttribute(output, attributes, info.dwSize.X * info.dwSize.Y, home, &done);
    return 0;
}

int builtin_verify(WCHAR *arguments)
{
    struct words words;
    int result = 0;

    words_split(&words, arguments, true);
    if (!words.count) print(L"VERIFY is %s.\r\n", shell.verify ? L"on" : L"off");
    else if (!_wcsicmp(words.word[0], L"on")) shell.verify = true;
    else if (!_wcsicmp(words.word[0], L"off")) shell.verify = false;
    else result = fail_text(L"An incorrect parameter was\r\nentered for the command.");
    words_free(&words);
    return result;
}

int builtin_prompt(WCHAR *arguments)
{
    const WCHAR *value = skip_delimiters(arguments);

    SetEnvironmentVariableW(L"PROMPT", *value ? value : NULL);
    return 0;
}

static int path_like(const WCHAR *name, const WCHAR *shown, WCHAR *arguments)
{
    const WCHAR *value = skip_blanks(arguments);
    size_t length;

    if (*value == '=') value = skip_blanks(value + 1);
    if (!*value) {
        WCHAR *now = environment_get(name);
        if (now && *now) print(L"%s=%s\r\n", shown, now);
        else print(L"%s=(null)\r\n", shown);
        memory_free(now);
        return 0;
    }
    if (!wcscmp(value, L";")) {
        SetEnvironmentVariableW(name, NULL);
        return 0;
    }
    WCHAR *copy = copy_text(value);
    for (length = wcslen(copy); length && copy[length - 1] == ' ';) copy[--length] = 0;
    SetEnvironmentVariableW(name, copy);
    memory_free(copy);
    return 0;
}

int builtin_path(WCHAR *arguments)
{
    return path_like(L"PATH", L"PATH", arguments);
}

int builtin_dpath(WCHAR *arguments)
{
    return path_like(L"DPATH", L"DPATH", arguments);
}

/* " Volume in drive C is X" and the serial number of the drive of `path`. */
int print_volume(const WCHAR *path)
{
    WCHAR root[4] = { towupper(*path), ':', '\\', 0 }, label[MAX_PATH];
    DWORD serial;

    if (!GetVolumeInformationW(root, label, MAX_PATH, &serial, NULL, NULL, NULL, 0)) return fail(GetLastError());
    if (*label) print(L" Volume in drive %c is %s\r\n", root[0], label);
    else print(L" Volume in drive %c has no label.\r\n", root[0]);
    print(L" Volume Serial Number is %04X-%04X\r\n", serial >> 16, serial & 0xffff);
    return 0;
}

int builtin_vol(WCHAR *arguments)
{
    const WCHAR *at = skip_delimiters(arguments);
    WCHAR *directory;
    int result;

    if (*at) {
        if (at[1] != ':' || *skip_delimiters(at + 2)) return fail(ERROR_INVALID_NAME);
        return print_volume(at);
    }
    directory = variable_value(L"CD", 2);
    result = print_volume(directory);
    memory_free(directory);
    return result;
}
