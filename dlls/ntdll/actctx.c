/* Making activation contexts: the manifest, then the assemblies it depends on, and theirs. */
#include "actctx.h"
#include "ldr.h"

#define MANIFEST_TYPE 24
#define MANIFEST_MAX 0x400000 /* bytes */

struct activation_context *process_context;

struct activation_context *actctx_from_handle(HANDLE handle)
{
    struct activation_context *context = handle;
    ULONG magic = 0;

    if (!handle || (ULONG_PTR)handle >= (ULONG_PTR)-16) return NULL; /* -1, and the reserved ones beside it */
    if (NtReadVirtualMemory(NtCurrentProcess(), &context->magic, &magic, sizeof(magic), NULL) < 0) return NULL;
    return magic == ACTCTX_MAGIC ? context : NULL;
}

void actctx_retain(struct activation_context *context)
{
    InterlockedIncrement(&context->references);
}

void actctx_release(struct activation_context *context)
{
    if (InterlockedDecrement(&context->references)) return;
    context->magic = 0;
    pool_free(&context->pool);
    heap_free(context);
}

/* ---- files ---- */

static NTSTATUS open_file(const WCHAR *path, HANDLE *file)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK io;
    NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(path, &name, NULL, NULL);

    if (status < 0) return status;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = NtOpenFile(file, GENERIC_READ | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ | FILE_SHARE_DELETE,
                        FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
    RtlFreeUnicodeString(&name);
    return status;
}

NTSTATUS read_manifest_file(const WCHAR *path, void **text, SIZE_T *size)
{
    FILE_STANDARD_INFORMATION information;
    LARGE_INTEGER start = { .QuadPart = 0 };
    IO_STATUS_BLOCK io;
    HANDLE file;
    NTSTATUS status = open_file(path, &file);

    *text = NULL;
    if (status < 0) return status;
    status = NtQueryInformationFile(file, &io, &information, sizeof(information), FileStandardInformation);
    if (status >= 0 && information.EndOfFile.QuadPart > MANIFEST_MAX) status = STATUS_SXS_MANIFEST_TOO_BIG;
    if (status >= 0 && !(*text = heap_allocate((SIZE_T)information.EndOfFile.QuadPart + 1))) status = STATUS_NO_MEMORY;
    if (status >= 0) {
        status = NtReadFile(file, NULL, NULL, NULL, &io, *text, (ULONG)information.EndOfFile.QuadPart, &start, NULL);
        if (status == STATUS_END_OF_FILE) status = STATUS_SUCCESS, io.Information = 0;
        *size = io.Information;
    }
    NtClose(file);
    if (status < 0) heap_free(*text), *text = NULL;
    return status;
}

NTSTATUS read_manifest_resource(const WCHAR *path, const WCHAR *id, void **text, SIZE_T *size)
{
    LDR_RESOURCE_INFO info = { MANIFEST_TYPE, (ULONG_PTR)id, 0 };
    const IMAGE_RESOURCE_DATA_ENTRY *entry;
    HANDLE file, section = NULL;
    void *base = NULL, *data;
    SIZE_T view = 0;
    ULONG bytes;
    NTSTATUS status = open_file(path, &file);

    *text = NULL;
    if (status < 0) return status;
    status = NtCreateSection(&section, SECTION_MAP_READ, NULL, NULL, PAGE_READONLY, SEC_IMAGE, file);
    NtClose(file);
    if (status < 0) return status;
    status = NtMapViewOfSection(section, NtCurrentProcess(), &base, 0, 0, NULL, &view, 1 /* ViewShare */, 0, PAGE_READONLY);
    NtClose(section);
    if (status < 0) return status;
    status = LdrFindResource_U(base, &info, 3, &entry);
    if (status >= 0) status = LdrAccessResource(base, entry, &data, &bytes);
    if (status >= 0 && (bytes > MANIFEST_MAX || (char *)data < (char *)base || (char *)data - (char *)base > view ||
                        bytes > view - ((char *)data - (char *)base)))
        status = STATUS_SXS_MANIFEST_TOO_BIG;
    if (status >= 0 && !(*text = heap_allocate(bytes + 1))) status = STATUS_NO_MEMORY;
    if (status >= 0) memcpy(*text, data, *size = bytes);
    NtUnmapViewOfSection(NtCurrentProcess(), base);
    return status;
}

