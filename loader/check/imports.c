#include "check.h"

#include <string.h>

#define IMPORT_DIRECTORY 1
#define DELAY_DIRECTORY 13
#define NAME_MAX_BYTES 4096
#define DLLS_MAX 4096
#define FUNCTIONS_MAX 65536 /* of one DLL: more is damage */

typedef void (*each_import)(const struct import *import, void *data);

/* The functions of one DLL: `table` is an array of thunks. `base` is taken off addresses of old delayed imports. */
static bool read_functions(const struct image *image, uint32_t table, uint64_t base, struct import *import, each_import each,
                           void *data)
{
    uint32_t step = image->pe.is_64 ? 8 : 4;

    for (uint32_t i = 0; i < FUNCTIONS_MAX; i++) {
        uint64_t thunk, flag = image->pe.is_64 ? 1ull << 63 : 1ull << 31;
        uint32_t low;
        if (image->pe.is_64 ? !image_get64(image, table + i * step, &thunk) : !image_get32(image, table + i * step, &low))
            return false;
        if (!image->pe.is_64) thunk = low;
        if (!thunk) {
            if (!i) { /* loaded for its own sake */
                import->function = NULL;
                import->ordinal = 0;
                each(import, data);
            }
            return true;
        }
        if (thunk & flag) {
            import->function = NULL;
            import->ordinal = (uint16_t)thunk;
        } else {
            import->function = image_text(image, (uint32_t)(thunk - base) + 2, NAME_MAX_BYTES);
            if (!import->function) return false;
        }
        each(import, data);
    }
    return false;
}

static bool read_static(const struct image *image, each_import each, void *data)
{
    uint32_t at = image->pe.directories[IMPORT_DIRECTORY].rva;

    for (uint32_t i = 0; i < DLLS_MAX; i++, at += 20) {
        struct import import = { 0 };
        uint32_t names, name, addresses;
        if (!image_get32(image, at, &names) || !image_get32(image, at + 12, &name) || !image_get32(image, at + 16, &addresses))
            return false;
        if (!name || !addresses) return true;
        if (!(import.dll = image_text(image, name, NAME_MAX_BYTES)) || !*import.dll) return false;
        /* Without a table of names (Borland's linker) the addresses still hold them. */
        if (!read_functions(image, names ? names : addresses, 0, &import, each, data)) return false;
    }
    return false;
}

static bool read_delayed(const struct image *image, each_import each, void *data)
{
    uint32_t at = image->pe.directories[DELAY_DIRECTORY].rva;

    for (uint32_t i = 0; i < DLLS_MAX; i++, at += 32) {
        struct import import = { .delayed = true };
        uint32_t attributes, name, names;
        uint64_t base;
        if (!image_get32(image, at, &attributes) || !image_get32(image, at + 4, &name) || !image_get32(image, at + 16, &names))
            return false;
        if (!name) return true;
        base = attributes & 1 ? 0 : image->pe.image_base; /* Visual C++ 6: addresses, not RVAs */
        if (!(import.dll = image_text(image, (uint32_t)(name - base), NAME_MAX_BYTES)) || !*import.dll) return false;
        if (!read_functions(image, (uint32_t)(names - base), base, &import, each, data)) return false;
    }
    return false;
}

bool imports_read(const struct image *image, each_import each, void *data)
{
    const struct pe_info *pe = &image->pe;
    bool whole = true;

    if (pe->directory_count > IMPORT_DIRECTORY && pe->directories[IMPORT_DIRECTORY].rva)
        whole = read_static(image, each, data);
    if (pe->directory_count > DELAY_DIRECTORY && pe->directories[DELAY_DIRECTORY].rva)
        whole = read_delayed(image, each, data) && whole;
    return whole;
}
