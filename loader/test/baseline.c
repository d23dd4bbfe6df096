/* A recorded run to compare with. A text file: a line for each test, "NAME<TAB>OUTCOME<TAB>PASSED<TAB>FAILED", then a line
 * "<TAB>CHECK" for each failed check. Numbers that change from run to run (addresses) are left out of a check's text. */
#include "test.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A check without what changes: the number of a TAP line, long hexadecimal numbers. In place. */
static char *stable(char *text)
{
    char *to = text, *from = text;

    if (!strncmp(from, "not ok ", 7)) {
        from += 7;
        while (isdigit((unsigned char)*from)) from++;
        while (*from == ' ' || *from == '-') from++;
    }
    while (*from) {
        size_t digits = strspn(from, "0123456789abcdefABCDEF");
        if (digits >= 7) {
            *to++ = '#';
            from += digits;
        } else {
            *to++ = *from++;
        }
    }
    *to = 0;
    return text;
}

bool baseline_write(const char *path, const struct test *tests)
{
    char *temporary;
    FILE *out;
    bool good;

    if (asprintf(&temporary, "%s.new", path) < 0) return false;
    if (!(out = fopen(temporary, "we"))) {
        free(temporary);
        return false;
    }
    for (; tests; tests = tests->next) {
        const struct result *result = &tests->results[0];
        if (tests->listing) continue;
        fprintf(out, "%s\t%s\t%u\t%u\n", tests->name, outcome_name(result->outcome), result->passed, result->failed);
        for (const struct failure *failure = result->failures; failure; failure = failure->next) {
            char *text = strdup(failure->text);
            if (!text) abort();
            fprintf(out, "\t%s\n", stable(text));
            free(text);
        }
    }
    good = !fflush(out) && !ferror(out) && !fsync(fileno(out));
    good = !fclose(out) && good && !rename(temporary, path);
    if (!good) unlink(temporary);
    free(temporary);
    return good;
}

struct recorded {
    struct recorded *next;
    char *name, *outcome;
    struct failure *failures;
};

static struct recorded *read_file(const char *path, bool *good)
{
    struct recorded *list = NULL, **end = &list, *last = NULL;
    struct failure **failures = NULL;
    FILE *in = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t length;

    *good = in != NULL;
    while (in && (length = getline(&line, &room, in)) > 0) {
        if (line[length - 1] == '\n') line[--length] = 0;
        if (line[0] == '\t') {
            struct failure *failure = calloc(1, sizeof(*failure));
            if (!last) {
                free(failure);
                continue;
            }
            if (!failure || !(failure->text = strdup(line + 1))) abort();
            *failures = failure;
            failures = &failure->next;
            continue;
        }
        char *name = strtok(line, "\t"), *outcome = name ? strtok(NULL, "\t") : NULL;
        if (!outcome) continue;
        if (!(last = calloc(1, sizeof(*last))) || !(last->name = strdup(name)) || !(last->outcome = strdup(outcome))) abort();
        failures = &last->failures;
        *end = last;
        end = &last->next;
    }
    if (in) *good = !ferror(in);
    if (in) fclose(in);
    free(line);
    return list;
}

static void free_list(struct recorded *list)
{
    while (list) {
        struct recorded *next = list->next;
        while (list->failures) {
            struct failure *failure = list->failures->next;
            free(list->failures->text);
            free(list->failures);
            list->failures = failure;
        }
        free(list->name);
        free(list->outcome);
        free(list);
        list = next;
    }
}

static bool holds(const struct failure *list, const char *text)
{
    for (; list; list = list->next)
        if (!strcmp(list->text, text)) return true;
    return false;
}

/* One test against its record. */
static void compare_one(FILE *out, const struct test *test, const struct recorded *old, unsigned *fresh, unsigned *gone,
                        unsigned *still)
{
    const struct result *result = &test->results[0];
    const char *outcome = outcome_name(result->outcome);
    struct failure *now = NULL, **end = &now;

    for (const struct failure *failure = result->failures; failure; failure = failure->next) {
        if (!(*end = calloc(1, sizeof(**end))) || !((*end)->text = strdup(failure->text))) abort();
        stable((*end)->text);
        end = &(*end)->next;
    }
    if (result->outcome >= OUTCOME_CRASH && (!old || strcmp(old->outcome, outcome))) {
        fprintf(out, "new failure    %s: %s\n", test->name, outcome);
        ++*fresh;
    }
    for (struct failure *failure = now; failure; failure = failure->next) {
        if (old && holds(old->failures, failure->text)) {
            ++*still;
        } else {
            fprintf(out, "new failure    %s: %s\n", test->name, failure->text);
            ++*fresh;
        }
    }
    if (result->outcome == OUTCOME_FAIL && !now && (!old || !strcmp(old->outcome, "pass"))) {
        fprintf(out, "new failure    %s: %u checks\n", test->name, result->failed);
        ++*fresh;
    }
    if (old && strcmp(old->outcome, "pass") && result->outcome == OUTCOME_PASS) {
        fprintf(out, "new pass       %s\n", test->name);
        ++*gone;
    } else if (old) {
        for (const struct failure *failure = old->failures; failure; failure = failure->next)
            if (!holds(now, failure->text)) {
                fprintf(out, "new pass       %s: %s\n", test->name, failure->text);
                ++*gone;
            }
    }
    while (now) {
        struct failure *next = now->next;
        free(now->text);
        free(now);
        now = next;
    }
}

bool baseline_compare(FILE *out, const char *path, const struct test *tests, bool *worse)
{
    unsigned fresh = 0, gone = 0, still = 0;
    bool good;
    struct recorded *list = read_file(path, &good);

    for (; good && tests; tests = tests->next) {
        const struct recorded *old = list;
        if (tests->listing) continue;
        while (old && strcmp(old->name, tests->name)) old = old->next;
        compare_one(out, tests, old, &fresh, &gone, &still);
    }
    if (good) fprintf(out, "against %s: %u new failures, %u new passes, %u still failing\n", path, fresh, gone, still);
    *worse = fresh != 0;
    free_list(list);
    return good;
}
