/* CreateActCtxW's part below the border to kernelbase. */
#include "actctx.h"
#include "ldr.h"

#define KNOWN_FLAGS                                                                                                 \
    (ACTCTX_FLAG_PROCESSOR_ARCHITECTURE_VALID | ACTCTX_FLAG_LANGID_VALID | ACTCTX_FLAG_ASSEMBLY_DIRECTORY_VALID |     \
     ACTCTX_FLAG_RESOURCE_NAME_VALID | ACTCTX_FLAG_SET_PROCESS_DEFAULT | ACTCTX_FLAG_APPLICATION_NAME_VALID |         \
     ACTCTX_FLAG_SOURCE_IS_ASSEMBLYREF | ACTCTX_FLAG_HMODULE_VALID)

/* Full path, heap-allocated. */
static WCHAR *full_path(const WCHAR *path)
{
    ULONG bytes = RtlGetFullPathName_U(path, 0, NULL, NULL);
    WCHAR *full = bytes && bytes < 0xfff0 ? heap_allocate(bytes + sizeof(WCHAR)) : NULL;

    if (full) full[RtlGetFullPathName_U(path, bytes, full, NULL) / sizeof(WCHAR)] = 0;
    return full;
}

static WCHAR *module_path(HMODULE handle)
{
    struct module *module;
    WCHAR *path = NULL;

    RtlEnterCriticalSection(&loader_lock);
    module = handle ? module_by_handle(handle) : main_module;
    if (module && (path = heap_allocate(module->entry.FullDllName.Length + sizeof(WCHAR)))) {
        memcpy(path, module->entry.FullDllName.Buffer, module->entry.FullDllName.Length);
        path[module->entry.FullDllName.Length / sizeof(WCHAR)] = 0;
    }
    RtlLeaveCriticalSection(&loader_lock);
    return path;
}

/* The folder of `path`, or `path` itself if it is one, with a backslash at the end; heap-allocated. */
static WCHAR *folder_of(const WCHAR *path, bool is_folder)
{
    SIZE_T units = wcslen(path);
    WCHAR *folder = heap_allocate((units + 2) * sizeof(WCHAR));

    if (!folder) return NULL;
    wcscpy(folder, path);
    if (!is_folder)
        while (units && folder[units - 1] != '\\') units--;
    else if (units && folder[units - 1] != '\\')
        folder[units++] = '\\';
    folder[units] = 0;
    return folder;
}

static NTSTATUS read_source(const ACTCTXW *parameters, const WCHAR *path, void **text, SIZE_T *size)
{
    NTSTATUS status;

    if (parameters->dwFlags & ACTCTX_FLAG_RESOURCE_NAME_VALID)
        return read_manifest_resource(path, parameters->lpResourceName, text, size);
    for (ULONG_PTR id = 1; id <= 3; id++) {
        status = read_manifest_resource(path, (const WCHAR *)id, text, size);
        if (status == STATUS_INVALID_IMAGE_NOT_MZ || status == STATUS_INVALID_FILE_FOR_SECTION ||
            status == STATUS_INVALID_IMAGE_FORMAT || status == STATUS_MAPPED_FILE_SIZE_ZERO)
            return read_manifest_file(path, text, size);
        if (status != STATUS_RESOURCE_NAME_NOT_FOUND) return status;
    }
    return status;
}

/* `parameters` is read directly. The handle has one reference. STATUS_INVALID_PARAMETER; of the file, what opening it
 * says; STATUS_SXS_CANT_GEN_ACTCTX for a manifest that is none or that leads nowhere. */
NTSTATUS NTAPI FerryCreateActivationContext(const ACTCTXW *parameters, HANDLE *handle)
{
    WCHAR *path, *folder = NULL;
    struct activation_context *context = NULL;
    void *text = NULL;
    SIZE_T size = 0;
    NTSTATUS status;
    DWORD flags;

    if (!parameters || parameters->cbSize < offsetof(ACTCTXW, wProcessorArchitecture)) return STATUS_INVALID_PARAMETER;
    flags = parameters->dwFlags;
    if (flags & ~(DWORD)KNOWN_FLAGS || (flags & ACTCTX_FLAG_HMODULE_VALID && parameters->cbSize < sizeof(*parameters)) ||
        (flags & ACTCTX_FLAG_RESOURCE_NAME_VALID && !parameters->lpResourceName) ||
        (flags & ACTCTX_FLAG_ASSEMBLY_DIRECTORY_VALID && !parameters->lpAssemblyDirectory) ||
        (!parameters->lpSource && !(flags & ACTCTX_FLAG_HMODULE_VALID)))
        return STATUS_INVALID_PARAMETER;
    if (flags & ACTCTX_FLAG_SOURCE_IS_ASSEMBLYREF) return STATUS_NOT_SUPPORTED;
    if (flags & ACTCTX_FLAG_SET_PROCESS_DEFAULT && process_context) return STATUS_SXS_PROCESS_DEFAULT_ALREADY_SET;
    path = flags & ACTCTX_FLAG_HMODULE_VALID ? module_path(parameters->hModule) : full_path(parameters->lpSource);
    if (!path) return flags & ACTCTX_FLAG_HMODULE_VALID ? STATUS_DLL_NOT_FOUND : STATUS_OBJECT_NAME_INVALID;
    if (flags & ACTCTX_FLAG_ASSEMBLY_DIRECTORY_VALID) {
        WCHAR *given = full_path(parameters->lpAssemblyDirectory);
        folder = given ? folder_of(given, true) : NULL;
        heap_free(given);
    } else {
        folder = folder_of(path, false);
    }
    status = folder ? read_source(parameters, path, &text, &size) : STATUS_NO_MEMORY;
    if (status >= 0) {
        status = actctx_create(text, size, path, folder, true, &context);
        if (status < 0 && status != STATUS_NO_MEMORY) status = STATUS_SXS_CANT_GEN_ACTCTX;
    }
    heap_free(text);
    heap_free(folder);
    heap_free(path);
    if (status < 0) return status;
    if (flags & ACTCTX_FLAG_SET_PROCESS_DEFAULT) {
        actctx_retain(context);
        process_context = context;
    }
    *handle = context;
    return STATUS_SUCCESS;
}
