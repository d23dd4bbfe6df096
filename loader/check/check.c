/* The command: `ferry check [--json] [--no-lookups] PROGRAM.EXE|FOLDER…`. */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader.h"

static const char usage[] =
    "Usage: ferry check [OPTIONS] PROGRAM.EXE|FOLDER…\n"
    "Say what Windows programs import and what of it is missing. Nothing is run.\n"
    "\n"
    "  --json         as JSON: one object with a list of programs\n"
    "  --no-lookups   leave out names that may be looked up at run time\n"
    "  --help         print this help\n"
    "\n"
    "The exit code is 0 if nothing is missing that a program needs to start, 1 if something is, 2 if a file cannot be read.\n";

struct command {
    const char *library_path;
    bool json, lookups;
    bool unreadable, missing;
    unsigned printed;
};

/* ---- one program ---- */

struct checking {
    struct report *report;
    const char *path; /* of the file whose imports are read */
};

static struct missing *already_missing(struct dll *dll, const struct import *import)
{
    for (struct missing *at = dll->missing; at; at = at->next)
        if (at->function && import->function ? !strcmp(at->function, import->function)
                                             : !at->function && !import->function && at->ordinal == import->ordinal)
            return at;
    return NULL;
}

static void check_import(const struct import *import, void *data)
{
    struct checking *checking = data;
    struct report *report = checking->report;
    struct dll *dll = store_find(&report->store, import->dll);
    bool whole_dll = !import->function && !import->ordinal;
    struct missing *missing, **end = &dll->missing;

    dll->functions++;
    if (whole_dll ? dll->where != WHERE_NOWHERE : store_has(&report->store, dll, import->function, import->ordinal)) return;
    if ((missing = already_missing(dll, import))) {
        if (missing->delayed && !import->delayed) report->missing_static++, missing->delayed = false;
        return;
    }
    if (!(missing = calloc(1, sizeof(*missing)))) abort();
    missing->function = import->function ? strdup(import->function) : NULL;
    missing->ordinal = import->ordinal;
    missing->delayed = import->delayed;
    missing->needed_by = strdup(checking->path);
    while (*end) end = &(*end)->next;
    *end = missing;
    dll->missing_count++;
    if (!import->delayed) report->missing_static++;
}

static void check_lookup(const char *function, const char *name, void *data)
{
    struct report *report = data;
    struct dll *dll = store_find(&report->store, name);
    struct lookup *lookup = calloc(1, sizeof(*lookup)), **end = &report->lookups;

    if (!lookup) abort();
    lookup->function = function;
    lookup->dll = name;
    lookup->implemented = store_has(&report->store, dll, function, 0);
    while (*end) end = &(*end)->next;
    *end = lookup;
    report->lookup_count++;
    if (!lookup->implemented) report->lookups_missing++;
}

/* The imports of the program, and of the DLLs beside it that it brings along. */
static void check_closure(struct report *report, struct image *image)
{
    struct checking checking = { report, report->path };
    bool more = true;

    if (!imports_read(image, check_import, &checking)) report->damaged = true;
    while (more) {
        more = false;
        for (struct dll *dll = report->store.dlls; dll; dll = dll->next) {
            if (dll->checked || dll->where != WHERE_BESIDE || !dll->functions) continue;
            dll->checked = more = true;
            checking.path = dll->image->path;
            if (!imports_read(dll->image, check_import, &checking)) report->damaged = true;
            break; /* the list may have grown at its start */
        }
    }
}

static void sort_dlls(struct store *store)
{
    struct dll *sorted = NULL;

    while (store->dlls) {
        struct dll *dll = store->dlls, **at = &sorted;
        store->dlls = dll->next;
        while (*at && strcmp((*at)->name, dll->name) < 0) at = &(*at)->next;
        dll->next = *at;
        *at = dll;
    }
    store->dlls = sorted;
}

static void print(struct command *command, const struct report *report)
{
    if (command->json) {
        fputs(command->printed++ ? ",\n" : "{\"programs\":[\n", stdout);
        report_json(stdout, report);
    } else {
        if (command->printed++) putchar('\n');
        report_text(stdout, report);
    }
}

