/* Manifests: the XML that says which assemblies, settings and privileges a module wants ("Application manifests",
 * "Assembly manifests" of Microsoft's reference). */
#ifndef NTDLL_MANIFEST_H
#define NTDLL_MANIFEST_H

#include "ntdll.h"

/* Memory that goes all at once. */
struct pool {
    struct pool_block *blocks;
};
void *pool_allocate(struct pool *pool, SIZE_T bytes); /* zeroed; NULL without memory */
WCHAR *pool_copy(struct pool *pool, const WCHAR *text, SIZE_T units);
void pool_free(struct pool *pool);

/* Attributes are NULL where the manifest has none. */
struct identity {
    WCHAR *name, *version, *type, *architecture, *token, *language;
};

struct manifest_file {
    struct manifest_file *next;
    WCHAR *name;
    WCHAR *load_from;
};

struct manifest_class {
    struct manifest_class *next;
    WCHAR *name;
    struct manifest_file *file;
    bool versioned; /* the class is known to windows as VERSION!NAME */
};

struct manifest_dependency {
    struct manifest_dependency *next;
    struct identity identity;
    bool optional;
};

struct manifest_setting {
    struct manifest_setting *next;
    WCHAR *space; /* xmlns, NULL if none was said */
    WCHAR *name, *value;
};

struct manifest {
    struct identity identity;
    struct manifest_file *files;
    struct manifest_class *classes;
    struct manifest_dependency *dependencies;
    struct manifest_setting *settings;
    ULONG run_level; /* ACTCTX_REQUESTED_RUN_LEVEL */
    bool ui_access, no_inherit;
    GUID supported[16];
    ULONG supported_count;
};

/* Reads `size` bytes of UTF-8 or UTF-16 text. Strings come from `pool`. STATUS_SXS_MANIFEST_FORMAT_ERROR,
 * STATUS_SXS_MANIFEST_PARSE_ERROR, STATUS_NO_MEMORY. */
NTSTATUS manifest_parse(const void *text, SIZE_T size, struct pool *pool, struct manifest *manifest);

#endif
