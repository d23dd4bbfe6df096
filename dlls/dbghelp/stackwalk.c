/* StackWalk64. Reference: dbghelp.h. Frames of this process, by its unwind tables (x86_64) or its chain of EBP (i386). */
#include "session.h"

static ADDRESS64 flat(DWORD64 offset)
{
    return (ADDRESS64){ .Offset = offset, .Mode = AddrModeFlat };
}

/* Searches the table in the image of another process. */
static PVOID remote_entry(struct session *session, DWORD64 address)
{
    struct module *module = module_at(session, address);
    IMAGE_DOS_HEADER dos;
    IMAGE_NT_HEADERS64 nt;
    IMAGE_DATA_DIRECTORY *table = &nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXCEPTION];
    DWORD low = 0, high;

    if (!module) return NULL;
    if (read_process(session->process, module->base, &dos, sizeof(dos)) && dos.e_magic == IMAGE_DOS_SIGNATURE &&
        read_process(session->process, module->base + dos.e_lfanew, &nt, sizeof(nt)) &&
        nt.Signature == IMAGE_NT_SIGNATURE && nt.FileHeader.Machine == IMAGE_FILE_MACHINE_AMD64) {
        for (high = table->Size / sizeof(session->function); low < high;) {
            DWORD middle = low + (high - low) / 2;
            if (!read_process(session->process, module->base + table->VirtualAddress + middle * sizeof(session->function),
                              &session->function, sizeof(session->function)))
                break;
            if (address - module->base < session->function.begin) high = middle;
            else if (address - module->base >= session->function.end) low = middle + 1;
            else return &session->function;
        }
    }
    SetLastError(ERROR_NOT_FOUND);
    return NULL;
}

/* The RUNTIME_FUNCTION of an address; of another process a copy, overwritten by the next call. NULL: there is none. */
PVOID WINAPI SymFunctionTableAccess64(HANDLE process, DWORD64 address)
{
    struct session *session;
    PVOID result = NULL;

#ifdef _WIN64
    ULONG64 base;
    if (process == GetCurrentProcess() && (result = RtlLookupFunctionEntry(address, &base, NULL))) return result;
#endif
    AcquireSRWLockExclusive(&sessions_lock);
    if ((session = session_of(process))) result = remote_entry(session, address);
    ReleaseSRWLockExclusive(&sessions_lock);
    return result;
}

#ifdef _WIN64

/* Can what an unwind step reads from `stack` on be read? */
static bool readable(DWORD64 stack)
{
    MEMORY_BASIC_INFORMATION info;

    return !(stack & 7) && VirtualQuery((void *)stack, &info, sizeof(info)) && info.State == MEM_COMMIT &&
           !(info.Protect & (PAGE_NOACCESS | PAGE_GUARD)) &&
           stack + 8 <= (DWORD64)info.BaseAddress + info.RegionSize;
}

static bool unwind(CONTEXT *context, HANDLE process, PFUNCTION_TABLE_ACCESS_ROUTINE64 table,
                   PGET_MODULE_BASE_ROUTINE64 module_base, void **entry)
{
    RUNTIME_FUNCTION *function = table ? table(process, context->Rip) : SymFunctionTableAccess64(process, context->Rip);
    ULONG64 base = 0, frame, stack = context->Rsp;
    void *data;

    *entry = function;
    if (!readable(stack)) return false;
    if (!function) { /* a leaf: the return address is on top */
        context->Rip = *(ULONG64 *)stack;
        context->Rsp += 8;
        return context->Rip != 0;
    }
    RtlLookupFunctionEntry(context->Rip, &base, NULL);
    if (!base && module_base) base = module_base(process, context->Rip);
    if (!base) return false;
    RtlVirtualUnwind(UNW_FLAG_NHANDLER, base, context->Rip, function, context, &data, &frame, NULL);
    return context->Rip && context->Rsp > stack;
}

