#include "check.h"

#include <stdlib.h>
#include <string.h>

#define EXPORTS_MAX 0x20000u

struct name {
    const char *name;
    uint32_t index;
};

struct exports {
    uint32_t directory, directory_size; /* RVAs inside it are forwarders */
    uint32_t functions, function_count, ordinal_base;
    struct name *names; /* sorted */
    uint32_t name_count;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct name *)a)->name, ((const struct name *)b)->name);
}

static struct exports *exports_of(struct image *image)
{
    const struct pe_info *pe = &image->pe;
    struct exports *exports = image->exports;
    uint32_t names, ordinals, count, at;

    if (exports) return exports;
    if (!(exports = image->exports = calloc(1, sizeof(*exports)))) abort();
    at = pe->directory_count ? pe->directories[0].rva : 0;
    if (!at || !image_get32(image, at + 16, &exports->ordinal_base) || !image_get32(image, at + 20, &exports->function_count) ||
        !image_get32(image, at + 24, &count) || !image_get32(image, at + 28, &exports->functions) ||
        !image_get32(image, at + 32, &names) || !image_get32(image, at + 36, &ordinals) ||
        exports->function_count > EXPORTS_MAX || count > EXPORTS_MAX) {
        exports->function_count = 0;
        return exports;
    }
    exports->directory = at;
    exports->directory_size = pe->directories[0].size;
    if (!(exports->names = malloc((count + 1) * sizeof(*exports->names)))) abort();
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *ordinal = image_at(image, ordinals + i * 2, 2);
        uint32_t name;
        const char *text = image_get32(image, names + i * 4, &name) ? image_text(image, name, 4096) : NULL;
        if (!text || !ordinal) continue;
        exports->names[exports->name_count].name = text;
        exports->names[exports->name_count++].index = (uint32_t)(ordinal[0] | ordinal[1] << 8);
    }
    qsort(exports->names, exports->name_count, sizeof(*exports->names), by_name);
    return exports;
}

static bool function_at(const struct image *image, const struct exports *exports, uint32_t index, const char **forward)
{
    uint32_t rva;

    *forward = NULL;
    if (index >= exports->function_count || !image_get32(image, exports->functions + index * 4, &rva) || !rva) return false;
    if (rva - exports->directory < exports->directory_size) *forward = image_text(image, rva, 4096);
    return true;
}

bool exports_name(struct image *image, const char *name, const char **forward)
{
    struct exports *exports = exports_of(image);
    struct name wanted = { name, 0 };
    const struct name *found = bsearch(&wanted, exports->names, exports->name_count, sizeof(*exports->names), by_name);

    *forward = NULL;
    return found && function_at(image, exports, found->index, forward);
}

bool exports_ordinal(struct image *image, uint32_t ordinal, const char **forward)
{
    struct exports *exports = exports_of(image);

    *forward = NULL;
    return ordinal >= exports->ordinal_base && function_at(image, exports, ordinal - exports->ordinal_base, forward);
}

void exports_free(struct exports *exports)
{
    if (exports) free(exports->names);
    free(exports);
}