/* ---- assemblies ---- */

static WCHAR *join(struct pool *pool, const WCHAR *a, const WCHAR *b, const WCHAR *c, const WCHAR *d)
{
    SIZE_T units = wcslen(a) + wcslen(b) + wcslen(c) + wcslen(d);
    WCHAR *text = pool_allocate(pool, (units + 1) * sizeof(WCHAR));

    if (!text) return NULL;
    wcscpy(text, a);
    wcscat(text, b);
    wcscat(text, c);
    wcscat(text, d);
    return text;
}

/* Assemblies of Windows itself and of the compilers' runtimes: the DLLs are found by the ordinary search. */
static bool comes_with_windows(const struct identity *identity)
{
    static const WCHAR *const prefixes[] = { L"Microsoft.Windows.", L"Microsoft.VC", L"Microsoft.MSXML", L"Microsoft.Tools." };

    for (SIZE_T i = 0; i < ARRAY_SIZE(prefixes); i++)
        if (!_wcsnicmp(identity->name, prefixes[i], wcslen(prefixes[i]))) return true;
    return false;
}

/* What programs look up to see whether the new controls are theirs. */
static NTSTATUS add_own_files(struct activation_context *context, struct assembly *assembly)
{
    static const WCHAR controls[] = L"comctl32.dll";
    struct manifest_file *file;

    if (_wcsicmp(assembly->manifest.identity.name, L"Microsoft.Windows.Common-Controls")) return STATUS_SUCCESS;
    if (!(file = pool_allocate(&context->pool, sizeof(*file)))) return STATUS_NO_MEMORY;
    if (!(file->name = pool_copy(&context->pool, controls, ARRAY_SIZE(controls) - 1))) return STATUS_NO_MEMORY;
    assembly->manifest.files = file;
    return STATUS_SUCCESS;
}

static bool same_text(const WCHAR *a, const WCHAR *b)
{
    return a && b ? !_wcsicmp(a, b) : a == b;
}

static bool is_known(const struct activation_context *context, const struct identity *identity)
{
    for (ULONG i = 0; i < context->count; i++) {
        const struct identity *other = &context->assemblies[i].manifest.identity;
        if (same_text(other->name, identity->name) && same_text(other->token, identity->token)) return true;
    }
    return false;
}

/* "Assembly Searching Sequence": the application's folder, then a folder named as the assembly; a DLL that holds the
 * manifest, or a file of its own. */
static NTSTATUS probe(struct activation_context *context, const struct identity *wanted, struct assembly *found)
{
    static const WCHAR *const extensions[] = { L".dll", L".manifest" };
    const WCHAR *language = wanted->language && wcscmp(wanted->language, L"*") && _wcsicmp(wanted->language, L"neutral")
                                ? wanted->language : NULL;

    for (int place = language ? 0 : 2; place < 4; place++)
        for (int kind = 0; kind < 2; kind++) {
            WCHAR *folder = join(&context->pool, context->directory, place < 2 ? language : L"", place < 2 ? L"\\" : L"", L"");
            SIZE_T size;
            void *text;
            NTSTATUS status;
            if (folder && place & 1) folder = join(&context->pool, folder, wanted->name, L"\\", L"");
            found->path = folder ? join(&context->pool, folder, wanted->name, extensions[kind], L"") : NULL;
            if (!found->path) return STATUS_NO_MEMORY;
            found->directory = folder;
            status = kind ? read_manifest_file(found->path, &text, &size)
                          : read_manifest_resource(found->path, (const WCHAR *)1, &text, &size);
            if (status < 0) continue;
            status = manifest_parse(text, size, &context->pool, &found->manifest);
            heap_free(text);
            if (status < 0) return status;
            if (same_text(found->manifest.identity.name, wanted->name)) return STATUS_SUCCESS;
        }
    return STATUS_SXS_ASSEMBLY_NOT_FOUND;
}