/* The first call describes the place where `context` stands, each later one its caller; FALSE: no more frames. The
 * context is changed to that of the frame. */
BOOL WINAPI StackWalk64(DWORD machine, HANDLE process, HANDLE thread, LPSTACKFRAME64 frame, PVOID record,
                        PREAD_PROCESS_MEMORY_ROUTINE64 read, PFUNCTION_TABLE_ACCESS_ROUTINE64 table,
                        PGET_MODULE_BASE_ROUTINE64 module_base, PTRANSLATE_ADDRESS_ROUTINE64 translate)
{
    CONTEXT *context = record, caller;
    void *entry;

    if (!frame || !context || machine != IMAGE_FILE_MACHINE_AMD64) return fail_with(ERROR_INVALID_PARAMETER);
    if (process != GetCurrentProcess() && GetProcessId(process) != GetCurrentProcessId())
        return fail_with(ERROR_NOT_SUPPORTED);
    if (frame->Reserved[0] && !unwind(context, process, table, module_base, &entry)) return FALSE;
    if (!context->Rip) return FALSE;
    frame->Reserved[0] = 1;
    frame->Far = FALSE;
    frame->Virtual = TRUE;
    frame->AddrPC = flat(context->Rip);
    frame->AddrStack = flat(context->Rsp);
    frame->AddrFrame = flat(context->Rbp);
    for (int i = 0; i < 4; i++)
        frame->Params[i] = readable(context->Rsp) && readable(context->Rsp + 8 * (i + 1)) ? *((DWORD64 *)context->Rsp + i + 1) : 0;
    caller = *context;
    frame->AddrReturn = flat(unwind(&caller, process, table, module_base, &entry) ? caller.Rip : 0);
    frame->FuncTableEntry = entry;
    return TRUE;
}

#else

static bool read_word(HANDLE process, PREAD_PROCESS_MEMORY_ROUTINE64 read, DWORD address, DWORD *value)
{
    DWORD done;

    if (read) return read(process, address, value, sizeof(*value), &done) && done == sizeof(*value);
    return read_process(process, address, value, sizeof(*value));
}

/* The first call describes the place that `frame` names (AddrPC, AddrStack, AddrFrame), each later one its caller. */
BOOL WINAPI StackWalk64(DWORD machine, HANDLE process, HANDLE thread, LPSTACKFRAME64 frame, PVOID record,
                        PREAD_PROCESS_MEMORY_ROUTINE64 read, PFUNCTION_TABLE_ACCESS_ROUTINE64 table,
                        PGET_MODULE_BASE_ROUTINE64 module_base, PTRANSLATE_ADDRESS_ROUTINE64 translate)
{
    DWORD next, address, pc, ebp, word;

    if (!frame || machine != IMAGE_FILE_MACHINE_I386) return fail_with(ERROR_INVALID_PARAMETER);
    ebp = (DWORD)frame->AddrFrame.Offset;
    pc = (DWORD)frame->AddrPC.Offset;
    if (frame->Reserved[0]) {
        if (!ebp || !read_word(process, read, ebp + 4, &pc) || !pc || !read_word(process, read, ebp, &next)) return FALSE;
        frame->AddrStack = flat(ebp + 8);
        if (next && next <= ebp) return FALSE;
        ebp = next;
    }
    if (!pc) return FALSE;
    frame->Reserved[0] = 1;
    frame->Far = FALSE;
    frame->Virtual = TRUE;
    frame->AddrPC = flat(pc);
    frame->AddrFrame = flat(ebp);
    frame->AddrReturn = flat(ebp && read_word(process, read, ebp + 4, &address) ? address : 0);
    for (int i = 0; i < 4; i++)
        frame->Params[i] = ebp && read_word(process, read, ebp + 8 + 4 * i, &word) ? word : 0;
    frame->FuncTableEntry = NULL;
    return TRUE;
}

#endif
