/* The command: `ferry test [OPTIONS] DIR|EXE…`. */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader.h"

static const char usage[] =
    "Usage: ferry test [OPTIONS] DIR|EXE…\n"
    "Run API test programs, and the sub-tests that they list, and tell what passed.\n"
    "\n"
    "  --jobs N          run N at a time (default: one for each processor)\n"
    "  --timeout SECONDS for each test (default 120)\n"
    "  --only PATTERN    tests whose name matches, with * and ?\n"
    "  --with COMMAND    run them under this loader instead, for example \"wine\"; several times: one column each.\n"
    "                    The word ferry stands for this command\n"
    "  --prefix DIR      one prefix for all (default: a fresh one for each test)\n"
    "  --display         let tests use the display\n"
    "  --junit FILE      write the results as JUnit XML\n"
    "  --record FILE     write a baseline\n"
    "  --baseline FILE   compare with one: new failures, new passes, still failing\n"
    "  -v, --verbose     list tests that passed, too, and every failed check\n"
    "  --help            print this help\n"
    "\n"
    "The exit code is 0 if every test passed (with --baseline: if there is no new failure), 1 if not, 2 for an error.\n";

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "ferry: %s: %s\n", what, why);
    exit(2);
}

/* ---- the list of tests ---- */

static void add_test(const struct options *options, struct test ***end, const char *path, const char *name)
{
    struct test *test;
    char *full;

    if (options->only && fnmatch(options->only, name, 0)) return;
    if (!(full = realpath(path, NULL))) fail(path, strerror(errno));
    if (!(test = calloc(1, sizeof(*test))) || !(test->name = strdup(name))) abort();
    test->path = full;
    **end = test;
    *end = &test->next;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void add_folder(const struct options *options, struct test ***end, const char *path, const char *name, int depth)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_visible, alphasort);

    if (count < 0) fail(path, strerror(errno));
    for (int i = 0; i < count; i++) {
        char *full, *below;
        struct stat st;
        size_t length = strlen(entries[i]->d_name);
        if (asprintf(&full, "%s/%s", path, entries[i]->d_name) < 0) abort();
        if (asprintf(&below, "%s%s%s", name, *name ? "/" : "", entries[i]->d_name) < 0) abort();
        if (!stat(full, &st)) {
            if (S_ISDIR(st.st_mode) && depth < 32) add_folder(options, end, full, below, depth + 1);
            else if (S_ISREG(st.st_mode) && length > 4 && !strcasecmp(entries[i]->d_name + length - 4, ".exe")) {
                below[strlen(below) - 4] = 0;
                add_test(options, end, full, below);
            }
        }
        free(full);
        free(below);
        free(entries[i]);
    }
    free(entries);
}

static void add_argument(const struct options *options, struct test ***end, const char *path)
{
    struct stat st;
    const char *slash = strrchr(path, '/');
    char name[NAME_MAX + 1];
    size_t length;

    if (stat(path, &st)) fail(path, strerror(errno));
    if (S_ISDIR(st.st_mode)) {
        add_folder(options, end, path, "", 0);
        return;
    }
    snprintf(name, sizeof(name), "%s", slash ? slash + 1 : path);
    length = strlen(name);
    if (length > 4 && !strcasecmp(name + length - 4, ".exe")) name[length - 4] = 0;
    add_test(options, end, path, name);
}

/* ---- options ---- */

static void add_loader(struct options *options, const char *text)
{
    struct loader *loader = &options->loaders[options->loader_count];
    char *words = strdup(text), *word;
    unsigned count = 0;

    if (options->loader_count == LOADERS_MAX) fail("--with", "too many loaders");
    if (!words || !(loader->command = calloc(64, sizeof(char *))) || !(loader->name = strdup(text))) abort();
    if (strrchr(loader->name, '/')) loader->name = strrchr(loader->name, '/') + 1;
    for (word = strtok(words, " "); word && count < 62; word = strtok(NULL, " ")) loader->command[count++] = word;
    if (!count) fail("--with", "needs a command");
    if (!strcmp(loader->command[0], "ferry")) {
        static char self[PATH_MAX];
        ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
        if (length < 0) fail("/proc/self/exe", strerror(errno));
        self[length] = 0;
        loader->command[0] = self;
        loader->is_ferry = true;
    }
    options->loader_count++;
}

