/* What test programs print: TAP, this project's closing line ("# CHECKS total failed skipped"), and the line
 * "NAME: N tests executed (T marked as todo, F failures), S skipped." with failures told as "FILE:LINE: Test failed: …". */
#include "test.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LISTED "Valid test names:"

static void add_failure(struct result *result, const char *text, size_t length)
{
    struct failure *failure, **end = &result->failures;

    if (result->failure_count++ >= FAILURES_MAX) return;
    if (!(failure = calloc(1, sizeof(*failure))) || !(failure->text = strndup(text, length < 500 ? length : 500))) abort();
    for (char *at = failure->text; *at; at++)
        if ((unsigned char)*at < 0x20) *at = ' ';
    while (*end) end = &(*end)->next;
    *end = failure;
}

static bool line_has(const char *line, size_t length, const char *wanted)
{
    return memmem(line, length, wanted, strlen(wanted)) != NULL;
}

struct counts {
    bool checks, executed;    /* a closing line was seen */
    unsigned passed, failed, skipped, todo; /* of TAP lines */
    unsigned planned;
    bool plan;
};

static void tap_line(struct result *result, struct counts *counts, const char *line, size_t length, bool ok)
{
    bool todo = line_has(line, length, "# TODO") || line_has(line, length, "# todo");
    bool skip = line_has(line, length, "# SKIP") || line_has(line, length, "# skip");

    if (skip) counts->skipped++;
    else if (todo) counts->todo++;
    else if (ok) counts->passed++;
    else {
        counts->failed++;
        add_failure(result, line, length);
    }
}

static void read_line(struct result *result, struct counts *counts, const char *line, size_t length)
{
    unsigned total, failed, skipped = 0, todo = 0;
    char copy[256];

    if (length >= 2 && !strncmp(line, "ok", 2) && (length == 2 || !isalnum((unsigned char)line[2]))) {
        tap_line(result, counts, line, length, true);
        return;
    }
    if (length >= 6 && !strncmp(line, "not ok", 6)) {
        tap_line(result, counts, line, length, false);
        return;
    }
    snprintf(copy, sizeof(copy), "%.*s", (int)(length < 255 ? length : 255), line);
    if (sscanf(copy, "1..%u", &total) == 1) {
        counts->plan = true;
        counts->planned = total;
    } else if (sscanf(copy, "# CHECKS %u %u %u", &total, &failed, &skipped) == 3) {
        counts->checks = true;
        result->passed += total >= failed + skipped ? total - failed - skipped : 0;
        result->failed += failed;
        result->skipped += skipped;
    } else if (line_has(line, length, " tests executed (")) {
        const char *at = strstr(copy, " tests executed (");
        while (at && at > copy && isdigit((unsigned char)at[-1])) at--;
        if (at && sscanf(at, "%u tests executed (%u marked as todo, %u failure", &total, &todo, &failed) == 3) {
            const char *behind = strstr(at, "), ");
            counts->executed = true;
            if (behind) sscanf(behind, "), %u skipped", &skipped);
            result->passed += total >= failed + todo ? total - failed - todo : 0;
            result->failed += failed;
            result->skipped += skipped;
            result->todo += todo;
        }
    } else if (line_has(line, length, ": Test failed: ") || line_has(line, length, ": Test succeeded inside todo block")) {
        add_failure(result, line, length);
    } else if (line_has(line, length, "unhandled exception")) {
        add_failure(result, line, length);
    }
}

static bool read_list(const struct result *result, void (*each)(const char *name, void *data), void *data)
{
    const char *at = result->output ? strstr(result->output, LISTED) : NULL;
    bool any = false;

    if (!at || !strchr(at, '\n')) return false;
    for (at = strchr(at, '\n') + 1; *at;) {
        size_t blanks = strspn(at, " \t"), length = strcspn(at + blanks, " \t\r\n");
        char name[128];
        if (!blanks || !length) break;
        snprintf(name, sizeof(name), "%.*s", (int)(length < 127 ? length : 127), at + blanks);
        each(name, data);
        any = true;
        if (!(at = strchr(at, '\n'))) break;
        at++;
    }
    return any;
}

bool parse_output(struct result *result, void (*each)(const char *name, void *data), void *data)
{
    struct counts counts = { 0 };
    const char *at = result->output, *end = at + result->output_size;

    if (each && read_list(result, each, data)) return true;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline : end) - at);
        if (length && at[length - 1] == '\r') read_line(result, &counts, at, length - 1);
        else read_line(result, &counts, at, length);
        at += (size_t)((newline ? newline : end) - at) + 1;
    }
    if (!counts.checks && !counts.executed) {
        result->passed = counts.passed;
        result->failed = counts.failed;
        result->skipped = counts.skipped;
        result->todo = counts.todo;
        if (counts.plan && counts.planned > counts.passed + counts.failed + counts.skipped + counts.todo) {
            result->failed++;
            add_failure(result, "fewer checks than planned", 25);
        }
    }
    if (result->outcome == OUTCOME_TIMEOUT || result->outcome == OUTCOME_NOT_RUN) {
        result->failed += !result->failed;
    } else if (result->failed) {
        result->outcome = OUTCOME_FAIL;
    } else if (result->code && !(counts.checks || counts.executed)) {
        result->outcome = result->code < 0 || line_has(result->output, result->output_size, "unhandled exception")
                              ? OUTCOME_CRASH : OUTCOME_FAIL;
        result->failed = 1;
    } else {
        result->outcome = OUTCOME_PASS;
        if (!result->passed && !result->skipped && !result->todo) result->passed = 1; /* its exit code is its verdict */
    }
    return false;
}
