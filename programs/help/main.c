/* help.exe: the commands, and the help of one. */
#include "tool.h"

static const struct {
    const WCHAR *name, *text;
} commands[] = {
    { L"ASSOC", L"Shows or changes file types of extensions." }, { L"ATTRIB", L"Shows or changes attributes of files." },
    { L"BREAK", L"Accepted for older scripts." }, { L"CALL", L"Calls a batch file or a subroutine." },
    { L"CD", L"Shows or changes the current folder." }, { L"CHCP", L"Shows or sets the code page." },
    { L"CHDIR", L"Shows or changes the current folder." }, { L"CHOICE", L"Asks for one of a list of keys." },
    { L"CLS", L"Clears the screen." }, { L"CMD", L"Starts a command interpreter." }, { L"COLOR", L"Sets the colours of the console." },
    { L"COPY", L"Copies and joins files." }, { L"DATE", L"Shows or sets the date." }, { L"DEL", L"Deletes files." },
    { L"DIR", L"Lists files and folders." }, { L"ECHO", L"Shows a text, or switches the echo." },
    { L"ENDLOCAL", L"Ends what SETLOCAL began." }, { L"ERASE", L"Deletes files." }, { L"EXIT", L"Ends the shell or batch file." },
    { L"FIND", L"Searches for a text in files." }, { L"FINDSTR", L"Searches for texts and patterns in files." },
    { L"FOR", L"Runs a command for each item of a set." }, { L"FTYPE", L"Shows or changes commands of file types." },
    { L"GOTO", L"Goes on behind a label." }, { L"HELP", L"Shows this." }, { L"HOSTNAME", L"Shows the computer's name." },
    { L"IF", L"Runs a command under a condition." }, { L"MD", L"Makes a folder." }, { L"MKDIR", L"Makes a folder." },
    { L"MKLINK", L"Makes links." }, { L"MORE", L"Shows text by screenfuls." }, { L"MOVE", L"Moves files and folders." },
    { L"PATH", L"Shows or sets the search path." }, { L"PAUSE", L"Waits for a key." }, { L"POPD", L"Goes back to PUSHD's folder." },
    { L"PROMPT", L"Changes the prompt." }, { L"PUSHD", L"Changes the folder and remembers the old one." },
    { L"RD", L"Removes a folder." }, { L"REM", L"A remark." }, { L"REN", L"Renames files." }, { L"RENAME", L"Renames files." },
    { L"RMDIR", L"Removes a folder." }, { L"SET", L"Shows and sets variables." }, { L"SETLOCAL", L"Keeps changes of variables local." },
    { L"SHIFT", L"Moves arguments of a batch file." }, { L"SORT", L"Sorts lines." }, { L"START", L"Starts a program." },
    { L"TASKKILL", L"Ends processes." }, { L"TASKLIST", L"Shows processes." }, { L"TIME", L"Shows or sets the time." },
    { L"TIMEOUT", L"Waits." }, { L"TITLE", L"Sets the window's title." }, { L"TREE", L"Shows folders as a tree." },
    { L"TYPE", L"Shows files." }, { L"VER", L"Shows the version." }, { L"VERIFY", L"Says whether writing is verified." },
    { L"VOL", L"Shows label and serial number of a volume." }, { L"WHERE", L"Shows where files are." },
    { L"WHOAMI", L"Shows the user." }, { L"XCOPY", L"Copies files and trees." },
};

/* Runs `NAME /?` through the shell. */
static int ask_shell(const WCHAR *name)
{
    STARTUPINFOW startup = { .cb = sizeof(startup) };
    PROCESS_INFORMATION process;
    struct text line = { 0 };
    DWORD code = 1;

    text_format(&line, L"cmd.exe /d /c %s /?", name);
    output_flush();
    if (!CreateProcessW(NULL, line.data, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
        complain_error(GetLastError());
        return 1;
    }
    WaitForSingleObject(process.hProcess, INFINITE);
    GetExitCodeProcess(process.hProcess, &code);
    CloseHandle(process.hThread);
    CloseHandle(process.hProcess);
    return (int)code;
}

int run(int argc, WCHAR **argv)
{
    if (asked_usage(argc, argv, L"Shows the help of a command.\r\n\r\nHELP [command]\r\n\r\n    command - the command.\r\n")) return 0;
    if (argc < 2) {
        print_text(L"HELP command says more about one of these.\r\n");
        for (unsigned i = 0; i < ARRAYSIZE(commands); i++) print(L"%-14s %s\r\n", commands[i].name, commands[i].text);
        return 0;
    }
    for (unsigned i = 0; i < ARRAYSIZE(commands); i++)
        if (!_wcsicmp(commands[i].name, argv[1])) return ask_shell(argv[1]);
    print(L"This command is not supported by the help utility.  Try \"%s /?\".\r\n", argv[1]);
    return 1;
}
