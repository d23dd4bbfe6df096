/* reg.exe: the registry from the command line. */
#include "reg.h"

#define VIEWS L"  /reg:32  The view of 32-bit programs.\r\n  /reg:64  The view of 64-bit programs.\r\n"
#define KEY_HELP L"  KeyName  [\\\\Machine\\]ROOT\\SubKey; ROOT is HKLM, HKCU, HKCR, HKU, HKCC or the long name.\r\n"

static const struct {
    const WCHAR *name;
    int (*run)(int argc, WCHAR **argv);
    const WCHAR *usage;
} commands[] = {
    { L"QUERY", command_query,
      L"\r\nREG QUERY KeyName [/v [ValueName] | /ve] [/s] [/f Data [/k] [/d] [/c] [/e]]\r\n"
      L"          [/t Type] [/z] [/se Separator] [/reg:32 | /reg:64]\r\n\r\n" KEY_HELP
      L"  /v       One value, or with /f only the names of values are searched.\r\n"
      L"  /ve      The value without a name.\r\n  /s       All subkeys too.\r\n"
      L"  /f       What to look for; * and ? match. /k in names of keys only, /d in data only,\r\n"
      L"           /c with case, /e whole texts only.\r\n"
      L"  /t       Values of this type only.\r\n  /z       Types with their numbers.\r\n"
      L"  /se      What stands between the strings of a REG_MULTI_SZ (default \\0).\r\n" VIEWS },
    { L"ADD", command_add,
      L"\r\nREG ADD KeyName [/v ValueName | /ve] [/t Type] [/s Separator] [/d Data] [/f]\r\n"
      L"        [/reg:32 | /reg:64]\r\n\r\n" KEY_HELP
      L"  /v       The value's name.\r\n  /ve      The value without a name.\r\n"
      L"  /t       REG_SZ (default), REG_MULTI_SZ, REG_EXPAND_SZ, REG_DWORD, REG_QWORD,\r\n"
      L"           REG_BINARY, REG_NONE.\r\n"
      L"  /s       The character between the strings of a REG_MULTI_SZ (default \\0).\r\n"
      L"  /d       The data.\r\n  /f       Replaces a value without asking.\r\n" VIEWS },
    { L"DELETE", command_delete,
      L"\r\nREG DELETE KeyName [/v ValueName | /ve | /va] [/f] [/reg:32 | /reg:64]\r\n\r\n" KEY_HELP
      L"  /v       One value.\r\n  /ve      The value without a name.\r\n  /va      All values, no subkey.\r\n"
      L"           Without these: the key with all below it.\r\n  /f       Does not ask.\r\n" VIEWS },
    { L"COPY", command_copy,
      L"\r\nREG COPY KeyName1 KeyName2 [/s] [/f] [/reg:32 | /reg:64]\r\n\r\n" KEY_HELP
      L"  /s       All subkeys too.\r\n  /f       Replaces values without asking.\r\n" VIEWS },
    { L"SAVE", command_save,
      L"\r\nREG SAVE KeyName FileName [/y] [/reg:32 | /reg:64]\r\n\r\n" KEY_HELP
      L"  FileName The hive file to write.\r\n  /y       Replaces a file without asking.\r\n" VIEWS },
    { L"RESTORE", command_restore,
      L"\r\nREG RESTORE KeyName FileName [/reg:32 | /reg:64]\r\n\r\n" KEY_HELP
      L"  FileName A hive file; what it holds takes the place of what the key holds.\r\n" VIEWS },
    { L"LOAD", command_load,
      L"\r\nREG LOAD KeyName FileName [/reg:32 | /reg:64]\r\n\r\n"
      L"  KeyName  HKLM\\Name or HKU\\Name, which comes to be.\r\n  FileName The hive file.\r\n" VIEWS },
    { L"UNLOAD", command_unload, L"\r\nREG UNLOAD KeyName\r\n\r\n  KeyName  HKLM\\Name or HKU\\Name, made by REG LOAD.\r\n" },
    { L"COMPARE", command_compare,
      L"\r\nREG COMPARE KeyName1 KeyName2 [/v ValueName | /ve] [/oa | /od | /os | /on] [/s]\r\n"
      L"            [/reg:32 | /reg:64]\r\n\r\n" KEY_HELP
      L"  /oa      Shows what is the same and what is not.\r\n  /od      Shows what is not the same (default).\r\n"
      L"  /os      Shows what is the same.\r\n  /on      Shows nothing.\r\n  /s       All subkeys too.\r\n" VIEWS
      L"\r\nThe exit code is 0 if they are identical, 1 after an error, 2 if they differ.\r\n" },
    { L"EXPORT", command_export,
      L"\r\nREG EXPORT KeyName FileName [/y] [/reg:32 | /reg:64]\r\n\r\n" KEY_HELP
      L"  FileName The .reg file to write.\r\n  /y       Replaces a file without asking.\r\n" VIEWS },
    { L"IMPORT", command_import, L"\r\nREG IMPORT FileName [/reg:32 | /reg:64]\r\n\r\n  FileName A .reg file.\r\n" VIEWS },
};

