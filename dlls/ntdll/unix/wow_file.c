/* Files, sockets and completion ports, as 32-bit programs call them. */
#include <stdlib.h>
#include <string.h>

#include "ferry/syscall_table.h"
#include "virtual.h"
#include "wow_query.h"

/* ---- NtSetInformationFile ---- */

NTSTATUS wow_NtSetInformationFile(HANDLE FileHandle, IO_STATUS_BLOCK *IoStatusBlock, void *FileInformation, ULONG Length,
                                  ULONG FileInformationClass)
{
    const FERRY_FILE_RENAME_INFORMATION_32 *narrow = FileInformation;
    const ULONG head = offsetof(FERRY_FILE_RENAME_INFORMATION, FileName);
    const ULONG narrow_head = offsetof(FERRY_FILE_RENAME_INFORMATION_32, FileName);
    FERRY_FILE_COMPLETION_INFORMATION completion;
    FERRY_FILE_RENAME_INFORMATION *wide;
    ULONG size;
    NTSTATUS status;

    switch ((int)FileInformationClass) {
    case FileCompletionInformation:
        if (Length < sizeof(FERRY_FILE_COMPLETION_INFORMATION_32)) return STATUS_INFO_LENGTH_MISMATCH;
        FERRY_FILE_COMPLETION_INFORMATION_from32(&completion, FileInformation);
        return sys_NtSetInformationFile(FileHandle, IoStatusBlock, &completion, sizeof(completion), FileInformationClass);
    case FileRenameInformation:
    case FileLinkInformation:
    case 65: /* FileRenameInformationEx */
    case 72: /* FileLinkInformationEx */
        if (Length < sizeof(*narrow) || Length > 0x20000) break;
        size = Length - narrow_head + head;
        if (size < sizeof(*wide)) size = sizeof(*wide);
        if (!(wide = calloc(1, size))) return STATUS_NO_MEMORY;
        if (!virtual_read(wide->FileName, narrow->FileName, Length - narrow_head)) {
            free(wide);
            return STATUS_ACCESS_VIOLATION;
        }
        wide->Flags = narrow->Flags;
        wide->RootDirectory = WOW_HANDLE(narrow->RootDirectory);
        wide->FileNameLength = narrow->FileNameLength;
        status = sys_NtSetInformationFile(FileHandle, IoStatusBlock, wide, size, FileInformationClass);
        free(wide);
        return status;
    }
    return sys_NtSetInformationFile(FileHandle, IoStatusBlock, FileInformation, Length, FileInformationClass);
}

/* ---- completion ports ---- */

NTSTATUS wow_NtRemoveIoCompletion(HANDLE IoCompletionHandle, void **KeyContext, void **ApcContext,
                                  IO_STATUS_BLOCK *IoStatusBlock, LARGE_INTEGER *Timeout)
{
    IO_STATUS_BLOCK wide;
    NTSTATUS status = sys_NtRemoveIoCompletion(IoCompletionHandle, KeyContext, ApcContext, &wide, Timeout);

    if (!status) IO_STATUS_BLOCK_to32((IO_STATUS_BLOCK_32 *)IoStatusBlock, &wide);
    return status;
}

NTSTATUS wow_NtRemoveIoCompletionEx(HANDLE IoCompletionHandle, FILE_IO_COMPLETION_INFORMATION *IoCompletionInformation,
                                    ULONG Count, ULONG *NumEntriesRemoved, LARGE_INTEGER *Timeout, BOOLEAN Alertable)
{
    FILE_IO_COMPLETION_INFORMATION packets[64];
    FILE_IO_COMPLETION_INFORMATION_32 *narrow = (FILE_IO_COMPLETION_INFORMATION_32 *)IoCompletionInformation;
    ULONG removed = 0;
    NTSTATUS status = sys_NtRemoveIoCompletionEx(IoCompletionHandle, packets, Count < 64 ? Count : 64, &removed, Timeout,
                                                 Alertable);

    for (ULONG i = 0; i < removed && i < 64; i++) FILE_IO_COMPLETION_INFORMATION_to32(&narrow[i], &packets[i]);
    *NumEntriesRemoved = removed;
    return status;
}
