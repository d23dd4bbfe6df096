/* werapi.h: how Windows Error Reporting treats a process. The flags lie where WerGetFlags of another process finds
 * them, behind PEB.WerRegistrationData. */
#include "kernelbase.h"

#define WER_FLAGS_VALID 0x7ff /* WER_FAULT_REPORTING_FLAG_NOHEAP … WER_FAULT_REPORTING_DURABLE */

struct wer_data {
    DWORD size;  /* bytes of this structure */
    DWORD flags;
};

static struct wer_data wer_data = { .size = sizeof(wer_data) };

HRESULT WINAPI WerSetFlags(DWORD flags)
{
    if (flags & ~WER_FLAGS_VALID) return E_INVALIDARG;
    wer_data.flags = flags;
    ferry_peb()->WerRegistrationData = &wer_data;
    return S_OK;
}

/* `process` needs PROCESS_QUERY_INFORMATION and PROCESS_VM_READ; a process that has set none has 0. */
HRESULT WINAPI WerGetFlags(HANDLE process, PDWORD flags)
{
    PROCESS_BASIC_INFORMATION info;
    struct wer_data data = { 0 }, *address = NULL;
    NTSTATUS status;

    if (!flags) return E_INVALIDARG;
    status = NtQueryInformationProcess(process, ProcessBasicInformation, &info, sizeof(info), NULL);
    if (status >= 0) {
        void *field = (char *)info.PebBaseAddress + offsetof(FERRY_PEB, WerRegistrationData);
        status = NtReadVirtualMemory(process, field, &address, sizeof(address), NULL);
    }
    if (status >= 0 && address) status = NtReadVirtualMemory(process, address, &data, sizeof(data), NULL);
    if (status < 0) return HRESULT_FROM_WIN32(RtlNtStatusToDosError(status));
    *flags = data.flags;
    return S_OK;
}
