/* The `ferry` command: finds the program, recognises what it is, and starts the mode that runs it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader.h"

extern char **environ;

static const char usage[] =
    "Usage: ferry [OPTIONS] PROGRAM [ARGUMENTS…]\n"
    "       ferry check [OPTIONS] PROGRAM.EXE|FOLDER…   say what programs need that is missing\n"
    "       ferry test [OPTIONS] FOLDER|EXE…            run API test programs\n"
    "Run a Windows program. PROGRAM is a Unix path, a Windows path (C:\\…), or a name on the path.\n"
    "\n"
    "  --prefix DIR   folder of the Windows environment (default $FERRY_PREFIX, else ~/.ferry)\n"
    "  --isolated     a new environment keeps Documents, Desktop and the like to itself, not in yours\n"
    "  --crash-dir DIR  write a report of a crash into this folder\n"
    "  --explain      say what the program is and how it would be run, and stop\n"
    "  --version      print the version\n"
    "  --help         print this help\n"
    "\n"
    "The exit code is the program's (its low 8 bits), 126 if it cannot be run, 127 if it was not found.\n";

static void parse_options(int argc, char **argv, struct run *run)
{
    int at = 1;

    for (; at < argc && argv[at][0] == '-'; at++) {
        const char *option = argv[at];
        if (!strcmp(option, "--")) {
            at++;
            break;
        } else if (!strcmp(option, "--help") || !strcmp(option, "-h")) {
            fputs(usage, stdout);
            exit(0);
        } else if (!strcmp(option, "--version")) {
            puts("ferry " FERRY_VERSION);
            exit(0);
        } else if (!strcmp(option, "--explain")) {
            run->explain = 1;
        } else if (!strncmp(option, "--prefix=", 9)) {
            run->prefix = option + 9;
        } else if (!strcmp(option, "--prefix")) {
            if (!argv[at + 1]) loader_fail(EXIT_CANNOT_RUN, "--prefix", "needs a folder");
            run->prefix = argv[++at];
        } else if (!strcmp(option, "--isolated")) {
            setenv("FERRY_ISOLATED", "1", 1);
        } else if (!strncmp(option, "--crash-dir=", 12)) {
            places_crash_folder(option + 12);
        } else if (!strcmp(option, "--crash-dir")) {
            if (!argv[at + 1]) loader_fail(EXIT_CANNOT_RUN, "--crash-dir", "needs a folder");
            places_crash_folder(argv[++at]);
        } else if (!strcmp(option, "--child")) {
            if (!argv[at + 1]) loader_fail(EXIT_CANNOT_RUN, "--child", "needs a descriptor");
            run->child = argv[++at];
        } else {
            loader_fail(EXIT_CANNOT_RUN, option, "unknown option; see ferry --help");
        }
    }
    run->argc = argc - at;
    run->argv = argv + at;
    if (run->child) child_read(run);
    if (run->argc < 1) {
        fputs(usage, stderr);
        exit(EXIT_CANNOT_RUN);
    }
}

void loader_fail(int code, const char *what, const char *why)
{
    fprintf(stderr, "ferry: %s: %s\n", what, why);
    exit(code);
}

/* A standard stream that is closed gets its number occupied, so that no file of ours becomes the program's output.
 * O_PATH tells ntdll.so that it was closed. */
static void hold_standard_streams(void)
{
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0) open("/", O_PATH | O_CLOEXEC); /* the lowest free number: fd */
}

int main(int argc, char **argv)
{
    struct run run = { 0 };

    hold_standard_streams();
    if (argc > 1 && !strcmp(argv[1], "check")) return check_main(argc - 1, argv + 1);
    if (argc > 1 && !strcmp(argv[1], "test")) return test_main(argc - 1, argv + 1);
    parse_options(argc, argv, &run);
    run.envp = environ;
    places_find(&run);
    program_find(&run);
    mode_choose(&run);
    if (run.explain) {
        mode_explain(&run);
        return run.mode->start ? 0 : EXIT_CANNOT_RUN;
    }
    if (!run.mode->start) loader_fail(EXIT_CANNOT_RUN, run.program, run.reason);
    run.mode->start(&run);
}
