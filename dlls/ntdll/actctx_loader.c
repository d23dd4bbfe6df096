/* What the loader does with manifests: the process's own context and code page, private assemblies' DLLs, and the
 * context of a DLL that has a manifest while its imports are resolved and its DllMain runs.
 *
 * An assembly that is nowhere never keeps a program from starting: its DLLs are found by the ordinary search, where the
 * built-in ones answer.
 */
#include "actctx.h"
#include "ldr.h"

#define MANIFEST_TYPE 24
#define CREATEPROCESS_MANIFEST 1
#define ISOLATIONAWARE_MANIFEST 2

void *actctx_enter_module(struct module *module)
{
    return module->activation_context ? actctx_push(module->activation_context) : NULL;
}

void actctx_leave_module(void *cookie)
{
    actctx_pop(cookie);
}

void actctx_forget_module(struct module *module)
{
    if (!module->activation_context) return;
    actctx_release(module->activation_context);
    module->activation_context = NULL;
}

NTSTATUS actctx_redirect_dll(const UNICODE_STRING *name, UNICODE_STRING *path)
{
    struct activation_context *active = actctx_active(NULL);
    NTSTATUS status = STATUS_SXS_KEY_NOT_FOUND;

    if (active) status = actctx_find_file(active, name, path, NULL);
    if (status < 0 && process_context && process_context != active)
        status = actctx_find_file(process_context, name, path, NULL);
    return status;
}

/* The context of the manifest resource `id` in a loaded module, or NULL. */
static struct activation_context *module_context(struct module *module, ULONG_PTR id)
{
    LDR_RESOURCE_INFO info = { MANIFEST_TYPE, id, 0 };
    const IMAGE_RESOURCE_DATA_ENTRY *entry;
    struct activation_context *context = NULL;
    UNICODE_STRING *full = &module->entry.FullDllName;
    SIZE_T units = full->Length / sizeof(WCHAR), folder;
    WCHAR *path;
    void *data;
    ULONG size;

    if (LdrFindResource_U(module->entry.DllBase, &info, 3, &entry) < 0 ||
        LdrAccessResource(module->entry.DllBase, entry, &data, &size) < 0 ||
        !range_in_image(module, (ULONG)((char *)data - module->base), size))
        return NULL;
    if (!(path = heap_allocate((units + 1) * 2 * sizeof(WCHAR)))) return NULL;
    memcpy(path, full->Buffer, units * sizeof(WCHAR));
    path[units] = 0;
    for (folder = units; folder && path[folder - 1] != '\\'; folder--) {}
    memcpy(path + units + 1, path, folder * sizeof(WCHAR));
    path[units + 1 + folder] = 0;
    if (actctx_create(data, size, path, path + units + 1, false, &context) < 0) context = NULL;
    heap_free(path);
    return context;
}

void actctx_note_module(struct module *module)
{
    module->activation_context = module_context(module, ISOLATIONAWARE_MANIFEST);
}

/* <activeCodePage>UTF-8</activeCodePage>; 0 for none and for "Legacy". */
ULONG actctx_init(void)
{
    process_context = module_context(main_module, CREATEPROCESS_MANIFEST);
    if (!process_context) return 0;
    for (const struct manifest_setting *at = process_context->assemblies[0].manifest.settings; at; at = at->next)
        if (!wcscmp(at->name, L"activeCodePage") && at->value && !_wcsicmp(at->value, L"UTF-8")) return CP_UTF8;
    return 0;
}
