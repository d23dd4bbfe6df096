/* Exports: by name, by ordinal, through forwarders. */
#include "ldr.h"

/* Forwarders that lead to each other end here. */
#define MAX_FORWARDS 32

static void *function_at(struct module *module, ULONG index, struct module **found, int depth);

static void *by_name(struct module *module, const char *name, int hint, struct module **found, int depth)
{
    ULONG low = 0, high = module->name_count;

    if (hint >= 0 && (ULONG)hint < high) {
        ULONG rva = module->names[hint];
        if (rva < module->entry.SizeOfImage && !strcmp(module->base + rva, name))
            return function_at(module, module->ordinals[hint], found, depth);
    }
    while (low < high) {
        ULONG middle = (low + high) / 2, rva = module->names[middle];
        if (rva >= module->entry.SizeOfImage) return NULL;
        int order = strcmp(name, module->base + rva);
        if (!order) return function_at(module, module->ordinals[middle], found, depth);
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

static void *by_ordinal(struct module *module, ULONG ordinal, struct module **found, int depth)
{
    if (ordinal < module->ordinal_base) return NULL;
    return function_at(module, ordinal - module->ordinal_base, found, depth);
}

/* "DLL.name" or "DLL.#12". The DLL's name may itself contain dots. */
static void *follow(struct module *module, const char *forwarder, struct module **found, int depth)
{
    const char *dot = strrchr(forwarder, '.');
    struct module *target;

    if (!dot || depth >= MAX_FORWARDS) return NULL;
    ULONG length = (ULONG)(dot - forwarder);
    /* Nearly all forwarders of a DLL lead to the same place. */
    if (module->forward_to && module->forward_length == length && !memcmp(module->forward_name, forwarder, length)) {
        target = module->forward_to;
    } else {
        if (load_module_ansi(forwarder, length, NULL, 0, module, &target) < 0) return NULL;
        if (target != module && module_needs(module, target) < 0) return NULL;
        if (module->bound && module->attached && !target->attached) initialize_graph(target, NULL);
        module->forward_to = target;
        module->forward_name = forwarder;
        module->forward_length = length;
    }
    if (dot[1] == '#') return by_ordinal(target, strtoul(dot + 2, NULL, 10), found, depth + 1);
    return by_name(target, dot + 1, -1, found, depth + 1);
}

static void *function_at(struct module *module, ULONG index, struct module **found, int depth)
{
    if (index >= module->function_count) return NULL;
    ULONG rva = module->functions[index];
    if (!rva || rva >= module->entry.SizeOfImage) return NULL;
    if (rva >= module->exports_start && rva < module->exports_end) return follow(module, module->base + rva, found, depth);
    if (found) *found = module;
    return (char *)module->base + rva;
}

void *export_by_name(struct module *module, const char *name, int hint, struct module **found)
{
    return by_name(module, name, hint, found, 0);
}

void *export_by_ordinal(struct module *module, ULONG ordinal, struct module **found)
{
    return by_ordinal(module, ordinal, found, 0);
}

/* ---- the public side ---- */

/* `name` goes before `ordinal`. STATUS_DLL_NOT_FOUND for a handle that is none, STATUS_ENTRYPOINT_NOT_FOUND,
 * STATUS_ORDINAL_NOT_FOUND. */
NTSTATUS NTAPI LdrGetProcedureAddressForCaller(void *handle, const ANSI_STRING *name, ULONG ordinal, void **address,
                                               ULONG flags, void *caller)
{
    char small[128], *text = small;
    NTSTATUS status = STATUS_SUCCESS;
    void *found;

    *address = NULL;
    if (name && name->Length >= sizeof(small) && !(text = heap_allocate(name->Length + 1))) return STATUS_NO_MEMORY;
    if (name) {
        memcpy(text, name->Buffer, name->Length);
        text[name->Length] = 0;
    }
    RtlEnterCriticalSection(&loader_lock);
    struct module *module = module_by_handle(handle);
    if (!module) {
        status = STATUS_DLL_NOT_FOUND;
    } else {
        found = name && *text ? export_by_name(module, text, -1, NULL) : export_by_ordinal(module, ordinal & 0xffff, NULL);
        if (found) *address = found;
        else status = name && *text ? STATUS_ENTRYPOINT_NOT_FOUND : STATUS_ORDINAL_NOT_FOUND;
    }
    RtlLeaveCriticalSection(&loader_lock);
    if (text != small) heap_free(text);
    return status;
}

NTSTATUS NTAPI LdrGetProcedureAddressEx(void *handle, const ANSI_STRING *name, ULONG ordinal, void **address, ULONG flags)
{
    return LdrGetProcedureAddressForCaller(handle, name, ordinal, address, flags, __builtin_return_address(0));
}

NTSTATUS NTAPI LdrGetProcedureAddress(void *handle, const ANSI_STRING *name, ULONG ordinal, void **address)
{
    return LdrGetProcedureAddressForCaller(handle, name, ordinal, address, 0, __builtin_return_address(0));
}
