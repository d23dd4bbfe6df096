/* One run of the `ferry` command, step by step. */
#ifndef LOADER_H
#define LOADER_H

#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND 127

struct run;

/* A way to run a kind of program. start does not return; NULL: this kind cannot be run (run->reason says why). */
struct mode {
    const char *name;        /* "native", … as --explain prints it */
    const char *description; /* one line */
    void (*start)(struct run *run) __attribute__((noreturn));
};

struct run {
    int explain;
    const char *prefix;       /* absolute after places_find */
    const char *library_path; /* …/lib/ferry */
    const char *child;        /* descriptor with start-up data when another Windows program started this one */
    int argc;                 /* [0] is the program as it was named */
    char **argv;
    char **envp;
    const char *program; /* absolute Unix path */
    const char *batch;   /* absolute Unix path of the batch file that program, cmd.exe, runs; or NULL */
    int fd;              /* open on it */
    const struct mode *mode;
    const char *reason; /* why this mode, or why none */
    char kind[96];      /* what the binary is, in words */
};

/* Fills prefix and library_path (places.c). */
void places_find(struct run *run);
void places_find_library(struct run *run);
/* Tells this program, and those that it starts, where reports of crashes go: FERRY_CRASH_DIR in the environment. Ends with
 * code 126 if that is no folder that can be written to. */
void places_crash_folder(const char *folder);

/* Fills program and fd, or ends with code 127 or 126 (program.c). */
void program_find(struct run *run);

/* Program and prefix from the start-up data of a parent (child.c). */
void child_read(struct run *run);

/* Looks at the file's headers; fills mode, kind and reason (mode.c). */
void mode_choose(struct run *run);
void mode_explain(const struct run *run);

/* `ferry check …` (check/check.c): arguments from the command's own name on; returns the exit code. */
int check_main(int argc, char **argv);

/* `ferry test …` (test/test.c), likewise. */
int test_main(int argc, char **argv);

/* "ferry: WHAT: WHY", then exit(code). */
_Noreturn void loader_fail(int code, const char *what, const char *why);

#endif
