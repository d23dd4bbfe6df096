/* The module loader's own types. Everything here is called with loader_lock held unless it says otherwise. */
#ifndef NTDLL_LDR_H
#define NTDLL_LDR_H

#include "ntdll.h"

struct module;

struct dependencies {
    struct module **list;
    ULONG count, room;
};

struct module {
    FERRY_LDR_ENTRY entry; /* first: programs see this */
    IMAGE_NT_HEADERS *nt;
    const char *base; /* = entry.DllBase, for arithmetic */

    /* Export tables, NULL when there are none; checked against the image once. */
    const ULONG *functions, *names;
    const USHORT *ordinals;
    ULONG function_count, name_count, ordinal_base;
    ULONG exports_start, exports_end; /* RVAs: an address between them is a forwarder */

    struct dependencies needs; /* modules that this one imports from or forwards to */
    LONG load_count;           /* LdrLoadDll minus LdrUnloadDll; PINNED stays for ever */
    bool marked;               /* while collecting what nothing needs */
    bool visiting;             /* while initialising in order of dependency */
    bool bound;                /* imports are resolved */
    bool attached;             /* DllMain(PROCESS_ATTACH) was called and has not failed */
    bool failed;
    bool no_thread_calls;
    bool datafile_like;        /* DONT_RESOLVE_DLL_REFERENCES */
    const IMAGE_TLS_DIRECTORY *tls;
    struct module *forward_to; /* the last module a forwarder led to, and its name in the forwarder's spelling */
    const char *forward_name;
    ULONG forward_length;
    void *activation_context;  /* from the manifest of the DLL, NULL without */
    struct module *hash_next;
};

#define PINNED 0x7fffffff

/* Entry flags that programs know. */
#define LDRP_IMAGE_DLL 0x00000004
#define LDRP_ENTRY_PROCESSED 0x00004000
#define LDRP_PROCESS_ATTACH_CALLED 0x00080000
#define LDRP_DONT_CALL_FOR_THREADS 0x00040000
#define LDRP_IMAGE_NOT_AT_BASE 0x00200000

#define HASH_SIZE 64
extern struct module *module_hash[HASH_SIZE];
extern struct module *main_module, *ntdll_module;
extern LIST_ENTRY dll_notifications;
extern bool process_starting; /* the imports of the program itself: what is loaded now stays */

static inline struct module *module_of_entry(FERRY_LDR_ENTRY *entry)
{
    return (struct module *)entry;
}

/* ---- ldr_module.c ---- */
NTSTATUS module_create(void *base, const UNICODE_STRING *full_name, struct module **module);
void module_destroy(struct module *module); /* unmaps */
struct module *module_by_base_name(const UNICODE_STRING *name);
struct module *module_by_full_name(const UNICODE_STRING *name);
struct module *module_by_handle(const void *handle); /* DllBase; NULL handle is not the program */
NTSTATUS module_needs(struct module *module, struct module *dependency);
bool range_in_image(const struct module *module, ULONG rva, ULONG size);

/* ---- ldr_export.c ---- */
/* NULL when missing. Follows forwarders, loading what they name. */
void *export_by_name(struct module *module, const char *name, int hint, struct module **found);
void *export_by_ordinal(struct module *module, ULONG ordinal, struct module **found);

/* ---- ldr_import.c ---- */
NTSTATUS bind_imports(struct module *module, const WCHAR *search_path, ULONG search_flags);
void *missing_function(const char *dll, const char *name, ULONG ordinal);

/* ---- ldr_load.c ---- */
/* Maps (no DllMain yet) or finds. `path`: directories, or NULL for the default; `flags`: LOAD_LIBRARY_SEARCH_*,
 * LOAD_WITH_ALTERED_SEARCH_PATH. `name` need not be terminated. `importer` may be NULL. */
NTSTATUS load_module(const WCHAR *path, ULONG flags, ULONG characteristics, const UNICODE_STRING *name,
                     struct module *importer, struct module **module);
NTSTATUS load_module_ansi(const char *name, ULONG length, const WCHAR *path, ULONG flags, struct module *importer,
                          struct module **module);
void collect_unneeded(void);

/* ---- ldr_search.c ---- */
/* "C:\\…", "\\\\server\\…", "\\\\.\\…": not relative to anything. */
bool is_absolute_dll_path(const WCHAR *path);
/* Directories joined by ';' in heap memory, for `flags` as LoadLibraryEx has them. */
WCHAR *search_path_build(ULONG flags, const UNICODE_STRING *dll_directory);
extern ULONG default_search_flags; /* SetDefaultDllDirectories */

/* ---- ldr_init.c ---- */
NTSTATUS initialize_graph(struct module *module, void *reserved);
void call_entry(struct module *module, ULONG reason, void *reserved, bool *result);
void ldr_thread_attach(void);
void detach_module(struct module *module, void *reserved);
void notify_dll(ULONG reason, struct module *module);

/* ---- ldr_tls.c ---- */
NTSTATUS tls_add_module(struct module *module);
void tls_remove_module(struct module *module);
NTSTATUS tls_start_thread(void);
void tls_end_thread(void);
void tls_call_callbacks(struct module *module, ULONG reason, void *reserved);

/* ---- actctx_*.c ---- */
/* Makes the module's own manifest the active context while its imports are bound and its DllMain runs; the result
 * goes to actctx_leave_module. */
void *actctx_enter_module(struct module *module);
void actctx_leave_module(void *cookie);
/* Reads the manifest of a DLL that is to be isolated; lets it go. */
void actctx_note_module(struct module *module);
void actctx_forget_module(struct module *module);
/* Reads the program's manifest; returns its activeCodePage or 0. */
ULONG actctx_init(void);
/* The full path that the active context gives for a DLL name, to be freed; STATUS_SXS_KEY_NOT_FOUND. */
NTSTATUS actctx_redirect_dll(const UNICODE_STRING *name, UNICODE_STRING *path);

/* ---- ldr_apiset.c ---- */
extern const ULONG apiset_map[];
/* True when `name` (with or without .dll) is an API set; `host` is empty when nothing implements it here. */
bool apiset_resolve(const UNICODE_STRING *name, const UNICODE_STRING *importer, UNICODE_STRING *host);

#endif
