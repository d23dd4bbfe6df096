/* What a context holds: QueryActCtxW's classes, its settings, and look-ups by string. */
#include "actctx.h"
#include "ldr.h"

/* The context that `flags` (QUERY_ACTCTX_FLAG_*) and `handle` mean, without a reference; NULL there is none. */
static NTSTATUS choose(ULONG flags, HANDLE handle, struct activation_context **context)
{
    ULONG how = flags & (QUERY_ACTCTX_FLAG_USE_ACTIVE_ACTCTX | QUERY_ACTCTX_FLAG_ACTCTX_IS_HMODULE |
                         QUERY_ACTCTX_FLAG_ACTCTX_IS_ADDRESS);
    struct module *module;

    if (flags & ~(0x1cul | QUERY_ACTCTX_FLAG_NO_ADDREF)) return STATUS_INVALID_PARAMETER;
    switch (how) {
    case QUERY_ACTCTX_FLAG_USE_ACTIVE_ACTCTX:
        if (handle) return STATUS_INVALID_PARAMETER;
        *context = actctx_active(NULL);
        return STATUS_SUCCESS;
    case QUERY_ACTCTX_FLAG_ACTCTX_IS_HMODULE:
    case QUERY_ACTCTX_FLAG_ACTCTX_IS_ADDRESS:
        if (!handle) return STATUS_INVALID_PARAMETER;
        RtlEnterCriticalSection(&loader_lock);
        module = how == QUERY_ACTCTX_FLAG_ACTCTX_IS_HMODULE ? module_by_handle(handle)
                                                            : module_of_entry(ldr_entry_of(handle));
        *context = !module ? NULL : module == main_module ? process_context : module->activation_context;
        RtlLeaveCriticalSection(&loader_lock);
        return module ? STATUS_SUCCESS : STATUS_DLL_NOT_FOUND;
    case 0:
        if (handle && !(*context = actctx_from_handle(handle))) return STATUS_INVALID_PARAMETER;
        if (!handle) *context = process_context;
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_PARAMETER;
}

/* ---- building an answer: a structure, then the strings it points to ---- */

struct answer {
    char *buffer, *strings;
    SIZE_T room, needed;
};

static void begin(struct answer *answer, void *buffer, SIZE_T room, SIZE_T structure)
{
    *answer = (struct answer){ buffer, (char *)buffer + structure, room, structure };
}

/* Counts a string in; its place if everything fits, else NULL. */
static const WCHAR *put(struct answer *answer, const WCHAR *text, DWORD *bytes, bool fits)
{
    SIZE_T size = text ? wcslen(text) * sizeof(WCHAR) : 0;
    WCHAR *place = (WCHAR *)answer->strings;

    *bytes = (DWORD)size;
    if (!text) return NULL;
    answer->needed += size + sizeof(WCHAR);
    if (!fits) return NULL;
    memcpy(place, text, size + sizeof(WCHAR));
    answer->strings += size + sizeof(WCHAR);
    return place;
}

/* name,attribute="value",… as the reference shows encoded identities. */
static WCHAR *encode_identity(const struct identity *identity)
{
    const struct {
        const WCHAR *name, *value;
    } parts[] = { { L",processorArchitecture=\"", identity->architecture }, { L",publicKeyToken=\"", identity->token },
                  { L",type=\"", identity->type }, { L",version=\"", identity->version },
                  { L",language=\"", identity->language } };
    SIZE_T units = identity->name ? wcslen(identity->name) : 0;
    WCHAR *text;

    for (SIZE_T i = 0; i < ARRAY_SIZE(parts); i++)
        if (parts[i].value) units += wcslen(parts[i].name) + wcslen(parts[i].value) + 1;
    if (!(text = heap_allocate((units + 1) * sizeof(WCHAR)))) return NULL;
    wcscpy(text, identity->name ? identity->name : L"");
    for (SIZE_T i = 0; i < ARRAY_SIZE(parts); i++)
        if (parts[i].value) {
            wcscat(text, parts[i].name);
            wcscat(text, parts[i].value);
            wcscat(text, L"\"");
        }
    return text;
}

static ULONG count_files(const struct assembly *assembly)
{
    ULONG count = 0;

    for (const struct manifest_file *file = assembly->manifest.files; file; file = file->next) count++;
    return count;
}

static NTSTATUS query_detailed(struct activation_context *context, void *buffer, SIZE_T room, SIZE_T *needed)
{
    ACTIVATION_CONTEXT_DETAILED_INFORMATION *info = buffer, measured = { 0 };
    const WCHAR *path = context ? context->assemblies[0].path : NULL, *directory = context ? context->directory : NULL;
    struct answer answer;

    begin(&answer, buffer, room, sizeof(*info));
    for (int pass = 0; pass < 2; pass++) {
        bool fits = pass == 1;
        if (fits) *needed = answer.needed;
        if (fits && room < answer.needed) return STATUS_BUFFER_TOO_SMALL;
        if (fits) begin(&answer, buffer, room, sizeof(*info)), memset(info, 0, sizeof(*info));
        ACTIVATION_CONTEXT_DETAILED_INFORMATION *to = fits ? info : &measured;
        to->ulFormatVersion = 1;
        to->ulAssemblyCount = context ? context->count : 0;
        to->ulRootManifestPathType = path ? ACTIVATION_CONTEXT_PATH_TYPE_WIN32_FILE : ACTIVATION_CONTEXT_PATH_TYPE_NONE;
        to->ulRootConfigurationPathType = ACTIVATION_CONTEXT_PATH_TYPE_NONE;
        to->ulAppDirPathType = directory ? ACTIVATION_CONTEXT_PATH_TYPE_WIN32_FILE : ACTIVATION_CONTEXT_PATH_TYPE_NONE;
        to->lpRootManifestPath = put(&answer, path, &to->ulRootManifestPathChars, fits);
        to->lpAppDirPath = put(&answer, directory, &to->ulAppDirPathChars, fits);
        to->ulRootManifestPathChars /= sizeof(WCHAR);
        to->ulAppDirPathChars /= sizeof(WCHAR);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS query_assembly(struct activation_context *context, const ULONG *index, void *buffer, SIZE_T room,
                               SIZE_T *needed)
{
    ACTIVATION_CONTEXT_ASSEMBLY_DETAILED_INFORMATION *info = buffer, measured = { 0 };
    const struct assembly *assembly;
    struct answer answer;
    WCHAR *encoded;

    if (!index || !context || *index < 1 || *index > context->count) return STATUS_INVALID_PARAMETER;
    assembly = &context->assemblies[*index - 1]; /* 0 stands for the context as a whole */
    if (!(encoded = encode_identity(&assembly->manifest.identity))) return STATUS_NO_MEMORY;
    begin(&answer, buffer, room, sizeof(*info));
    for (int pass = 0; pass < 2; pass++) {
        bool fits = pass == 1;
        if (fits) *needed = answer.needed;
        if (fits && room < answer.needed) {
            heap_free(encoded);
            return STATUS_BUFFER_TOO_SMALL;
        }
        if (fits) begin(&answer, buffer, room, sizeof(*info)), memset(info, 0, sizeof(*info));
        ACTIVATION_CONTEXT_ASSEMBLY_DETAILED_INFORMATION *to = fits ? info : &measured;
        to->ulFlags = *index == 1;
        to->ulManifestPathType = assembly->path ? ACTIVATION_CONTEXT_PATH_TYPE_WIN32_FILE : ACTIVATION_CONTEXT_PATH_TYPE_NONE;
        to->ulPolicyPathType = ACTIVATION_CONTEXT_PATH_TYPE_NONE;
        to->ulManifestVersionMajor = 1;
        to->ulFileCount = count_files(assembly);
        to->lpAssemblyEncodedAssemblyIdentity = put(&answer, encoded, &to->ulEncodedAssemblyIdentityLength, fits);
        to->lpAssemblyManifestPath = put(&answer, assembly->path, &to->ulManifestPathLength, fits);
        to->lpAssemblyDirectoryName =
            put(&answer, *index == 1 ? NULL : assembly->directory, &to->ulAssemblyDirectoryNameLength, fits);
    }
    heap_free(encoded);
    return STATUS_SUCCESS;
}

static NTSTATUS query_file(struct activation_context *context, const ACTIVATION_CONTEXT_QUERY_INDEX *index, void *buffer,
                           SIZE_T room, SIZE_T *needed)
{
    ASSEMBLY_FILE_DETAILED_INFORMATION *info = buffer, measured = { 0 };
    const struct manifest_file *file;
    struct answer answer;
    ULONG skip;

    if (!index || !context || index->ulAssemblyIndex >= context->count) return STATUS_INVALID_PARAMETER;
    file = context->assemblies[index->ulAssemblyIndex].manifest.files;
    for (skip = index->ulFileIndexInAssembly; file && skip; skip--) file = file->next;
    if (!file) return STATUS_INVALID_PARAMETER;
    begin(&answer, buffer, room, sizeof(*info));
    for (int pass = 0; pass < 2; pass++) {
        bool fits = pass == 1;
        if (fits) *needed = answer.needed;
        if (fits && room < answer.needed) return STATUS_BUFFER_TOO_SMALL;
        if (fits) begin(&answer, buffer, room, sizeof(*info)), memset(info, 0, sizeof(*info));
        ASSEMBLY_FILE_DETAILED_INFORMATION *to = fits ? info : &measured;
        to->ulFlags = 2; /* the path is that of the assembly */
        to->lpFileName = put(&answer, file->name, &to->ulFilenameLength, fits);
        to->lpFilePath = put(&answer, file->load_from, &to->ulPathLength, fits);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS query_run_level(struct activation_context *context, void *buffer, SIZE_T room, SIZE_T *needed)
{
    ACTIVATION_CONTEXT_RUN_LEVEL_INFORMATION *info = buffer;

    *needed = sizeof(*info);
    if (room < sizeof(*info)) return STATUS_BUFFER_TOO_SMALL;
    memset(info, 0, sizeof(*info));
    if (!context) return STATUS_SUCCESS;
    info->RunLevel = context->assemblies[0].manifest.run_level;
    info->UiAccess = context->assemblies[0].manifest.ui_access;
    return STATUS_SUCCESS;
}

static NTSTATUS query_compatibility(struct activation_context *context, void *buffer, SIZE_T room, SIZE_T *needed)
{
    ACTIVATION_CONTEXT_COMPATIBILITY_INFORMATION *info = buffer;
    const struct manifest *manifest = context ? &context->assemblies[0].manifest : NULL;
    ULONG count = manifest ? manifest->supported_count : 0;

    *needed = offsetof(ACTIVATION_CONTEXT_COMPATIBILITY_INFORMATION, Elements) + count * sizeof(COMPATIBILITY_CONTEXT_ELEMENT);
    if (room < *needed) return STATUS_BUFFER_TOO_SMALL;
    info->ElementCount = count;
    for (ULONG i = 0; i < count; i++) {
        info->Elements[i].Id = manifest->supported[i];
        info->Elements[i].Type = ACTCTX_COMPATIBILITY_ELEMENT_TYPE_OS;
    }
    return STATUS_SUCCESS;
}

/* flags: QUERY_ACTCTX_FLAG_*; instance: an index from 1, or ACTIVATION_CONTEXT_QUERY_INDEX. Sizes in bytes.
 * STATUS_BUFFER_TOO_SMALL with *written the bytes needed. */
NTSTATUS NTAPI RtlQueryInformationActivationContext(ULONG flags, HANDLE handle, void *instance, ULONG class, void *buffer,
                                                    SIZE_T room, SIZE_T *written)
{
    struct activation_context *context = NULL;
    SIZE_T needed = 0;
    NTSTATUS status;

    if ((!buffer && room) || (!buffer && !written)) return STATUS_INVALID_PARAMETER;
    if ((status = choose(flags, handle, &context)) < 0) return status;
    switch (class) {
    case ActivationContextBasicInformation:
        needed = sizeof(ACTIVATION_CONTEXT_BASIC_INFORMATION);
        if (room < needed) {
            status = STATUS_BUFFER_TOO_SMALL;
            break;
        }
        ACTIVATION_CONTEXT_BASIC_INFORMATION *basic = buffer;
        basic->hActCtx = context == process_context ? NULL : context;
        basic->dwFlags = context && context->assemblies[0].manifest.no_inherit;
        if (basic->hActCtx && !(flags & QUERY_ACTCTX_FLAG_NO_ADDREF)) actctx_retain(context);
        break;
    case ActivationContextDetailedInformation: status = query_detailed(context, buffer, room, &needed); break;
    case AssemblyDetailedInformationInActivationContext:
        status = query_assembly(context, instance, buffer, room, &needed);
        break;
    case FileInformationInAssemblyOfAssemblyInActivationContext:
        status = query_file(context, instance, buffer, room, &needed);
        break;
    case RunlevelInformationInActivationContext: status = query_run_level(context, buffer, room, &needed); break;
    case CompatibilityInformationInActivationContext: status = query_compatibility(context, buffer, room, &needed); break;
    default: return STATUS_INVALID_PARAMETER;
    }
    if (written) *written = needed;
    return status;
}

/* A setting of <windowsSettings>. room, *written: characters with the terminator. STATUS_SXS_KEY_NOT_FOUND. */
NTSTATUS NTAPI RtlQueryActivationContextApplicationSettings(ULONG flags, HANDLE handle, const WCHAR *space, const WCHAR *name,
                                                            WCHAR *buffer, SIZE_T room, SIZE_T *written)
{
    struct activation_context *context = NULL;
    NTSTATUS status;

    if (flags || !name) return STATUS_INVALID_PARAMETER;
    if ((status = choose(0, handle, &context)) < 0) return status;
    if (!context) return STATUS_SXS_KEY_NOT_FOUND;
    for (const struct manifest_setting *at = context->assemblies[0].manifest.settings; at; at = at->next) {
        if (wcscmp(at->name, name) || (space && at->space && wcscmp(at->space, space))) continue;
        SIZE_T units = at->value ? wcslen(at->value) + 1 : 1;
        if (written) *written = units;
        if (room < units) return STATUS_BUFFER_TOO_SMALL;
        wcscpy(buffer, at->value ? at->value : L"");
        return STATUS_SUCCESS;
    }
    return STATUS_SXS_KEY_NOT_FOUND;
}

/* ---- look-up by string ---- */

static NTSTATUS fill(ACTCTX_SECTION_KEYED_DATA *data, struct activation_context *context, ULONG flags, const void *found,
                     ULONG length, ULONG roster)
{
    data->ulDataFormatVersion = 1;
    data->lpData = (void *)found;
    data->ulLength = length;
    data->lpSectionGlobalData = NULL;
    data->ulSectionGlobalDataLength = 0;
    data->lpSectionBase = NULL;
    data->ulSectionTotalLength = 0;
    data->hActCtx = NULL;
    if (data->cbSize >= offsetof(ACTCTX_SECTION_KEYED_DATA, ulFlags)) data->ulAssemblyRosterIndex = roster + 1;
    if (flags & FIND_ACTCTX_SECTION_KEY_RETURN_HACTCTX && context != process_context) {
        actctx_retain(context);
        data->hActCtx = context;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS find_in(struct activation_context *context, ULONG flags, ULONG section, const UNICODE_STRING *wanted,
                        ACTCTX_SECTION_KEYED_DATA *data)
{
    UNICODE_STRING name;

    for (ULONG i = 0; i < context->count; i++) {
        const struct manifest *manifest = &context->assemblies[i].manifest;
        if (section == ACTIVATION_CONTEXT_SECTION_DLL_REDIRECTION)
            for (const struct manifest_file *file = manifest->files; file; file = file->next) {
                RtlInitUnicodeString(&name, file->name);
                if (RtlEqualUnicodeString(&name, wanted, TRUE))
                    return fill(data, context, flags, file, sizeof(*file), i);
            }
        else if (section == ACTIVATION_CONTEXT_SECTION_WINDOW_CLASS_REDIRECTION)
            for (const struct manifest_class *class = manifest->classes; class; class = class->next) {
                RtlInitUnicodeString(&name, class->name);
                if (class->name && RtlEqualUnicodeString(&name, wanted, TRUE))
                    return fill(data, context, flags, class, sizeof(*class), i);
            }
        else if (section == ACTIVATION_CONTEXT_SECTION_ASSEMBLY_INFORMATION && manifest->identity.name) {
            RtlInitUnicodeString(&name, manifest->identity.name);
            if (RtlEqualUnicodeString(&name, wanted, TRUE)) return fill(data, context, flags, manifest, sizeof(*manifest), i);
        }
    }
    return STATUS_SXS_KEY_NOT_FOUND;
}

/* Sections: assemblies by name, files, window classes; the active context first, then the process's. What lpData points
 * to is Ferry's own. STATUS_SXS_KEY_NOT_FOUND; STATUS_SXS_SECTION_NOT_FOUND without any manifest or for other sections. */
NTSTATUS NTAPI RtlFindActivationContextSectionString(ULONG flags, const GUID *extension, ULONG section,
                                                     const UNICODE_STRING *wanted, void *result)
{
    ACTCTX_SECTION_KEYED_DATA *data = result;
    struct activation_context *active = actctx_active(NULL);
    NTSTATUS status = STATUS_SXS_SECTION_NOT_FOUND;

    if (!wanted || !wanted->Buffer || !data || data->cbSize < offsetof(ACTCTX_SECTION_KEYED_DATA, ulAssemblyRosterIndex) ||
        flags & ~7ul || extension)
        return STATUS_INVALID_PARAMETER;
    if (section < ACTIVATION_CONTEXT_SECTION_ASSEMBLY_INFORMATION ||
        section > ACTIVATION_CONTEXT_SECTION_WINDOW_CLASS_REDIRECTION)
        return STATUS_SXS_SECTION_NOT_FOUND;
    if (active) status = find_in(active, flags, section, wanted, data);
    if (status < 0 && process_context && process_context != active)
        status = find_in(process_context, flags, section, wanted, data);
    return status;
}
