/* Process parameters of a program started from Unix. */
#include "parameters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "path.h"
#include "processor.h"
#include "prefix.h"
#include "virtual.h"

/* ---- growing text ---- */

struct text {
    char *bytes;
    size_t used, room;
};

static void text_add(struct text *text, const char *bytes, size_t count)
{
    if (text->used + count + 1 > text->room) {
        size_t room = (text->used + count + 1) * 2;
        char *grown = realloc(text->bytes, room);
        if (!grown) {
            host_report("out of memory");
            exit(126);
        }
        text->bytes = grown;
        text->room = room;
    }
    memcpy(text->bytes + text->used, bytes, count);
    text->used += count;
    text->bytes[text->used] = 0;
}

static void text_add_string(struct text *text, const char *string)
{
    text_add(text, string, strlen(string));
}

/* ---- command line ---- */

/* Backslashes count only in front of a quote: CommandLineToArgvW, remarks. */
static void add_argument(struct text *line, const char *argument)
{
    if (*argument && !strpbrk(argument, " \t\n\v\"")) {
        text_add_string(line, argument);
        return;
    }
    text_add(line, "\"", 1);
    for (const char *at = argument;; at++) {
        size_t slashes = strspn(at, "\\");
        at += slashes;
        size_t write = *at == '"' ? slashes * 2 + 1 : *at ? slashes : slashes * 2;
        while (write--) text_add(line, "\\", 1);
        if (!*at) break;
        text_add(line, at, 1);
    }
    text_add(line, "\"", 1);
}

char *command_line_join(const char *program, int argc, char **argv)
{
    struct text line = { 0 };

    if (strpbrk(program, " \t")) {
        text_add(&line, "\"", 1);
        text_add_string(&line, program);
        text_add(&line, "\"", 1);
    } else {
        text_add_string(&line, program);
    }
    for (int i = 0; i < argc; i++) {
        text_add(&line, " ", 1);
        add_argument(&line, argv[i]);
    }
    return line.bytes;
}

/* ---- environment ---- */

struct variable {
    char *text; /* NAME=value, UTF-8 */
    size_t name_length;
};

struct environment {
    struct variable *variables;
    size_t count, room;
};

static struct variable *find(struct environment *environment, const char *name, size_t length)
{
    for (size_t i = 0; i < environment->count; i++) {
        struct variable *variable = &environment->variables[i];
        if (variable->name_length == length && !strncasecmp(variable->text, name, length)) return variable;
    }
    return NULL;
}

static void set(struct environment *environment, const char *name, const char *value)
{
    size_t length = strlen(name);
    struct variable *variable = find(environment, name, length);
    struct text text = { 0 };

    text_add_string(&text, name);
    text_add_string(&text, "=");
    text_add_string(&text, value);
    if (variable) {
        free(variable->text);
    } else {
        if (environment->count == environment->room) {
            environment->room = environment->room ? environment->room * 2 : 64;
            environment->variables =
                realloc(environment->variables, environment->room * sizeof(*environment->variables));
        }
        variable = &environment->variables[environment->count++];
    }
    variable->text = text.bytes;
    variable->name_length = length;
}

static void set_default(struct environment *environment, const char *name, const char *value)
{
    if (!find(environment, name, strlen(name))) set(environment, name, value);
}

static int compare_variables(const void *a, const void *b)
{
    return strcasecmp(((const struct variable *)a)->text, ((const struct variable *)b)->text);
}

/* The DOS path of a Unix path, UTF-8, malloced; NULL if there is none. */
static char *dos_path(const char *unix_path)
{
    UNICODE_STRING nt;
    char *text;
    int length;

    if (path_from_unix(unix_path, &nt)) return NULL;
    text = malloc(nt.Length * 2 + 1);
    length = text ? utf8_from_utf16(text, nt.Length * 2, nt.Buffer + 4, nt.Length / 2 - 4) : -1;
    free(nt.Buffer);
    if (length < 0) {
        free(text);
        return NULL;
    }
    text[length] = 0;
    return text;
}