static const WCHAR usage[] =
    L"\r\nREG Operation [Parameters]\r\n\r\n"
    L"  Operation  QUERY, ADD, DELETE, COPY, SAVE, LOAD, UNLOAD, RESTORE, COMPARE,\r\n"
    L"             EXPORT or IMPORT\r\n\r\n"
    L"The exit code is 0 after success, 1 after a failure (REG COMPARE: see there).\r\n\r\n"
    L"REG Operation /? tells more.\r\n";

REGSAM view;
const WCHAR *command = L"";

int syntax_error(void)
{
    complain(L"ERROR: Invalid syntax.\r\nType \"REG %s/?\" for usage.\r\n", command);
    return 1;
}

int fail(LSTATUS error)
{
    WCHAR *text;

    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) {
        complain(L"ERROR: The system was unable to find the specified registry key or value.\r\n");
        return 1;
    }
    text = error_text((DWORD)error);
    complain(L"ERROR: %s", text);
    memory_free(text);
    return 1;
}

int succeed(void)
{
    print_text(L"The operation completed successfully.\r\n");
    return 0;
}

bool confirm(const WCHAR *format, ...)
{
    WCHAR line[2048];
    va_list list;
    bool yes = false;

    va_start(list, format);
    _vsnwprintf(line, 2047, format, list);
    va_end(list);
    line[2047] = 0;
    for (;;) {
        struct line_reader reader = { .handle = GetStdHandle(STD_INPUT_HANDLE) };
        size_t length;
        print(L"%s (Yes/No)? ", line);
        output_flush();
        WCHAR *answer = read_line(&reader, &length);
        reader_free(&reader);
        if (!answer) break;
        WCHAR first = answer[0] | 0x20;
        memory_free(answer);
        if (first != 'y' && first != 'n') continue;
        yes = first == 'y';
        break;
    }
    if (!yes) print_text(L"The operation was canceled by the user.\r\n");
    return yes;
}

/* Takes /reg:32 and /reg:64 out of the arguments. false: both. */
static bool take_view(int *argc, WCHAR **argv)
{
    int kept = 0;
    bool sound = true;

    for (int i = 0; i < *argc; i++) {
        bool is32 = is_switch(argv[i], L"reg:32"), is64 = is_switch(argv[i], L"reg:64");
        if (!is32 && !is64) argv[kept++] = argv[i];
        else if (view) sound = false;
        else view = is32 ? KEY_WOW64_32KEY : KEY_WOW64_64KEY;
    }
    *argc = kept;
    return sound;
}

int run(int argc, WCHAR **argv)
{
    if (argc < 2) return syntax_error();
    if (is_switch(argv[1], L"?")) {
        print_text(usage);
        return 0;
    }
    for (unsigned i = 0; i < ARRAYSIZE(commands); i++) {
        static WCHAR with_blank[16];
        if (CompareStringOrdinal(argv[1], -1, commands[i].name, -1, TRUE) != CSTR_EQUAL) continue;
        _snwprintf(with_blank, 15, L"%s ", commands[i].name);
        command = with_blank;
        if (argc == 3 && is_switch(argv[2], L"?")) {
            print_text(commands[i].usage);
            return 0;
        }
        argc -= 2;
        argv += 2;
        return argc && take_view(&argc, argv) ? commands[i].run(argc, argv) : syntax_error();
    }
    return syntax_error();
}
