/* Results as a table and as JUnit XML. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *outcome_name(enum outcome outcome)
{
    static const char *const names[] = { "not run", "pass", "FAIL", "CRASH", "TIMEOUT", "not run" };

    return names[outcome];
}

static void cell(char *to, size_t room, const struct result *result)
{
    if (result->outcome == OUTCOME_PASS || result->outcome == OUTCOME_FAIL)
        snprintf(to, room, "%u/%u", result->passed, result->passed + result->failed);
    else
        snprintf(to, room, "%s", outcome_name(result->outcome));
}

void report_table(FILE *out, const struct options *options, const struct test *tests)
{
    size_t width = 4;
    unsigned passed[LOADERS_MAX] = { 0 }, failed[LOADERS_MAX] = { 0 }, skipped[LOADERS_MAX] = { 0 };

    for (const struct test *test = tests; test; test = test->next)
        if (!test->listing && strlen(test->name) > width) width = strlen(test->name);
    if (width > 60) width = 60;
    if (options->loader_count > 1) {
        fprintf(out, "%-*s", (int)width, "test");
        for (unsigned i = 0; i < options->loader_count; i++) fprintf(out, "  %14s", options->loaders[i].name);
        fputc('\n', out);
    }
    for (const struct test *test = tests; test; test = test->next) {
        bool show = options->loader_count > 1 || options->verbose;
        if (test->listing) continue;
        for (unsigned i = 0; i < options->loader_count; i++) {
            const struct result *result = &test->results[i];
            passed[i] += result->passed;
            failed[i] += result->failed;
            skipped[i] += result->skipped;
            if (result->outcome != OUTCOME_PASS) show = true;
        }
        if (!show) continue;
        fprintf(out, "%-*s", (int)width, test->name);
        for (unsigned i = 0; i < options->loader_count; i++) {
            char text[40];
            cell(text, sizeof(text), &test->results[i]);
            fprintf(out, "  %14s", text);
        }
        fputc('\n', out);
    }
    for (unsigned i = 0; i < options->loader_count; i++)
        fprintf(out, "%s%s%u passed, %u failed, %u skipped\n", options->loader_count > 1 ? options->loaders[i].name : "",
                options->loader_count > 1 ? ": " : "", passed[i], failed[i], skipped[i]);
}

static void xml(FILE *out, const char *text, size_t size)
{
    for (size_t i = 0; i < size && text[i]; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '<') fputs("&lt;", out);
        else if (c == '>') fputs("&gt;", out);
        else if (c == '&') fputs("&amp;", out);
        else if (c == '"') fputs("&quot;", out);
        else if (c < 0x20 && c != '\n' && c != '\t') fputc(' ', out);
        else if (c >= 0x80) fprintf(out, "?"); /* may be no UTF-8 */
        else fputc(c, out);
    }
}

static void xml_text(FILE *out, const char *text)
{
    xml(out, text, strlen(text));
}

static void junit_test(FILE *out, const struct options *options, const struct test *test, unsigned loader)
{
    const struct result *result = &test->results[loader];

    fputs("    <testcase classname=\"", out);
    xml_text(out, options->loaders[loader].name);
    fputs("\" name=\"", out);
    xml_text(out, test->name);
    fprintf(out, "\" time=\"%.3f\">\n", result->seconds);
    if (result->outcome == OUTCOME_FAIL) {
        fprintf(out, "      <failure message=\"%u of %u checks failed\">", result->failed, result->passed + result->failed);
        for (const struct failure *failure = result->failures; failure; failure = failure->next) {
            xml_text(out, failure->text);
            fputc('\n', out);
        }
        fputs("</failure>\n", out);
    } else if (result->outcome != OUTCOME_PASS) {
        fprintf(out, "      <error message=\"%s, code %d\"/>\n", outcome_name(result->outcome), result->code);
    } else if (!result->passed && result->skipped) {
        fputs("      <skipped/>\n", out);
    }
    if (result->outcome != OUTCOME_PASS && result->output_size) {
        size_t size = result->output_size, from = size > 8192 ? size - 8192 : 0;
        fputs("      <system-out>", out);
        xml(out, result->output + from, size - from);
        fputs("</system-out>\n", out);
    }
    fputs("    </testcase>\n", out);
}

bool report_junit(const char *path, const struct options *options, const struct test *tests)
{
    FILE *out = fopen(path, "we");
    bool good;

    if (!out) return false;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
    for (unsigned i = 0; i < options->loader_count; i++) {
        unsigned count = 0, failures = 0, errors = 0;
        double seconds = 0;
        for (const struct test *test = tests; test; test = test->next) {
            if (test->listing) continue;
            count++;
            seconds += test->results[i].seconds;
            if (test->results[i].outcome == OUTCOME_FAIL) failures++;
            else if (test->results[i].outcome != OUTCOME_PASS) errors++;
        }
        fputs("  <testsuite name=\"", out);
        xml_text(out, options->loaders[i].name);
        fprintf(out, "\" tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%.3f\">\n", count, failures, errors, seconds);
        for (const struct test *test = tests; test; test = test->next)
            if (!test->listing) junit_test(out, options, test, i);
        fputs("  </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
    good = !fflush(out) && !ferror(out);
    return !fclose(out) && good;
}
