/* `ferry check`: what a Windows program imports, and what of it there is. Nothing is ever run. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ferry/pe.h"

/* ---- image.c: a file, mapped, and its bytes by RVA ---- */

struct image {
    char *path; /* Unix path */
    const unsigned char *bytes;
    size_t size;
    enum pe_error error; /* PE_OK, or why it is no program; then nothing else counts */
    struct pe_info pe;
    struct exports *exports; /* read on demand (exports.c) */
};

/* NULL with errno when it cannot be read; a file that is no PE image comes back with `error` set. */
struct image *image_open(const char *path);
void image_close(struct image *image);

/* `size` bytes at an RVA if the file has them all, else NULL. */
const void *image_at(const struct image *image, uint32_t rva, uint32_t size);
bool image_get32(const struct image *image, uint32_t rva, uint32_t *value);
bool image_get64(const struct image *image, uint32_t rva, uint64_t *value);
/* A NUL-terminated string of at most `most` bytes, printable ASCII, else NULL. */
const char *image_text(const struct image *image, uint32_t rva, size_t most);

/* The resource of a type and a name, both by number; name 0: the first. NULL if there is none. */
const void *image_resource(const struct image *image, uint32_t type, uint32_t name, uint32_t *size);
/* Is there a resource of that name (ASCII), of whatever type? */
bool image_has_named_resource(const struct image *image, const char *name);

/* ---- imports.c ---- */

struct import {
    const char *dll;      /* as the program spells it */
    const char *function; /* NULL: by ordinal */
    uint16_t ordinal;
    bool delayed;
};
/* Calls `each` for every import; a DLL that is imported without functions comes once with function NULL, ordinal 0. False
 * if a table is damaged: what came before counts. */
bool imports_read(const struct image *image, void (*each)(const struct import *import, void *data), void *data);

/* ---- exports.c ---- */

struct exports;
/* Does the image export the function, following nothing? *forward: "DLL.name" of a forwarder, else NULL. */
bool exports_name(struct image *image, const char *name, const char **forward);
bool exports_ordinal(struct image *image, uint32_t ordinal, const char **forward);
void exports_free(struct exports *exports);

/* ---- store.c: which file a DLL name means ---- */

enum where { WHERE_NOWHERE, WHERE_BUILTIN, WHERE_BESIDE, WHERE_API_SET };

struct dll {
    struct dll *next;
    char *name;          /* lower case, with extension */
    enum where where;
    char *host;          /* WHERE_API_SET: the DLL behind it */
    struct image *image; /* of the file, of the host's for an API set; NULL: none, or damaged */
    bool checked;        /* its own imports were looked at */
    struct missing *missing;
    unsigned functions, missing_count; /* imported from it by the programs checked */
};

struct store {
    const char *library_path; /* …/lib/ferry */
    uint16_t machine;
    char *folder;             /* of the program */
    struct dll *dlls;
};

/* The DLL of that name as the program in store->folder would get it; never NULL. */
struct dll *store_find(struct store *store, const char *name);
/* Is the function there? Follows forwarders and API sets. name NULL: by ordinal. */
bool store_has(struct store *store, struct dll *dll, const char *name, uint32_t ordinal);
void store_free(struct store *store);
/* The host of an API set ("" if it has none), NULL if the name is none. */
const char *api_set_host(const char *name);

/* ---- facts.c: what the program is ---- */

#define FACTS_MAX 12
struct facts {
    char machine[24], subsystem[24];
    unsigned windows_major, windows_minor;
    char made_with[FACTS_MAX][64]; /* compilers, runtimes, packers, installers; in order of certainty */
    unsigned made_count;
    char manifest[FACTS_MAX][64];
    unsigned manifest_count;
};
void facts_find(const struct image *image, struct facts *facts);

/* ---- lookups.c: names that the program may pass to GetProcAddress ---- */

/* Calls `each` once for every known function name among the strings of the image. */
void lookups_find(const struct image *image, void (*each)(const char *function, const char *dll, void *data), void *data);

/* ---- report.c ---- */

struct missing {
    struct missing *next;
    char *function; /* NULL: by ordinal */
    uint32_t ordinal;
    bool delayed;
    char *needed_by; /* path of the file that first asked */
};

struct lookup {
    struct lookup *next;
    const char *function, *dll;
    bool implemented;
};

struct report {
    const char *path;
    const char *problem; /* not a program: why; then nothing else counts */
    struct facts facts;
    struct store store;
    struct lookup *lookups;
    unsigned lookup_count, lookups_missing;
    bool damaged;              /* an import table is */
    unsigned missing_static;   /* functions and DLLs that the program cannot do without at its start */
};

void report_text(FILE *out, const struct report *report);
void report_json(FILE *out, const struct report *report);

#endif