/* The line that makes cmd.exe run a batch file: all of it between quotes that /s takes away. */
static char *command_line_batch(const char *program, const char *script, int argc, char **argv)
{
    struct text line = { 0 };
    char *path = dos_path(script);

    text_add_string(&line, program);
    text_add_string(&line, " /s /c \"\"");
    text_add_string(&line, path ? path : script);
    text_add_string(&line, "\"");
    free(path);
    for (int i = 0; i < argc; i++) {
        bool quote = !*argv[i] || (strpbrk(argv[i], " \t,;=&|<>()^") && !strchr(argv[i], '"'));
        text_add_string(&line, quote ? " \"" : " ");
        text_add_string(&line, argv[i]);
        if (quote) text_add_string(&line, "\"");
    }
    text_add_string(&line, "\"");
    return line.bytes;
}

/* Windows' own folders first, then those of the Unix PATH as Windows sees them. */
static char *windows_path(const char *unix_path)
{
    struct text path = { 0 };

    text_add_string(&path, "C:\\windows\\system32;C:\\windows");
    for (const char *at = unix_path; at && *at;) {
        size_t length = strcspn(at, ":");
        if (length && *at == '/') {
            char *folder = strndup(at, length), *dos = folder ? dos_path(folder) : NULL;
            if (dos) {
                text_add(&path, ";", 1);
                text_add_string(&path, dos);
            }
            free(dos);
            free(folder);
        }
        at += length;
        if (*at) at++;
    }
    return path.bytes;
}

static void set_user_folders(struct environment *environment)
{
    static const struct {
        const char *name, *below;
    } folders[] = { { "USERPROFILE", "" },
                    { "APPDATA", "\\AppData\\Roaming" },
                    { "LOCALAPPDATA", "\\AppData\\Local" },
                    { "TEMP", "\\AppData\\Local\\Temp" },
                    { "TMP", "\\AppData\\Local\\Temp" } };
    const char *user = prefix_user_name();
    char path[512];

    set(environment, "USERNAME", user);
    for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        snprintf(path, sizeof(path), "C:\\users\\%s%s", user, folders[i].below);
        set(environment, folders[i].name, path);
    }
    snprintf(path, sizeof(path), "\\users\\%s", user);
    set(environment, "HOMEDRIVE", "C:");
    set(environment, "HOMEPATH", path);
}

static void set_system_variables(struct environment *environment)
{
    static const struct {
        const char *name, *value;
    } fixed[] = { { "SystemRoot", "C:\\windows" },
                  { "windir", "C:\\windows" },
                  { "SystemDrive", "C:" },
                  { "ComSpec", "C:\\windows\\system32\\cmd.exe" },
                  { "OS", "Windows_NT" },
                  { "PROCESSOR_ARCHITECTURE", "AMD64" },
                  { "PROCESSOR_LEVEL", "6" },
                  { "ProgramFiles", "C:\\Program Files" },
                  { "ProgramFiles(x86)", "C:\\Program Files (x86)" },
                  { "ProgramW6432", "C:\\Program Files" },
                  { "CommonProgramFiles", "C:\\Program Files\\Common Files" },
                  { "CommonProgramFiles(x86)", "C:\\Program Files (x86)\\Common Files" },
                  { "CommonProgramW6432", "C:\\Program Files\\Common Files" },
                  { "ProgramData", "C:\\ProgramData" },
                  { "ALLUSERSPROFILE", "C:\\ProgramData" },
                  { "PUBLIC", "C:\\users\\Public" } };
    struct utsname names;
    char number[16];

    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) set(environment, fixed[i].name, fixed[i].value);
    set_default(environment, "PATHEXT", ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC");
    snprintf(number, sizeof(number), "%u", processor_count());
    set(environment, "NUMBER_OF_PROCESSORS", number);
    if (!uname(&names)) {
        char computer[16] = "";
        for (int i = 0; i < 15 && names.nodename[i] && names.nodename[i] != '.'; i++)
            computer[i] = names.nodename[i] >= 'a' && names.nodename[i] <= 'z' ? names.nodename[i] - 32 : names.nodename[i];
        set_default(environment, "COMPUTERNAME", computer[0] ? computer : "FERRY");
    }
}

