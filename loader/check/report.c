/* The report of one program, as text and as JSON. */
#include "check.h"

#include <string.h>

static const char *describe(const struct dll *dll)
{
    switch (dll->where) {
    case WHERE_BESIDE: return "beside the program";
    case WHERE_API_SET: return dll->host;
    default: return NULL;
    }
}

static void text_list(FILE *out, const char *title, const char (*list)[64], unsigned count)
{
    if (!count) return;
    fprintf(out, "  %s: ", title);
    for (unsigned i = 0; i < count; i++) fprintf(out, "%s%s", i ? ", " : "", list[i]);
    fputc('\n', out);
}

static void text_missing(FILE *out, const struct report *report, const struct missing *missing)
{
    if (missing->function) fprintf(out, "      %s", missing->function);
    else fprintf(out, "      ordinal %u", missing->ordinal);
    if (missing->delayed) fputs(" (delayed)", out);
    if (strcmp(missing->needed_by, report->path)) fprintf(out, ", needed by %s", missing->needed_by);
    fputc('\n', out);
}

void report_text(FILE *out, const struct report *report)
{
    if (report->problem) {
        fprintf(out, "%s: %s\n", report->path, report->problem);
        return;
    }
    fprintf(out, "%s: %s, %s program, for Windows %u.%u or later\n", report->path, report->facts.machine,
            report->facts.subsystem, report->facts.windows_major, report->facts.windows_minor);
    text_list(out, "made with", (const char(*)[64])report->facts.made_with, report->facts.made_count);
    text_list(out, "manifest", (const char(*)[64])report->facts.manifest, report->facts.manifest_count);
    if (report->damaged) fputs("  an import table is damaged: the list below is not whole\n", out);
    for (const struct dll *dll = report->store.dlls; dll; dll = dll->next) {
        const char *where = describe(dll);
        if (!dll->functions) continue;
        fprintf(out, "  %-36s %4u", dll->name, dll->functions);
        if (dll->where == WHERE_NOWHERE) fputs(dll->missing && dll->missing->delayed ? "  not found (delayed)" : "  not found", out);
        else if (where) fprintf(out, "  %s", where);
        if (dll->where != WHERE_NOWHERE && dll->missing_count) fprintf(out, "  %u missing", dll->missing_count);
        fputc('\n', out);
        if (dll->where != WHERE_NOWHERE)
            for (const struct missing *missing = dll->missing; missing; missing = missing->next)
                text_missing(out, report, missing);
        else if (dll->missing && strcmp(dll->missing->needed_by, report->path))
            fprintf(out, "      needed by %s\n", dll->missing->needed_by);
    }
    if (report->lookup_count) {
        fprintf(out, "  may be looked up at run time: %u, of which missing: %u\n", report->lookup_count, report->lookups_missing);
        for (const struct lookup *lookup = report->lookups; lookup; lookup = lookup->next)
            if (!lookup->implemented) fprintf(out, "      %s (%s)\n", lookup->function, lookup->dll);
    }
    if (report->missing_static) fprintf(out, "  missing: %u\n", report->missing_static);
    else fputs("  everything it needs to start is there\n", out);
}

/* ---- JSON ---- */

static void json_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') fprintf(out, "\\%c", c);
        else if (c < 0x20) fprintf(out, "\\u%04x", c);
        else fputc(c, out);
    }
    fputc('"', out);
}

static void json_list(FILE *out, const char *name, const char (*list)[64], unsigned count)
{
    fprintf(out, ",\"%s\":[", name);
    for (unsigned i = 0; i < count; i++) {
        if (i) fputc(',', out);
        json_string(out, list[i]);
    }
    fputc(']', out);
}

static void json_dll(FILE *out, const struct dll *dll)
{
    static const char *const where[] = { "nowhere", "ferry", "beside", "api-set" };

    fputs("{\"name\":", out);
    json_string(out, dll->name);
    fprintf(out, ",\"where\":\"%s\"", where[dll->where]);
    if (dll->host) {
        fputs(",\"host\":", out);
        json_string(out, dll->host);
    }
    fprintf(out, ",\"functions\":%u,\"missing\":[", dll->functions);
    for (const struct missing *missing = dll->missing; missing; missing = missing->next) {
        fputs(missing == dll->missing ? "{" : ",{", out);
        if (missing->function) {
            fputs("\"function\":", out);
            json_string(out, missing->function);
        } else {
            fprintf(out, "\"ordinal\":%u", missing->ordinal);
        }
        fprintf(out, ",\"delayed\":%s,\"needed_by\":", missing->delayed ? "true" : "false");
        json_string(out, missing->needed_by);
        fputc('}', out);
    }
    fputs("]}", out);
}

void report_json(FILE *out, const struct report *report)
{
    bool first = true;

    fputs("{\"path\":", out);
    json_string(out, report->path);
    if (report->problem) {
        fputs(",\"problem\":", out);
        json_string(out, report->problem);
        fputc('}', out);
        return;
    }
    fprintf(out, ",\"machine\":\"%s\",\"subsystem\":\"%s\",\"windows\":\"%u.%u\"", report->facts.machine,
            report->facts.subsystem, report->facts.windows_major, report->facts.windows_minor);
    json_list(out, "made_with", (const char(*)[64])report->facts.made_with, report->facts.made_count);
    json_list(out, "manifest", (const char(*)[64])report->facts.manifest, report->facts.manifest_count);
    fprintf(out, ",\"damaged\":%s,\"missing\":%u,\"dlls\":[", report->damaged ? "true" : "false", report->missing_static);
    for (const struct dll *dll = report->store.dlls; dll; dll = dll->next) {
        if (!dll->functions) continue;
        if (!first) fputc(',', out);
        first = false;
        json_dll(out, dll);
    }
    fputs("],\"lookups\":[", out);
    for (const struct lookup *lookup = report->lookups; lookup; lookup = lookup->next) {
        fputs(lookup == report->lookups ? "{\"function\":" : ",{\"function\":", out);
        json_string(out, lookup->function);
        fputs(",\"dll\":", out);
        json_string(out, lookup->dll);
        fprintf(out, ",\"implemented\":%s}", lookup->implemented ? "true" : "false");
    }
    fputs("]}", out);
}
