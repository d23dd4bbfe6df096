/* Information on threads, as 32-bit programs ask for it. */
#include "ferry/syscall_table.h"
#include "thread.h"
#include "wow_query.h"

#define CLASS_BASIC 0
#define CLASS_ZERO_TLS_CELL 10

static const struct wow_class classes[] = {
    WOW_CLASS(CLASS_BASIC, FERRY_THREAD_BASIC_INFORMATION),
    WOW_SIZE_CLASS(4), /* ThreadAffinityMask */
    WOW_SIZE_CLASS(9), /* ThreadQuerySetWin32StartAddress */
    WOW_CLASS(30, GROUP_AFFINITY),
    WOW_STRING_CLASS(38), /* ThreadNameInformation */
};

NTSTATUS wow_NtQueryInformationThread(HANDLE ThreadHandle, ULONG ThreadInformationClass, void *ThreadInformation,
                                      ULONG ThreadInformationLength, ULONG *ReturnLength)
{
    struct wow_query query;
    NTSTATUS status;

    if (!wow_query_begin(&query, classes, WOW_COUNT(classes), ThreadInformationClass, ThreadInformation,
                         ThreadInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtQueryInformationThread(ThreadHandle, ThreadInformationClass, query.data, query.length, &query.returned);
    status = wow_query_end(&query, status, ReturnLength);
    if (!status && ThreadInformationClass == CLASS_BASIC) {
        FERRY_THREAD_BASIC_INFORMATION_32 *basic = ThreadInformation;
        if (basic->TebBaseAddress) basic->TebBaseAddress += WOW_TEB_OFFSET;
    }
    return status;
}

static void zero_cell(struct thread *thread, void *data)
{
    FERRY_TEB_32 *teb = wow_teb(thread->teb);
    ULONG index = *(const ULONG *)data;

    if (index < 64) teb->TlsSlots[index] = 0;
    else if (teb->TlsExpansionSlots) ((uint32_t *)WOW_POINTER(teb->TlsExpansionSlots))[index - 64] = 0;
}

NTSTATUS wow_NtSetInformationThread(HANDLE ThreadHandle, ULONG ThreadInformationClass, void *ThreadInformation,
                                    ULONG ThreadInformationLength)
{
    static const struct wow_class settable[] = {
        WOW_SIZE_CLASS(4), WOW_SIZE_CLASS(9), WOW_CLASS(30, GROUP_AFFINITY), WOW_CLASS(38, UNICODE_STRING),
    };
    struct wow_query query;
    NTSTATUS status;

    if (ThreadInformationClass == CLASS_ZERO_TLS_CELL) { /* TlsFree: the cell of every thread of the process */
        ULONG index;
        if (ThreadInformationLength != sizeof(index)) return STATUS_INFO_LENGTH_MISMATCH;
        index = *(const ULONG *)ThreadInformation;
        if (index >= 64 + 1024) return STATUS_INVALID_PARAMETER;
        thread_for_each(zero_cell, &index);
        return STATUS_SUCCESS;
    }
    if (!wow_set_begin(&query, settable, WOW_COUNT(settable), ThreadInformationClass, ThreadInformation,
                       ThreadInformationLength))
        return STATUS_NO_MEMORY;
    status = sys_NtSetInformationThread(ThreadHandle, ThreadInformationClass, query.data, query.length);
    wow_set_end(&query);
    return status;
}
