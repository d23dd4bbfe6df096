/* Static TLS: an index per module with a TLS directory, a block per thread and module.
 *
 * A thread's vector (TEB.ThreadLocalStoragePointer) is read by compiled code at any time, so one that has become too
 * small is replaced, kept until the thread ends, and freed then.
 */
#include "ldr.h"

struct vector {
    struct vector *outgrown; /* the one this replaced */
    ULONG room;
    void *slots[];
};

static struct module **tls_modules; /* by index */
static ULONG tls_room;
static ULONG tls_used; /* indexes handed out: highest + 1 */
static LIST_ENTRY threads = { &threads, &threads }; /* TEB.TlsLinks, under loader_lock */

static struct vector *vector_of(FERRY_TEB *teb)
{
    return teb->ThreadLocalStoragePointer ? CONTAINING_RECORD(teb->ThreadLocalStoragePointer, struct vector, slots) : NULL;
}

static NTSTATUS make_block(FERRY_TEB *teb, struct module *module, ULONG index)
{
    const IMAGE_TLS_DIRECTORY *tls = module->tls;
    SIZE_T data = tls->EndAddressOfRawData - tls->StartAddressOfRawData, total = data + tls->SizeOfZeroFill;
    ULONG power = (tls->Characteristics >> 20) & 15; /* IMAGE_SCN_ALIGN_* */
    SIZE_T alignment = power ? (SIZE_T)1 << (power - 1) : 16;

    if (alignment < 16) alignment = 16;
    char *memory = heap_allocate(total + alignment + sizeof(void *));
    if (!memory) return STATUS_NO_MEMORY;
    char *block = (char *)(((ULONG_PTR)memory + sizeof(void *) + alignment - 1) & ~(alignment - 1));
    ((void **)block)[-1] = memory;
    memcpy(block, (void *)tls->StartAddressOfRawData, data);
    memset(block + data, 0, tls->SizeOfZeroFill);
    teb->ThreadLocalStoragePointer[index] = block;
    return STATUS_SUCCESS;
}

static void free_block(void *block)
{
    if (block) heap_free(((void **)block)[-1]);
}

static NTSTATUS grow(FERRY_TEB *teb, ULONG needed)
{
    struct vector *old = vector_of(teb);
    ULONG room = needed < 16 ? 16 : needed * 2;

    if (old && old->room >= needed) return STATUS_SUCCESS;
    struct vector *vector = heap_allocate_zeroed(sizeof(*vector) + room * sizeof(void *));
    if (!vector) return STATUS_NO_MEMORY;
    vector->room = room;
    vector->outgrown = old;
    if (old) memcpy(vector->slots, old->slots, old->room * sizeof(void *));
    __atomic_store_n(&teb->ThreadLocalStoragePointer, vector->slots, __ATOMIC_RELEASE);
    return STATUS_SUCCESS;
}

