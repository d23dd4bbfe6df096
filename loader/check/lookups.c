/* Names that the program may look up at run time. Guessed: a string of the image's data that is the name of a Windows
 * function, in a program that imports GetProcAddress at all. */
#include "check.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ferry/api_names.h"

#define COUNT (sizeof(api_names) / sizeof(api_names[0]))
#define SHORTEST 6

static int by_name(const void *key, const void *entry)
{
    return strcmp(key, ((const struct api_name *)entry)->name);
}

struct imported {
    bool get_proc_address;
    unsigned char *names; /* one bit for each of api_names: imported anyway */
};

static const struct api_name *known(const char *name)
{
    return bsearch(name, api_names, COUNT, sizeof(api_names[0]), by_name);
}

static void note_import(const struct import *import, void *data)
{
    struct imported *imported = data;
    const struct api_name *entry;

    if (!import->function) return;
    if (!strcmp(import->function, "GetProcAddress") || !strncmp(import->function, "LdrGetProcedureAddress", 22))
        imported->get_proc_address = true;
    if ((entry = known(import->function))) imported->names[(entry - api_names) / 8] |= 1 << (entry - api_names) % 8;
}

static bool in_name(unsigned char c)
{
    return isalnum(c) || c == '_';
}

void lookups_find(const struct image *image, void (*each)(const char *function, const char *dll, void *data), void *data)
{
    struct imported imported = { .names = calloc(1, COUNT / 8 + 1) };

    if (!imported.names) abort();
    imports_read(image, note_import, &imported);
    for (uint32_t i = 0; i < image->pe.section_count && imported.get_proc_address; i++) {
        const struct pe_section *section = &image->pe.sections[i];
        const unsigned char *bytes = image->bytes + section->file_offset, *end = bytes + section->file_size;
        for (const unsigned char *at = bytes; at < end;) {
            const unsigned char *start = at;
            const struct api_name *entry;
            while (at < end && in_name(*at)) at++;
            if (at < end && !*at && at - start >= SHORTEST && at - start < 64 && isupper(*start) &&
                (entry = known((const char *)start))) {
                unsigned bit = (unsigned)(entry - api_names);
                if (!(imported.names[bit / 8] & 1 << bit % 8)) {
                    imported.names[bit / 8] |= 1 << bit % 8;
                    each(entry->name, entry->dll, data);
                }
            }
            at++;
        }
    }
    free(imported.names);
}