static NTSTATUS resolve(struct activation_context *context, bool strict)
{
    for (ULONG i = 0; i < context->count; i++)
        for (const struct manifest_dependency *need = context->assemblies[i].manifest.dependencies; need; need = need->next) {
            struct assembly *added = &context->assemblies[context->count];
            NTSTATUS status;
            if (!need->identity.name) {
                if (strict) return STATUS_SXS_MANIFEST_FORMAT_ERROR;
                continue;
            }
            if (is_known(context, &need->identity) || context->count == ASSEMBLIES_MAX) continue;
            status = probe(context, &need->identity, added);
            if (status == STATUS_SXS_ASSEMBLY_NOT_FOUND && comes_with_windows(&need->identity)) {
                memset(added, 0, sizeof(*added));
                added->manifest.identity = need->identity;
                status = add_own_files(context, added);
            }
            if (status >= 0) context->count++;
            else if (!need->optional && (strict || status == STATUS_NO_MEMORY)) return status;
        }
    return STATUS_SUCCESS;
}

NTSTATUS actctx_create(const void *text, SIZE_T size, const WCHAR *path, const WCHAR *directory, bool strict,
                       struct activation_context **result)
{
    struct activation_context *context = heap_allocate_zeroed(sizeof(*context));
    struct assembly *root;
    NTSTATUS status;

    if (!context) return STATUS_NO_MEMORY;
    context->magic = ACTCTX_MAGIC;
    context->references = 1;
    context->assemblies = pool_allocate(&context->pool, ASSEMBLIES_MAX * sizeof(*context->assemblies) + sizeof(*root));
    context->directory = pool_copy(&context->pool, directory, wcslen(directory));
    root = context->assemblies;
    if (!root || !context->directory || !(root->path = pool_copy(&context->pool, path, wcslen(path)))) {
        status = STATUS_NO_MEMORY;
    } else {
        root->directory = context->directory;
        context->count = 1;
        status = manifest_parse(text, size, &context->pool, &root->manifest);
        if (status >= 0) status = resolve(context, strict);
    }
    if (status < 0) {
        actctx_release(context);
        return status;
    }
    *result = context;
    return STATUS_SUCCESS;
}

NTSTATUS actctx_find_file(const struct activation_context *context, const UNICODE_STRING *name, UNICODE_STRING *path,
                          ULONG *assembly)
{
    for (ULONG i = 0; i < context->count; i++) {
        const struct assembly *at = &context->assemblies[i];
        if (!at->directory) continue;
        for (const struct manifest_file *file = at->manifest.files; file; file = file->next) {
            UNICODE_STRING listed;
            const WCHAR *folder = at->directory, *last = file->name;
            RtlInitUnicodeString(&listed, file->name);
            if (!RtlEqualUnicodeString(&listed, name, TRUE)) continue;
            if (file->load_from) {
                bool whole = file->load_from[0] == '\\' || (file->load_from[0] && file->load_from[1] == ':');
                if (whole || file->load_from[0] == '%') folder = L"";
                last = file->load_from;
            }
            SIZE_T units = wcslen(folder) + wcslen(last);
            if (units > 0x7ff0 || !(path->Buffer = heap_allocate((units + 1) * sizeof(WCHAR)))) return STATUS_NO_MEMORY;
            wcscpy(path->Buffer, folder);
            wcscat(path->Buffer, last);
            path->Length = (USHORT)(units * sizeof(WCHAR));
            path->MaximumLength = path->Length + sizeof(WCHAR);
            if (assembly) *assembly = i;
            return STATUS_SUCCESS;
        }
    }
    return STATUS_SXS_KEY_NOT_FOUND;
}
