/* cmd.exe: options, start-up, and the end. */
#include "cmd.h"

static BOOL WINAPI on_control(DWORD event)
{
    if (event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT) return FALSE;
    InterlockedExchange(&shell.interrupted, 1);
    return TRUE;
}

struct options {
    const WCHAR *command; /* of /c and /k; NULL: none */
    bool keep;            /* /k */
    bool strip;           /* /s */
    bool quiet;           /* /q */
    const WCHAR *color;
};

/* The quotes around a command: they stay only when there are exactly two, nothing special between, a blank, and the text
 * names a program. Else the first and the last one go. (CMD /?) */
static WCHAR *command_text(const WCHAR *text, bool strip)
{
    WCHAR *copy = copy_text(skip_blanks(text)), *last;
    int quotes = 0;
    bool special = false, blank = false;

    if (*copy != '"') return copy;
    for (const WCHAR *at = copy; *at; at++) {
        if (*at == '"') quotes++;
        else if (quotes == 1 && wcschr(L"&<>()@^|", *at)) special = true;
        else if (quotes == 1 && *at == ' ') blank = true;
    }
    if (!strip && quotes == 2 && !special && blank) {
        const WCHAR *end = wcschr(copy + 1, '"');
        WCHAR *name = copy_part(copy + 1, end - copy - 1), *program = find_program(name);
        memory_free(name);
        if (program) {
            memory_free(program);
            return copy;
        }
    }
    last = wcsrchr(copy + 1, '"');
    if (last) memmove(last, last + 1, (wcslen(last + 1) + 1) * sizeof(WCHAR));
    memmove(copy, copy + 1, (wcslen(copy + 1) + 1) * sizeof(WCHAR));
    return copy;
}

static bool on_or_off(const WCHAR *at, bool *value)
{
    if (!_wcsnicmp(at, L":off", 4)) *value = false;
    else *value = true;
    return true;
}

static void parse_options(const WCHAR *line, struct options *options)
{
    bool quoted = false;

    while (*line == ' ' || *line == '\t') line++;
    for (; *line && (quoted || (*line != ' ' && *line != '\t' && (*line != '/' || !quoted))); line++) {
        if (*line == '"') quoted = !quoted;
        if (*line == '/' && !quoted && line[1] && !wcschr(line + 1, '\\') && wcschr(L"ckCK", line[1])) break;
    }
    for (;;) {
        line = skip_delimiters(line);
        if (*line != '/') break;
        WCHAR letter = towlower(line[1]);
        const WCHAR *next = line + 2;
        bool value;
        if (letter == 'c' || letter == 'k' || letter == 'r') {
            options->command = next;
            options->keep = letter == 'k';
            return;
        }
        switch (letter) {
        case 's': options->strip = true; break;
        case 'q': options->quiet = true; break;
        case 'd': shell.no_autorun = true; break;
        case 'a': output_unicode = false; break;
        case 'u': output_unicode = true; break;
        case 'e': on_or_off(next, &value), shell.extensions = value; break;
        case 'x': shell.extensions = true; break;
        case 'y': shell.extensions = false; break;
        case 'v': on_or_off(next, &value), shell.delayed = value; break;
        case 'f': on_or_off(next, &value), shell.complete_names = value; break;
        case 't': options->color = next + (*next == ':'); break;
        case '?':
            print_help(L"cmd");
            output_flush();
            ExitProcess(0);
        }
        while (*next && *next != '/' && !is_delimiter(*next)) next++;
        line = next;
    }
}

static void run_text(const WCHAR *text)
{
    struct input input = { .text = text };

    run_input(&input);
}

static void auto_run(HKEY root)
{
    WCHAR command[2048];
    DWORD size = sizeof(command);

    if (!RegGetValueW(root, L"Software\\Microsoft\\Command Processor", L"AutoRun", RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ, NULL,
                      command, &size) && *command) {
        run_text(command);
        shell.unwind = UNWIND_NONE;
    }
}

static void settings_of(HKEY root)
{
    DWORD value, size = sizeof(value);
    const WCHAR *key = L"Software\\Microsoft\\Command Processor";

    if (!RegGetValueW(root, key, L"EnableExtensions", RRF_RT_REG_DWORD, NULL, &value, &size)) shell.extensions = value != 0;
    size = sizeof(value);
    if (!RegGetValueW(root, key, L"DelayedExpansion", RRF_RT_REG_DWORD, NULL, &value, &size)) shell.delayed = value != 0;
}

static void set_default(const WCHAR *name, const WCHAR *value)
{
    WCHAR *now = environment_get(name);

    if (!now) SetEnvironmentVariableW(name, value);
    memory_free(now);
}

void mainCRTStartup(void)
{
    struct options options = { 0 };
    WCHAR *self = own_path(), *text;
    int code;

    shell.extensions = shell.echo = true;
    settings_of(HKEY_LOCAL_MACHINE);
    settings_of(HKEY_CURRENT_USER);
    parse_options(GetCommandLineW(), &options);
    shell.one_command = options.command && !options.keep;
    if (options.quiet) shell.echo = false;
    set_default(L"COMSPEC", self);
    set_default(L"PROMPT", L"$P$G");
    set_default(L"PATHEXT", L".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC");
    memory_free(self);
    if (!shell.one_command || is_console(GetStdHandle(STD_INPUT_HANDLE))) SetConsoleCtrlHandler(on_control, TRUE);
    if (options.color) {
        WCHAR *color = copy_part(options.color, 2);
        builtin_color(color);
        memory_free(color);
    }
    if (!shell.no_autorun) {
        auto_run(HKEY_LOCAL_MACHINE);
        auto_run(HKEY_CURRENT_USER);
    }
    if (options.command) {
        text = command_text(options.command, options.strip);
        run_text(text);
        memory_free(text);
        if (shell.unwind != UNWIND_EXIT) shell.unwind = UNWIND_NONE;
    } else {
        OSVERSIONINFOEXW version = { sizeof(version) };
        RtlGetVersion(&version);
        print(L"Microsoft Windows [Version %u.%u.%u.3803]\r\nFerry command shell\r\n", version.dwMajorVersion,
              version.dwMinorVersion, version.dwBuildNumber);
    }
    if (!shell.one_command && !shell.unwind) {
        struct input input = { .from_console = true };
        run_input(&input);
    }
    output_flush();
    code = shell.unwind == UNWIND_EXIT ? shell.exit_code : shell.errorlevel;
    if (code == 9009 && shell.one_command && shell.unwind != UNWIND_EXIT) code = 1;
    ExitProcess(code);
}