/* The Unix environment carried over, with what Windows programs rely on. Sorted by name, as Windows keeps it. */
static char *build_environment(char **unix_environment, size_t *bytes)
{
    struct environment environment = { 0 };
    struct text block = { 0 };
    const char *unix_path = NULL;

    for (char **at = unix_environment; *at; at++) {
        const char *equals = strchr(*at, '=');
        if (!equals || equals == *at) continue;
        char *name = strndup(*at, equals - *at);
        if (!strcmp(name, "PATH")) unix_path = equals + 1;
        else set(&environment, name, equals + 1);
        free(name);
    }
    set_system_variables(&environment);
    set_user_folders(&environment);
    char *path = windows_path(unix_path);
    set(&environment, "Path", path);
    free(path);
    qsort(environment.variables, environment.count, sizeof(*environment.variables), compare_variables);
    for (size_t i = 0; i < environment.count; i++) {
        text_add(&block, environment.variables[i].text, strlen(environment.variables[i].text) + 1);
        free(environment.variables[i].text);
    }
    text_add(&block, "", 1);
    free(environment.variables);
    *bytes = block.used;
    return block.bytes;
}

/* ---- the block ---- */

static void place(UNICODE_STRING *string, WCHAR **at, const char *text, size_t room)
{
    int units = utf16_from_utf8(*at, (int)room, text, (int)strlen(text));

    string->Buffer = *at;
    string->Length = (USHORT)(units * sizeof(WCHAR));
    string->MaximumLength = string->Length + sizeof(WCHAR);
    (*at)[units] = 0;
    *at += units + 1;
}

FERRY_PROCESS_PARAMETERS *parameters_create(const struct host_options *options, const UNICODE_STRING *image)
{
    size_t environment_bytes;
    char *environment = build_environment(options->envp, &environment_bytes);
    char *working = getcwd(NULL, 0), *directory = working ? dos_path(working) : NULL;
    char *program = malloc(image->Length * 2 + 1);
    FERRY_PROCESS_PARAMETERS *parameters = NULL;
    void *memory = NULL;

    if (!program) return NULL;
    program[max(0, utf8_from_utf16(program, image->Length * 2, image->Buffer + 4, image->Length / 2 - 4))] = 0;
    char *line = options->batch ? command_line_batch(program, options->batch, options->argc - 1, options->argv + 1)
                                : command_line_join(program, options->argc - 1, options->argv + 1);
    const char *start = directory ? directory : "C:\\";
    if (strlen(line) > 32766) {
        host_report("the command line has %zu characters, Windows programs take 32766", strlen(line));
        exit(126);
    }

    /* A UTF-8 byte makes at most one UTF-16 unit. */
    size_t units = strlen(line) + strlen(program) * 2 + strlen(start) + 2 * MAX_PATH + 64 + environment_bytes;
    size_t size = sizeof(*parameters) + units * sizeof(WCHAR);
    if (virtual_allocate(&memory, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0)) return NULL;
    parameters = memory;
    WCHAR *at = (WCHAR *)(parameters + 1);

    parameters->MaximumLength = parameters->Length = sizeof(*parameters);
    parameters->Flags = FERRY_PARAMETERS_NORMALIZED;
    place(&parameters->CurrentDirectory.DosPath, &at, start, units);
    WCHAR *end = at - 1;
    if (end[-1] != '\\') { /* kept with a backslash at its end */
        *end++ = '\\';
        *end = 0;
        at = end + 1;
        parameters->CurrentDirectory.DosPath.Length += sizeof(WCHAR);
    }
    at = parameters->CurrentDirectory.DosPath.Buffer + MAX_PATH + 4 > at
             ? parameters->CurrentDirectory.DosPath.Buffer + MAX_PATH + 4
             : at;
    parameters->CurrentDirectory.DosPath.MaximumLength =
        (USHORT)((char *)at - (char *)parameters->CurrentDirectory.DosPath.Buffer);
    place(&parameters->ImagePathName, &at, program, units);
    place(&parameters->CommandLine, &at, line, units);
    place(&parameters->WindowTitle, &at, program, units);
    place(&parameters->DesktopInfo, &at, "WinSta0\\Default", units);
    place(&parameters->ShellInfo, &at, "", units);
    parameters->Environment = at;
    parameters->EnvironmentSize =
        utf16_from_utf8(at, (int)environment_bytes, environment, (int)environment_bytes) * sizeof(WCHAR);
    parameters->ShowWindowFlags = SW_SHOWNORMAL;
    free(environment);
    free(working);
    free(directory);
    free(program);
    free(line);
    return parameters;
}
