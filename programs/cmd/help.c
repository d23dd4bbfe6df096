/* The /? texts of the builtin commands. */
#include "cmd.h"

static const struct {
    const WCHAR *name, *text;
} texts[] = {
    { L"assoc",
      L"Shows or changes the file type of an extension.\r\n"
      L"\r\n"
      L"ASSOC [.ext[=[fileType]]]\r\n"
      L"\r\n"
      L"  .ext      The extension; alone: its type is shown.\r\n"
      L"  fileType  The type it gets. Nothing after the equal sign: the entry goes.\r\n"
      L"\r\n"
      L"ASSOC alone shows all extensions that have a type.\r\n" },
    { L"break",
      L"Accepted for scripts of older systems; Ctrl+C is always looked at.\r\n"
      L"\r\n"
      L"BREAK\r\n" },
    { L"call",
      L"Calls a batch file or a subroutine from another batch file.\r\n"
      L"\r\n"
      L"CALL [drive:][path]filename [arguments]\r\n"
      L"CALL :label arguments\r\n"
      L"\r\n"
      L"The line is expanded a second time before it runs. A subroutine begins behind\r\n"
      L"the label and ends with EXIT /B, GOTO :EOF or the end of the file.\r\n"
      L"\r\n"
      L"In a batch file %* stands for all arguments, and these forms change one:\r\n"
      L"\r\n"
      L"    %~1      without surrounding quotes\r\n"
      L"    %~f1     full path\r\n"
      L"    %~d1     drive letter\r\n"
      L"    %~p1     folder\r\n"
      L"    %~n1     file name\r\n"
      L"    %~x1     extension\r\n"
      L"    %~s1     with short names\r\n"
      L"    %~a1     attributes\r\n"
      L"    %~t1     date and time\r\n"
      L"    %~z1     size\r\n"
      L"    %~$PATH:1  full path of the first match in the folders of PATH, or nothing\r\n"
      L"\r\n"
      L"They combine: %~dp1, %~nx1, %~ftza1.\r\n" },
    { L"cd",
      L"Shows or changes the current folder.\r\n"
      L"\r\n"
      L"CHDIR [/D] [drive:][path]\r\n"
      L"CHDIR [..]\r\n"
      L"CD [/D] [drive:][path]\r\n"
      L"CD [..]\r\n"
      L"\r\n"
      L"  ..   The folder above.\r\n"
      L"  /D   Changes the current drive too.\r\n"
      L"\r\n"
      L"CD drive: shows the current folder of that drive; CD alone the current drive\r\n"
      L"and folder. Quotes are not needed around names with blanks.\r\n" },
    { L"cls",
      L"Clears the screen.\r\n"
      L"\r\n"
      L"CLS\r\n" },
    { L"color",
      L"Sets the colours of the console.\r\n"
      L"\r\n"
      L"COLOR [attr]\r\n"
      L"\r\n"
      L"  attr  Two hexadecimal digits: background, then foreground.\r\n"
      L"\r\n"
      L"    0 = Black    4 = Red       8 = Gray           C = Light Red\r\n"
      L"    1 = Blue     5 = Purple    9 = Light Blue     D = Light Purple\r\n"
      L"    2 = Green    6 = Yellow    A = Light Green    E = Light Yellow\r\n"
      L"    3 = Aqua     7 = White     B = Light Aqua     F = Bright White\r\n"
      L"\r\n"
      L"Without attr the colours are as they were at the start. With the same digit\r\n"
      L"twice nothing is done and ERRORLEVEL is 1.\r\n" },
    { L"copy",
      L"Copies files, and joins them.\r\n"
      L"\r\n"
      L"COPY [/D] [/V] [/N] [/Y | /-Y] [/Z] [/L] [/A | /B] source [/A | /B]\r\n"
      L"     [+ source [/A | /B] [+ ...]] [destination [/A | /B]]\r\n"
      L"\r\n"
      L"  source       The file or files.\r\n"
      L"  /A           Text: reading ends at Ctrl+Z, and one is written at the end.\r\n"
      L"  /B           Binary: all bytes.\r\n"
      L"  destination  Folder or name of the new files.\r\n"
      L"  /D, /V, /N, /Z, /L   Accepted.\r\n"
      L"  /Y           Does not ask before a file is replaced.\r\n"
      L"  /-Y          Asks.\r\n"
      L"\r\n"
      L"COPYCMD may hold /Y. In batch files the default is not to ask. Several sources\r\n"
      L"with + between them, or wildcards with one file as destination, are joined.\r\n" },
    { L"date",
      L"Shows or sets the date.\r\n"
      L"\r\n"
      L"DATE [/T | date]\r\n"
      L"\r\n"
      L"  /T   Shows it only, without asking for a new one.\r\n" },
    { L"del",
      L"Deletes files.\r\n"
      L"\r\n"
      L"DEL [/P] [/F] [/S] [/Q] [/A[[:]attributes]] names\r\n"
      L"ERASE [/P] [/F] [/S] [/Q] [/A[[:]attributes]] names\r\n"
      L"\r\n"
      L"  names  Files, folders (all files in them), wildcards.\r\n"
      L"  /P     Asks before each.\r\n"
      L"  /F     Read-only files too.\r\n"
      L"  /S     From all subfolders too.\r\n"
      L"  /Q     Does not ask at a wildcard for everything.\r\n"
      L"  /A     By attributes: R read-only, H hidden, S system, A archive,\r\n"
      L"         I not indexed, L link, - before one: not.\r\n" },
    { L"dir",
      L"Lists files and folders.\r\n"
      L"\r\n"
      L"DIR [drive:][path][filename] [/A[[:]attributes]] [/B] [/C] [/D] [/L] [/N]\r\n"
      L"  [/O[[:]sortorder]] [/P] [/Q] [/R] [/S] [/T[[:]timefield]] [/W] [/X] [/4]\r\n"
      L"\r\n"
      L"  /A   By attributes: D folders, R read-only, H hidden, A archive, S system,\r\n"
      L"       I not indexed, L links, O offline, - before one: not.\r\n"
      L"  /B   Names only.\r\n"
      L"  /C   Thousands separators in sizes (the default; /-C: none).\r\n"
      L"  /D   Like /W, sorted by column.\r\n"
      L"  /L   Lower case.\r\n"
      L"  /N   Long form, names at the right (the default).\r\n"
      L"  /O   Order: N name, S size, E extension, D date, G folders first,\r\n"
      L"       - before one: reversed.\r\n"
      L"  /P   Waits after each screenful.\r\n"
      L"  /Q   Owners.\r\n"
      L"  /R   Alternate data streams.\r\n"
      L"  /S   Subfolders too.\r\n"
      L"  /T   Time shown and sorted by: C created, A last read, W last written.\r\n"
      L"  /W   Wide form.\r\n"
      L"  /X   Short names.\r\n"
      L"  /4   Four digits of the year.\r\n"
      L"\r\n"
      L"Switches may be set in DIRCMD; a hyphen takes one back: /-W.\r\n" },
    { L"dpath",
      L"Shows or sets the folders where programs look for data files.\r\n"
      L"\r\n"
      L"DPATH [[drive:]path[;...]]\r\n" },
    { L"echo",
      L"Shows a text, or switches the echo of commands.\r\n"
      L"\r\n"
      L"  ECHO [ON | OFF]\r\n"
      L"  ECHO [message]\r\n"
      L"\r\n"
      L"ECHO alone says whether it is on. ECHO. prints an empty line.\r\n" },
    { L"endlocal",
      L"Ends what SETLOCAL began: the variables are as they were before.\r\n"
      L"\r\n"
      L"ENDLOCAL\r\n" },
    { L"exit",
      L"Ends the shell or the batch file.\r\n"
      L"\r\n"
      L"EXIT [/B] [exitCode]\r\n"
      L"\r\n"
      L"  /B        Ends the batch file or subroutine, not the shell.\r\n"
      L"  exitCode  ERRORLEVEL with /B, else the exit code of the process.\r\n" },
    { L"for",
      L"Runs a command for each item of a set.\r\n"
      L"\r\n"
      L"FOR %variable IN (set) DO command [arguments]\r\n"
      L"\r\n"
      L"  %variable  One letter; in batch files %%variable. Upper and lower case differ.\r\n"
      L"  (set)      Words and file names, wildcards allowed.\r\n"
      L"\r\n"
      L"FOR /D %variable IN (set) DO command\r\n"
      L"    Wildcards match folders instead of files.\r\n"
      L"FOR /R [[drive:]path] %variable IN (set) DO command\r\n"
      L"    In every folder of the tree.\r\n"
      L"FOR /L %variable IN (start,step,end) DO command\r\n"
      L"    Counts.\r\n"
      L"FOR /F [\"options\"] %variable IN (file-set) DO command\r\n"
      L"FOR /F [\"options\"] %variable IN (\"string\") DO command\r\n"
      L"FOR /F [\"options\"] %variable IN ('command') DO command\r\n"
      L"    Line by line, cut into tokens. Options:\r\n"
      L"\r\n"
      L"        eol=c           lines that begin with c are left out (default ;)\r\n"
      L"        skip=n          the first n lines are left out\r\n"
      L"        delims=xxx      what divides tokens (default blank and tab)\r\n"
      L"        tokens=x,y,m-n  which tokens; the first goes to the variable, the\r\n"
      L"                        others to the letters behind it; * takes the rest\r\n"
      L"        usebackq        `command`, 'string' and \"file name\"\r\n"
      L"\r\n"
      L"%~I, %~fI, %~dI, %~pI, %~nI, %~xI, %~sI, %~aI, %~tI, %~zI and %~$PATH:I as\r\n"
      L"CALL /? says for arguments.\r\n" },
    { L"ftype",
      L"Shows or changes the command that opens files of a type.\r\n"
      L"\r\n"
      L"FTYPE [fileType[=[openCommandString]]]\r\n"
      L"\r\n"
      L"  fileType           As ASSOC shows it.\r\n"
      L"  openCommandString  The command; %1 or %0 stands for the file, %* for arguments.\r\n" },
    { L"goto",
      L"Goes on behind a label of the batch file.\r\n"
      L"\r\n"
      L"GOTO label\r\n"
      L"\r\n"
      L"A label is a line that begins with a colon. GOTO :EOF ends the batch file or\r\n"
      L"subroutine.\r\n" },
    { L"if",
      L"Runs a command when a condition holds.\r\n"
      L"\r\n"
      L"IF [NOT] ERRORLEVEL number command\r\n"
      L"IF [NOT] string1==string2 command\r\n"
      L"IF [NOT] EXIST filename command\r\n"
      L"IF [/I] string1 compare-op string2 command\r\n"
      L"IF CMDEXTVERSION number command\r\n"
      L"IF DEFINED variable command\r\n"
      L"\r\n"
      L"  NOT         When it does not hold.\r\n"
      L"  ERRORLEVEL  The last exit code is number or more.\r\n"
      L"  /I          Case does not matter.\r\n"
      L"  compare-op  EQU equal, NEQ not equal, LSS less, LEQ less or equal,\r\n"
      L"              GTR greater, GEQ greater or equal. Two numbers compare as numbers.\r\n"
      L"\r\n"
      L"  IF EXIST file (\r\n"
      L"      command\r\n"
      L"  ) ELSE (\r\n"
      L"      command\r\n"
      L"  )\r\n" },
    { L"keys",
      L"Accepted for scripts of older systems; line editing is always on.\r\n"
      L"\r\n"
      L"KEYS [ON | OFF]\r\n" },
    { L"md",
      L"Makes folders, with those on the way.\r\n"
      L"\r\n"
      L"MKDIR [drive:]path\r\n"
      L"MD [drive:]path\r\n" },
    { L"mklink",
      L"Makes links.\r\n"
      L"\r\n"
      L"MKLINK [[/D] | [/H] | [/J]] Link Target\r\n"
      L"\r\n"
      L"        /D      To a folder; without it to a file.\r\n"
      L"        /H      Hard link.\r\n"
      L"        /J      Junction.\r\n"
      L"        Link    The new name.\r\n"
      L"        Target  What it leads to.\r\n" },
    { L"move",
      L"Moves and renames files and folders.\r\n"
      L"\r\n"
      L"MOVE [/Y | /-Y] [drive:][path]filename1[,...] destination\r\n"
      L"MOVE [/Y | /-Y] [drive:][path]dirname1 dirname2\r\n"
      L"\r\n"
      L"  /Y    Does not ask before a file is replaced.\r\n"
      L"  /-Y   Asks.\r\n" },
    { L"path",
      L"Shows or sets where programs are looked for.\r\n"
      L"\r\n"
      L"PATH [[drive:]path[;...][;%PATH%]\r\n"
      L"PATH ;\r\n"
      L"\r\n"
      L"PATH ; takes all away; PATH alone shows it.\r\n" },
    { L"pause",
      L"Waits for a key and says so.\r\n"
      L"\r\n"
      L"PAUSE\r\n" },
    { L"popd",
      L"Goes back to the folder that PUSHD left.\r\n"
      L"\r\n"
      L"POPD\r\n" },
    { L"prompt",
      L"Changes the prompt.\r\n"
      L"\r\n"
      L"PROMPT [text]\r\n"
      L"\r\n"
      L"  $A &   $B |   $C (   $F )   $G >   $L <   $Q =   $S blank   $$ $\r\n"
      L"  $D date   $T time   $V version   $N drive   $P drive and folder\r\n"
      L"  $E escape   $H backspace   $_ new line   $+ one + for each PUSHD\r\n" },
    { L"pushd",
      L"Changes the folder and remembers the one before for POPD.\r\n"
      L"\r\n"
      L"PUSHD [path | ..]\r\n" },
    { L"rd",
      L"Removes folders.\r\n"
      L"\r\n"
      L"RMDIR [/S] [/Q] [drive:]path\r\n"
      L"RD [/S] [/Q] [drive:]path\r\n"
      L"\r\n"
      L"  /S   With all that is in it.\r\n"
      L"  /Q   Does not ask.\r\n" },
    { L"rem",
      L"A remark in a batch file.\r\n"
      L"\r\n"
      L"REM [comment]\r\n" },
    { L"ren",
      L"Renames files.\r\n"
      L"\r\n"
      L"RENAME [drive:][path]filename1 filename2.\r\n"
      L"REN [drive:][path]filename1 filename2.\r\n"
      L"\r\n"
      L"The second name has no drive and no path; wildcards in it keep the old name's\r\n"
      L"characters.\r\n" },
    { L"set",
      L"Shows, sets and removes variables of the environment.\r\n"
      L"\r\n"
      L"SET [variable=[string]]\r\n"
      L"SET /A expression\r\n"
      L"SET /P variable=[promptString]\r\n"
      L"\r\n"
      L"SET P shows all variables whose names begin with P. ERRORLEVEL is 1 when there\r\n"
      L"is none.\r\n"
      L"\r\n"
      L"SET /A calculates with 32-bit integers:\r\n"
      L"\r\n"
      L"    ()                  grouping\r\n"
      L"    ! ~ -               unary\r\n"
      L"    * / %               in batch files %%\r\n"
      L"    + -\r\n"
      L"    << >>\r\n"
      L"    &\r\n"
      L"    ^\r\n"
      L"    |\r\n"
      L"    = *= /= %= += -= &= ^= |= <<= >>=\r\n"
      L"    ,                   divides expressions\r\n"
      L"\r\n"
      L"Numbers are decimal, 0x hexadecimal or 0 octal. Names are variables, without\r\n"
      L"percent signs. On the command line the result is shown.\r\n"
      L"\r\n"
      L"SET /P shows the text and sets the variable to a line of input.\r\n"
      L"\r\n"
      L"    %PATH:str1=str2%    with each str1 replaced; *str1: all up to it\r\n"
      L"    %PATH:~10,5%        five characters from the eleventh\r\n"
      L"    %PATH:~-10%         the last ten\r\n"
      L"    %PATH:~0,-2%        all but the last two\r\n"
      L"\r\n"
      L"With delayed expansion (CMD /V:ON, SETLOCAL EnableDelayedExpansion) !name! is\r\n"
      L"replaced when the command runs.\r\n"
      L"\r\n"
      L"    %CD% %DATE% %TIME% %RANDOM% %ERRORLEVEL% %CMDEXTVERSION% %CMDCMDLINE%\r\n"
      L"\r\n"
      L"have values of their own unless they are set.\r\n" },
    { L"setlocal",
      L"From here to ENDLOCAL or the end of the batch file, changes of variables last.\r\n"
      L"\r\n"
      L"SETLOCAL [ENABLEEXTENSIONS | DISABLEEXTENSIONS]\r\n"
      L"         [ENABLEDELAYEDEXPANSION | DISABLEDELAYEDEXPANSION]\r\n" },
    { L"shift",
      L"Moves the arguments of a batch file: %1 becomes %0, %2 becomes %1.\r\n"
      L"\r\n"
      L"SHIFT [/n]\r\n"
      L"\r\n"
      L"  /n   Starts at the argument n.\r\n" },
    { L"start",
      L"Starts a program in a console of its own.\r\n"
      L"\r\n"
      L"START [\"title\"] [/D path] [/I] [/MIN] [/MAX] [/SEPARATE | /SHARED]\r\n"
      L"      [/LOW | /NORMAL | /HIGH | /REALTIME | /ABOVENORMAL | /BELOWNORMAL]\r\n"
      L"      [/NODE <number>] [/AFFINITY <hex mask>] [/WAIT] [/B] [command] [arguments]\r\n"
      L"\r\n"
      L"  \"title\"    Title of the window.\r\n"
      L"  /D path    The folder it starts in.\r\n"
      L"  /B         In this console.\r\n"
      L"  /WAIT      Waits for its end.\r\n"
      L"  /MIN /MAX  Size of its window.\r\n"
      L"  /AFFINITY  The processors it may use.\r\n" },
    { L"time",
      L"Shows or sets the time.\r\n"
      L"\r\n"
      L"TIME [/T | time]\r\n"
      L"\r\n"
      L"  /T   Shows it only, without asking for a new one.\r\n" },
    { L"title",
      L"Sets the title of the window.\r\n"
      L"\r\n"
      L"TITLE [string]\r\n" },
    { L"type",
      L"Shows the contents of files.\r\n"
      L"\r\n"
      L"TYPE [drive:][path]filename\r\n" },
    { L"ver",
      L"Shows the version of Windows that programs see.\r\n"
      L"\r\n"
      L"VER\r\n" },
    { L"verify",
      L"Says whether written files are verified; accepted as a setting.\r\n"
      L"\r\n"
      L"VERIFY [ON | OFF]\r\n" },
    { L"vol",
      L"Shows the label and serial number of a volume.\r\n"
      L"\r\n"
      L"VOL [drive:]\r\n" },
    { L"cmd",
      L"Starts a command interpreter.\r\n"
      L"\r\n"
      L"CMD [/A | /U] [/Q] [/D] [/E:ON | /E:OFF] [/F:ON | /F:OFF] [/V:ON | /V:OFF]\r\n"
      L"    [[/S] [/C | /K] string]\r\n"
      L"\r\n"
      L"/C      Runs the command and ends.\r\n"
      L"/K      Runs the command and stays.\r\n"
      L"/S      Changes how quotes after /C or /K are treated.\r\n"
      L"/Q      Echo off.\r\n"
      L"/D      Without the AutoRun commands of the registry.\r\n"
      L"/A      Output to files and pipes in the code page.\r\n"
      L"/U      Output to files and pipes as UTF-16.\r\n"
      L"/T:fg   Colours (COLOR /?).\r\n"
      L"/E:ON   Command extensions; /E:OFF none.\r\n"
      L"/F:ON   Completion with Ctrl+D and Ctrl+F.\r\n"
      L"/V:ON   Delayed expansion: !var! is replaced when a command runs.\r\n"
      L"\r\n"
      L"After /C or /K, quotes stay when there is no /S, there are exactly two, none of\r\n"
      L"&<>()@^| between them, a blank between them, and the text is a program's name.\r\n"
      L"Else the first and the last quote are removed.\r\n"
      L"\r\n"
      L"HKEY_LOCAL_MACHINE and HKEY_CURRENT_USER, Software\\Microsoft\\Command Processor:\r\n"
      L"AutoRun, EnableExtensions, DelayedExpansion.\r\n" },
};

static const struct {
    const WCHAR *name, *same;
} aliases[] = { { L"chdir", L"cd" }, { L"mkdir", L"md" }, { L"rmdir", L"rd" }, { L"rename", L"ren" }, { L"erase", L"del" } };

bool print_help(const WCHAR *name)
{
    for (unsigned i = 0; i < ARRAYSIZE(aliases); i++)
        if (!_wcsicmp(name, aliases[i].name)) name = aliases[i].same;
    for (unsigned i = 0; i < ARRAYSIZE(texts); i++)
        if (!_wcsicmp(name, texts[i].name)) {
            print_text(texts[i].text);
            return true;
        }
    return false;
}
