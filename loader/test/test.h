/* `ferry test`: runs API test programs, under one loader or several, and tells what passed. */
#ifndef TEST_H
#define TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#define LOADERS_MAX 4

enum outcome { OUTCOME_NONE, OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_CRASH, OUTCOME_TIMEOUT, OUTCOME_NOT_RUN };
const char *outcome_name(enum outcome outcome);

struct failure {
    struct failure *next;
    char *text; /* one line: what the program said of the check */
};

/* What one test did under one loader. Checks are counted as the program counts them. */
struct result {
    enum outcome outcome;
    unsigned passed, failed, skipped, todo;
    int code; /* exit code, or the signal's number negative */
    double seconds;
    struct failure *failures; /* in the order of the output, at most FAILURES_MAX */
    unsigned failure_count;
    char *output; /* what it printed, at most OUTPUT_MAX bytes */
    size_t output_size;
};
#define FAILURES_MAX 1000
#define OUTPUT_MAX (256 * 1024)

/* A program, or one of the sub-tests it lists. */
struct test {
    struct test *next;
    char *path; /* absolute */
    char *sub;  /* NULL: the whole program */
    char *name; /* as it is shown: folder/program, or folder/program:sub */
    struct result results[LOADERS_MAX];
    unsigned started; /* loaders it was started under */
    bool known;       /* the first of these has ended, so it is known whether the program lists sub-tests */
    bool listing;     /* the program was asked for its sub-tests and has some: they are the tests */
};

struct loader {
    char *name;      /* the column's head */
    char **command;  /* words, NULL at the end; the program and its arguments follow */
    bool is_ferry;
};

struct options {
    struct loader loaders[LOADERS_MAX];
    unsigned loader_count;
    const char *prefix; /* NULL: a fresh one for every program */
    const char *junit, *baseline, *record;
    const char *only;
    unsigned jobs;
    double limit; /* seconds */
    bool display, verbose;
};

/* parse.c: reads the output of a test that ended into its counts. True: it is a list of sub-tests instead, whose names
 * `each` gets. */
bool parse_output(struct result *result, void (*each)(const char *name, void *data), void *data);

/* run.c: runs every test under every loader, several at a time. Tests that turn out to be lists grow the list. `done` is
 * called as each ends. False: interrupted. */
bool run_tests(const struct options *options, struct test **tests,
               void (*done)(const struct options *options, const struct test *test, unsigned loader, unsigned finished,
                            unsigned total));

/* report.c */
void report_table(FILE *out, const struct options *options, const struct test *tests);
bool report_junit(const char *path, const struct options *options, const struct test *tests);

/* baseline.c: of the first loader. Writing replaces the file as a whole. */
bool baseline_write(const char *path, const struct test *tests);
/* Prints new failures, new passes and what still fails. False if the file cannot be read; *worse: there are new failures. */
bool baseline_compare(FILE *out, const char *path, const struct test *tests, bool *worse);

#endif
