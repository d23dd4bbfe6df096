/* What the loader hands to a mode's library. */
#ifndef FERRY_START_H
#define FERRY_START_H

#include <stdbool.h>

/* Strings are UTF-8 and live for the process. */
struct host_options {
    const char *prefix;       /* absolute Unix path of the prefix */
    const char *library_path; /* …/lib/ferry: below it x86_64-windows, i386-windows, x86_64-unix */
    const char *program;      /* Unix path of the program file */
    int program_fd;           /* open on it; the library closes it */
    int argc;                 /* arguments of the program, [0] as it was named */
    char **argv;
    char **envp;
    const char *batch;        /* Unix path of a batch file that the program, a cmd.exe, is to run; or NULL */
    const char *child; /* number of a descriptor with start-up data (startup.h) when a Windows program is the parent, or NULL */
};

#endif