/* The value of an option that needs one. */
static const char *value(int argc, char **argv, int *at)
{
    if (*at + 1 >= argc) fail(argv[*at], "needs a value");
    return argv[++*at];
}

/* Options may stand before and behind the programs, which are moved to the front of argv; returns their number. */
static int parse_options(int argc, char **argv, struct options *options)
{
    bool all_options_seen = false;
    int operands = 0;

    for (int at = 1; at < argc; at++) {
        const char *option = argv[at];
        if (all_options_seen || option[0] != '-') {
            argv[operands++] = argv[at];
        } else if (!strcmp(option, "--")) {
            all_options_seen = true;
        } else if (!strcmp(option, "--help")) {
            fputs(usage, stdout);
            exit(0);
        } else if (!strcmp(option, "--jobs")) {
            if ((options->jobs = (unsigned)atoi(value(argc, argv, &at))) < 1) fail("--jobs", "needs a number from 1");
        } else if (!strcmp(option, "--timeout")) {
            if ((options->limit = atof(value(argc, argv, &at))) <= 0) fail("--timeout", "needs a number of seconds");
        } else if (!strcmp(option, "--only")) {
            options->only = value(argc, argv, &at);
        } else if (!strcmp(option, "--with")) {
            add_loader(options, value(argc, argv, &at));
        } else if (!strcmp(option, "--prefix")) {
            options->prefix = realpath(value(argc, argv, &at), NULL);
            if (!options->prefix) fail(argv[at], strerror(errno));
        } else if (!strcmp(option, "--junit")) {
            options->junit = value(argc, argv, &at);
        } else if (!strcmp(option, "--record")) {
            options->record = value(argc, argv, &at);
        } else if (!strcmp(option, "--baseline")) {
            options->baseline = value(argc, argv, &at);
        } else if (!strcmp(option, "--display")) {
            options->display = true;
        } else if (!strcmp(option, "--verbose") || !strcmp(option, "-v")) {
            options->verbose = true;
        } else {
            fail(option, "unknown option; see ferry test --help");
        }
    }
    return operands;
}

static void show(const struct options *options, const struct test *test, unsigned loader, unsigned finished, unsigned total)
{
    const struct result *result = &test->results[loader];

    if (isatty(2)) fprintf(stderr, "\r%u of %u \r", finished, total);
    if (test->listing || (result->outcome == OUTCOME_PASS && !options->verbose)) return;
    if (result->outcome == OUTCOME_PASS) return;
    printf("%s%s%s: %s", options->loader_count > 1 ? options->loaders[loader].name : "", options->loader_count > 1 ? ": " : "",
           test->name, outcome_name(result->outcome));
    if (result->outcome == OUTCOME_FAIL) printf(", %u of %u checks", result->failed, result->passed + result->failed);
    if (result->code) printf(", code %d", result->code);
    putchar('\n');
    unsigned shown = 0;
    for (const struct failure *failure = result->failures; failure; failure = failure->next) {
        if (++shown > 20 && !options->verbose) {
            printf("    … and %u more\n", result->failure_count - 20);
            break;
        }
        printf("    %s\n", failure->text);
    }
    fflush(stdout);
}

int test_main(int argc, char **argv)
{
    struct options options = { .limit = 120 };
    struct test *tests = NULL, **end = &tests;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    bool bad = false, worse = false;
    int count;

    options.jobs = processors > 0 ? (unsigned)processors : 1;
    count = parse_options(argc, argv, &options);
    if (!options.loader_count) add_loader(&options, "ferry");
    if (!count) {
        fputs(usage, stderr);
        return 2;
    }
    for (int i = 0; i < count; i++) add_argument(&options, &end, argv[i]);
    if (!tests) fail("test", "no test programs");
    if (!run_tests(&options, &tests, show)) fail("test", "interrupted");
    report_table(stdout, &options, tests);
    for (const struct test *test = tests; test; test = test->next)
        if (!test->listing && test->results[0].outcome != OUTCOME_PASS) bad = true;
    if (options.junit && !report_junit(options.junit, &options, tests)) fail(options.junit, strerror(errno));
    if (options.baseline && !baseline_compare(stdout, options.baseline, tests, &worse)) fail(options.baseline, strerror(errno));
    if (options.record && !baseline_write(options.record, tests)) fail(options.record, strerror(errno));
    return options.baseline ? worse : bad;
}
