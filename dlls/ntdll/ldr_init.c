/* DllMain: who is called when. Dependencies attach before what needs them and detach after it; TLS callbacks come
 * before DllMain.
 */
#include "ldr.h"

typedef BOOLEAN(NTAPI *DLL_ENTRY)(void *handle, ULONG reason, void *reserved);

LIST_ENTRY dll_notifications = { &dll_notifications, &dll_notifications };

struct notification {
    LIST_ENTRY link;
    PLDR_DLL_NOTIFICATION_FUNCTION function;
    void *context;
};

void notify_dll(ULONG reason, struct module *module)
{
    LDR_DLL_NOTIFICATION_DATA data = { 0, &module->entry.FullDllName, &module->entry.BaseDllName, module->entry.DllBase,
                                       module->entry.SizeOfImage };
    LIST_ENTRY *next;

    for (LIST_ENTRY *at = dll_notifications.Flink; at != &dll_notifications; at = next) {
        struct notification *notification = (struct notification *)at;
        next = at->Flink;
        notification->function(reason, &data, notification->context);
    }
}

NTSTATUS NTAPI LdrRegisterDllNotification(ULONG flags, PLDR_DLL_NOTIFICATION_FUNCTION function, void *context, void **cookie)
{
    struct notification *notification;

    if (flags || !function || !cookie) return STATUS_INVALID_PARAMETER;
    if (!(notification = heap_allocate(sizeof(*notification)))) return STATUS_NO_MEMORY;
    notification->function = function;
    notification->context = context;
    RtlEnterCriticalSection(&loader_lock);
    InsertTailList(&dll_notifications, &notification->link);
    RtlLeaveCriticalSection(&loader_lock);
    *cookie = notification;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI LdrUnregisterDllNotification(void *cookie)
{
    NTSTATUS status = STATUS_DLL_NOT_FOUND;

    RtlEnterCriticalSection(&loader_lock);
    for (LIST_ENTRY *at = dll_notifications.Flink; at != &dll_notifications; at = at->Flink)
        if (at == cookie) {
            RemoveEntryList(at);
            heap_free(at);
            status = STATUS_SUCCESS;
            break;
        }
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

/* Calls through a frame that survives an entry point which forgets a callee-saved register or, on i386, its stack. */
static BOOLEAN call_dll(DLL_ENTRY entry, void *handle, ULONG reason, void *reserved)
{
#ifdef _WIN64
    return entry(handle, reason, reserved);
#else
    ULONG result;
    __asm__ volatile("pushl %%ebx\n\tpushl %%esi\n\tpushl %%edi\n\tpushl %%ebp\n\tmovl %%esp, %%ebx\n\t"
                     "andl $-16, %%esp\n\tsubl $4, %%esp\n\t"
                     "pushl %4\n\tpushl %3\n\tpushl %2\n\tcall *%1\n\t"
                     "movl %%ebx, %%esp\n\tpopl %%ebp\n\tpopl %%edi\n\tpopl %%esi\n\tpopl %%ebx"
                     : "=a"(result)
                     : "a"(entry), "d"(handle), "c"(reason), "D"(reserved)
                     : "memory", "cc");
    return (BOOLEAN)result;
#endif
}

void call_entry(struct module *module, ULONG reason, void *reserved, bool *result)
{
    void *context = actctx_enter_module(module);

    if (module->tls) tls_call_callbacks(module, reason, reserved);
    BOOLEAN answer = TRUE;
    if (module->entry.EntryPoint && module->entry.Flags & LDRP_IMAGE_DLL)
        answer = call_dll((DLL_ENTRY)module->entry.EntryPoint, module->entry.DllBase, reason, reserved);
    actctx_leave_module(context);
    if (result) *result = answer;
}

/* Initialises what `module` needs, then the module. STATUS_DLL_INIT_FAILED. */
NTSTATUS initialize_graph(struct module *module, void *reserved)
{
    FERRY_PEB_LDR_DATA *ldr = ferry_peb()->Ldr;
    NTSTATUS status;

    if (module->attached || module->visiting || module->datafile_like) return STATUS_SUCCESS;
    module->visiting = true;
    for (ULONG i = 0; i < module->needs.count; i++)
        if ((status = initialize_graph(module->needs.list[i], reserved)) < 0) {
            module->visiting = false;
            return status;
        }
    /* DllMain of a dependency may have loaded, and so initialised, this module already. */
    if (module->attached || module == main_module) {
        module->visiting = false;
        return STATUS_SUCCESS;
    }
    bool result;
    void *outer = ldr->EntryInProgress;
    ldr->EntryInProgress = &module->entry;
    module->attached = true;
    module->entry.Flags |= LDRP_PROCESS_ATTACH_CALLED;
    InsertTailList(&ldr->InInitializationOrderModuleList, &module->entry.InInitializationOrderLinks);
    call_entry(module, DLL_PROCESS_ATTACH, reserved, &result);
    module->visiting = false;
    ldr->EntryInProgress = outer;
    if (result) return STATUS_SUCCESS;
    if (process_starting) report("ferry: the entry point of %wZ failed", &module->entry.BaseDllName);
    detach_module(module, reserved);
    module->failed = true;
    return STATUS_DLL_INIT_FAILED;
}

void detach_module(struct module *module, void *reserved)
{
    if (!module->attached) return;
    module->attached = false;
    call_entry(module, DLL_PROCESS_DETACH, reserved, NULL);
    RemoveEntryList(&module->entry.InInitializationOrderLinks);
    InitializeListHead(&module->entry.InInitializationOrderLinks);
}

NTSTATUS NTAPI LdrDisableThreadCalloutsForDll(void *handle)
{
    NTSTATUS status = STATUS_SUCCESS;

    RtlEnterCriticalSection(&loader_lock);
    struct module *module = module_by_handle(handle);
    if (!module) {
        status = STATUS_DLL_NOT_FOUND;
    } else if (module->tls) {
        /* The reference page of DisableThreadLibraryCalls: not with static TLS. */
        status = STATUS_DLL_NOT_FOUND;
    } else {
        module->no_thread_calls = true;
        module->entry.Flags |= LDRP_DONT_CALL_FOR_THREADS;
    }
    RtlLeaveCriticalSection(&loader_lock);
    return status;
}

/* ---- threads and the end of the process ---- */

void ldr_thread_attach(void)
{
    LIST_ENTRY *head = &ferry_peb()->Ldr->InInitializationOrderModuleList;

    for (LIST_ENTRY *at = head->Flink; at != head; at = at->Flink) {
        struct module *module = CONTAINING_RECORD(at, struct module, entry.InInitializationOrderLinks);
        if (module->attached && !module->no_thread_calls) call_entry(module, DLL_THREAD_ATTACH, NULL, NULL);
    }
    if (main_module->tls) tls_call_callbacks(main_module, DLL_THREAD_ATTACH, NULL);
}

/* The running thread ends: DLL_THREAD_DETACH in reverse order, its TLS and FLS data freed. */
void NTAPI LdrShutdownThread(void)
{
    FERRY_PEB_LDR_DATA *ldr = ferry_peb()->Ldr;

    if (ldr->ShutdownInProgress) return;
    RtlProcessFlsData(ferry_teb()->FlsData, 1 | 2);
    ferry_teb()->FlsData = NULL;
    RtlEnterCriticalSection(&loader_lock);
    if (main_module->tls) tls_call_callbacks(main_module, DLL_THREAD_DETACH, NULL);
    LIST_ENTRY *head = &ldr->InInitializationOrderModuleList;
    for (LIST_ENTRY *at = head->Blink; at != head; at = at->Blink) {
        struct module *module = CONTAINING_RECORD(at, struct module, entry.InInitializationOrderLinks);
        if (module->attached && !module->no_thread_calls) call_entry(module, DLL_THREAD_DETACH, NULL, NULL);
    }
    tls_end_thread();
    RtlLeaveCriticalSection(&loader_lock);
    RtlFreeThreadActivationContextStack();
    heap_thread_exit();
}

/* DLL_PROCESS_DETACH with a non-NULL `reserved`, last initialised first. The other threads are gone already. */
NTSTATUS NTAPI LdrShutdownProcess(void)
{
    FERRY_PEB_LDR_DATA *ldr = ferry_peb()->Ldr;

    if (ldr->ShutdownInProgress) return STATUS_SUCCESS;
    ldr->ShutdownInProgress = TRUE;
    ldr->ShutdownThreadId = ferry_teb()->ClientId.UniqueThread;
    RtlProcessFlsData(ferry_teb()->FlsData, 1 | 2);
    ferry_teb()->FlsData = NULL;
    if (main_module->tls) tls_call_callbacks(main_module, DLL_PROCESS_DETACH, (void *)1);
    LIST_ENTRY *head = &ldr->InInitializationOrderModuleList, *previous;
    for (LIST_ENTRY *at = head->Blink; at != head; at = previous) {
        struct module *module = CONTAINING_RECORD(at, struct module, entry.InInitializationOrderLinks);
        previous = at->Blink;
        if (!module->attached) continue;
        module->attached = false;
        call_entry(module, DLL_PROCESS_DETACH, (void *)1, NULL);
    }
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlDllShutdownInProgress(void)
{
    return ferry_peb()->Ldr->ShutdownInProgress;
}

__attribute__((noreturn)) void NTAPI RtlExitUserThread(NTSTATUS status)
{
    ULONG last = 0;

    /* The last thread takes the process with it. */
    if (NtQueryInformationThread(NtCurrentThread(), 12 /* ThreadAmILastThread */, &last, sizeof(last), NULL) >= 0 && last)
        RtlExitUserProcess(status);
    LdrShutdownThread();
    for (;;) NtTerminateThread(NtCurrentThread(), status);
}

__attribute__((noreturn)) void NTAPI RtlExitUserProcess(NTSTATUS status)
{
    exit_status = status;
    RtlEnterCriticalSection(&loader_lock);
    RtlLockHeap(ferry_peb()->ProcessHeap); /* no thread shall die inside it */
    NtTerminateProcess(NULL, status);
    RtlUnlockHeap(ferry_peb()->ProcessHeap);
    LdrShutdownProcess();
    for (;;) NtTerminateProcess(NtCurrentProcess(), status);
}