/* Gives the module its index and every thread a block. */
NTSTATUS tls_add_module(struct module *module)
{
    ULONG size, index;
    const IMAGE_TLS_DIRECTORY *tls = RtlImageDirectoryEntryToData(module->entry.DllBase, TRUE, IMAGE_DIRECTORY_ENTRY_TLS, &size);

    if (!tls || size < sizeof(*tls)) return STATUS_SUCCESS;
    /* The addresses are absolute; after relocation they must lie in the image. */
    ULONG_PTR base = (ULONG_PTR)module->base, end = base + module->entry.SizeOfImage;
    if (tls->EndAddressOfRawData < tls->StartAddressOfRawData ||
        (tls->EndAddressOfRawData != tls->StartAddressOfRawData &&
         (tls->StartAddressOfRawData < base || tls->EndAddressOfRawData > end)) ||
        (tls->AddressOfIndex && (tls->AddressOfIndex < base || tls->AddressOfIndex > end - sizeof(ULONG))))
        return STATUS_INVALID_IMAGE_FORMAT;

    for (index = 0; index < tls_used && tls_modules[index]; index++) {}
    if (index == tls_room) {
        ULONG room = tls_room ? tls_room * 2 : 16;
        struct module **list = heap_allocate_zeroed(room * sizeof(*list));
        if (!list) return STATUS_NO_MEMORY;
        if (tls_used) memcpy(list, tls_modules, tls_used * sizeof(*list));
        heap_free(tls_modules);
        tls_modules = list;
        tls_room = room;
    }
    if (index == tls_used) tls_used++;
    tls_modules[index] = module;
    module->tls = tls;
    module->entry.TlsIndex = (USHORT)index + 1;
    if (tls->AddressOfIndex) {
        void *page = (void *)tls->AddressOfIndex;
        SIZE_T length = sizeof(ULONG);
        ULONG old;
        const IMAGE_SECTION_HEADER *section = RtlImageRvaToSection(module->nt, module->entry.DllBase, (ULONG)(tls->AddressOfIndex - base));
        bool writable = section && section->Characteristics & IMAGE_SCN_MEM_WRITE;
        if (!writable) NtProtectVirtualMemory(NtCurrentProcess(), &page, &length, PAGE_READWRITE, &old);
        *(ULONG *)tls->AddressOfIndex = index;
        if (!writable) NtProtectVirtualMemory(NtCurrentProcess(), &page, &length, old, &old);
    }
    NTSTATUS status = STATUS_SUCCESS;
    for (LIST_ENTRY *at = threads.Flink; at != &threads && status >= 0; at = at->Flink) {
        FERRY_TEB *teb = CONTAINING_RECORD(at, FERRY_TEB, TlsLinks);
        if ((status = grow(teb, tls_used)) >= 0) status = make_block(teb, module, index);
    }
    return status;
}

void tls_remove_module(struct module *module)
{
    if (!module->tls) return;
    ULONG index = module->entry.TlsIndex - 1;
    for (LIST_ENTRY *at = threads.Flink; at != &threads; at = at->Flink) {
        FERRY_TEB *teb = CONTAINING_RECORD(at, FERRY_TEB, TlsLinks);
        struct vector *vector = vector_of(teb);
        if (!vector || index >= vector->room) continue;
        free_block(vector->slots[index]);
        vector->slots[index] = NULL;
    }
    tls_modules[index] = NULL;
    module->tls = NULL;
    module->entry.TlsIndex = 0;
}

NTSTATUS tls_start_thread(void)
{
    FERRY_TEB *teb = ferry_teb();
    NTSTATUS status = STATUS_SUCCESS;

    InsertTailList(&threads, &teb->TlsLinks);
    if (!tls_used) return STATUS_SUCCESS;
    if ((status = grow(teb, tls_used)) < 0) return status;
    for (ULONG i = 0; i < tls_used && status >= 0; i++)
        if (tls_modules[i]) status = make_block(teb, tls_modules[i], i);
    return status;
}

void tls_end_thread(void)
{
    FERRY_TEB *teb = ferry_teb();
    struct vector *vector = vector_of(teb), *next;

    if (teb->TlsLinks.Flink) RemoveEntryList(&teb->TlsLinks);
    teb->TlsLinks.Flink = NULL;
    if (vector)
        for (ULONG i = 0; i < vector->room; i++) free_block(vector->slots[i]);
    teb->ThreadLocalStoragePointer = NULL;
    for (; vector; vector = next) {
        next = vector->outgrown;
        heap_free(vector);
    }
}

void tls_call_callbacks(struct module *module, ULONG reason, void *reserved)
{
    PIMAGE_TLS_CALLBACK *callback = (PIMAGE_TLS_CALLBACK *)module->tls->AddressOfCallBacks;

    if (!callback) return;
    /* The list is read anew each time: callbacks may add callbacks. */
    for (; *callback; callback++) (*callback)(module->entry.DllBase, reason, reserved);
}