static void check_program(struct command *command, const char *path, bool named)
{
    struct report report = { .path = path };
    struct image *image = image_open(path);
    char *copy;

    if (!image || image->error) {
        if (!named && (!image || image->error == PE_NOT_MZ || image->error == PE_EMPTY)) { /* some other file of a folder */
            image_close(image);
            return;
        }
        report.problem = image ? pe_error_text(image->error) : strerror(errno);
        command->unreadable = true;
        if (command->json) print(command, &report);
        else fprintf(stderr, "ferry: %s: %s\n", path, report.problem);
        image_close(image);
        return;
    }
    copy = strdup(path);
    report.store = (struct store){ .library_path = command->library_path, .machine = image->pe.machine,
                                   .folder = strdup(dirname(copy)) };
    free(copy);
    facts_find(image, &report.facts);
    check_closure(&report, image);
    if (command->lookups) lookups_find(image, check_lookup, &report);
    sort_dlls(&report.store);
    print(command, &report);
    if (report.missing_static || report.damaged) command->missing = true;
    while (report.lookups) {
        struct lookup *next = report.lookups->next;
        free(report.lookups);
        report.lookups = next;
    }
    store_free(&report.store);
    image_close(image);
}

/* ---- folders ---- */

static int is_program_name(const struct dirent *entry)
{
    static const char *const extensions[] = { ".exe", ".scr", ".com", ".ocx", ".cpl" };
    const char *dot = strrchr(entry->d_name, '.');

    for (unsigned i = 0; dot && i < sizeof(extensions) / sizeof(extensions[0]); i++)
        if (!strcasecmp(dot, extensions[i])) return 1;
    return 0;
}

static int is_listed(const struct dirent *entry)
{
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) return 0;
    return entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN || is_program_name(entry);
}

static void check_folder(struct command *command, const char *path, int depth)
{
    struct dirent **entries;
    int count = depth < 64 ? scandir(path, &entries, is_listed, alphasort) : 0;

    if (count < 0) {
        fprintf(stderr, "ferry: %s: %s\n", path, strerror(errno));
        command->unreadable = true;
        return;
    }
    for (int i = 0; i < count; i++) {
        char *name = malloc(strlen(path) + strlen(entries[i]->d_name) + 2);
        struct stat st;
        if (!name) abort();
        sprintf(name, "%s/%s", path, entries[i]->d_name);
        if (!lstat(name, &st) && S_ISDIR(st.st_mode)) check_folder(command, name, depth + 1);
        else if (is_program_name(entries[i]) && !stat(name, &st) && S_ISREG(st.st_mode)) check_program(command, name, false);
        free(name);
        free(entries[i]);
    }
    if (depth < 64) free(entries);
}

int check_main(int argc, char **argv)
{
    struct run run = { 0 };
    struct command command = { .lookups = true };
    bool all_options_seen = false;
    int count = 0;

    places_find_library(&run);
    command.library_path = run.library_path;
    for (int at = 1; at < argc; at++) { /* options may stand before and behind the programs */
        if (all_options_seen || argv[at][0] != '-') {
            argv[count++] = argv[at];
        } else if (!strcmp(argv[at], "--")) {
            all_options_seen = true;
        } else if (!strcmp(argv[at], "--json")) {
            command.json = true;
        } else if (!strcmp(argv[at], "--no-lookups")) {
            command.lookups = false;
        } else if (!strcmp(argv[at], "--help")) {
            fputs(usage, stdout);
            return 0;
        } else {
            fprintf(stderr, "ferry: %s: unknown option; see ferry check --help\n", argv[at]);
            return 2;
        }
    }
    if (!count) {
        fputs(usage, stderr);
        return 2;
    }
    for (int i = 0; i < count; i++) {
        struct stat st;
        if (!stat(argv[i], &st) && S_ISDIR(st.st_mode)) check_folder(&command, argv[i], 0);
        else check_program(&command, argv[i], true);
    }
    if (command.json) fputs(command.printed ? "\n]}\n" : "{\"programs\":[]}\n", stdout);
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "ferry: output: %s\n", strerror(errno));
        return 2;
    }
    return command.unreadable ? 2 : command.missing ? 1 : 0;
}
