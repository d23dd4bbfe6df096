/* Activation contexts: a manifest and the assemblies it leads to, and which of them counts for a thread
 * ("Isolated Applications and Side-by-side Assemblies" of Microsoft's reference). */
#ifndef NTDLL_ACTCTX_H
#define NTDLL_ACTCTX_H

#include "manifest.h"

struct assembly {
    struct manifest manifest;
    WCHAR *path;      /* of the manifest or of the module that holds it; NULL for one that Ferry's own DLLs stand for */
    WCHAR *directory; /* where its files are, with a backslash; NULL: found by the ordinary search */
};

#define ASSEMBLIES_MAX 64

struct activation_context {
    ULONG magic;
    LONG references;
    struct pool pool;
    struct assembly *assemblies; /* the first is the one the context was made for */
    ULONG count;
    WCHAR *directory; /* application's or ACTCTX.lpAssemblyDirectory, with a backslash */
};

#define ACTCTX_MAGIC 0x78437441u

/* INVALID_HANDLE_VALUE and what is no context: NULL. */
struct activation_context *actctx_from_handle(HANDLE handle);
void actctx_retain(struct activation_context *context);
void actctx_release(struct activation_context *context);

/* The context of the process; NULL if the program has no manifest. */
extern struct activation_context *process_context;

/* The one active for this thread, without a reference; the process's own if none was activated. *is_default: so. */
struct activation_context *actctx_active(bool *is_default);

/* From the manifest's text. `path`: where it came from; `directory`: where private assemblies are, with a backslash.
 * `strict`: an assembly that is nowhere is an error (STATUS_SXS_ASSEMBLY_NOT_FOUND). */
NTSTATUS actctx_create(const void *text, SIZE_T size, const WCHAR *path, const WCHAR *directory, bool strict,
                       struct activation_context **context);

/* A file whole, or the manifest resource `id` (or any, with id NULL) of an image file; free with heap_free. */
NTSTATUS read_manifest_file(const WCHAR *path, void **text, SIZE_T *size);
NTSTATUS read_manifest_resource(const WCHAR *path, const WCHAR *id, void **text, SIZE_T *size);

/* Full path of a file that the context's assemblies list, heap-allocated; STATUS_SXS_KEY_NOT_FOUND. */
NTSTATUS actctx_find_file(const struct activation_context *context, const UNICODE_STRING *name, UNICODE_STRING *path,
                          ULONG *assembly);

/* Frames of modules and threads. */
void *actctx_push(struct activation_context *context);
void actctx_pop(void *frame);

#endif
