/* NtDeviceIoControlFile and NtFsControlFile. */
#include "ferry/syscall_table.h"
#include "host.h"
#include "request.h"

static NTSTATUS control(HANDLE handle, struct request *request)
{
    NTSTATUS (*operation)(struct file *, struct request *);
    ACCESS_MASK granted;
    NTSTATUS status;

    probe_write(request->iosb, iosb_size());
    if (request->input_length) {
        (void)*(volatile const char *)request->input;
        (void)*((volatile const char *)request->input + request->input_length - 1);
    }
    if (request->length)
        probe_write(request->buffer, request->length);
    status = file_from_handle(handle, 0, &request->file, &granted);
    if (status)
        return status;
    /* bits 14 and 15 of the code: FILE_READ_ACCESS, FILE_WRITE_ACCESS */
    if (((request->code & 0x4000) && !(granted & FILE_READ_DATA)) ||
        ((request->code & 0x8000) && !(granted & (FILE_WRITE_DATA | FILE_APPEND_DATA))))
        status = STATUS_ACCESS_DENIED;
    operation = request->type == REQUEST_IOCTL ? request->file->ops->ioctl : request->file->ops->fsctl;
    if (!status && !operation)
        status = STATUS_INVALID_DEVICE_REQUEST;
    if (!status)
        status = request_start(request);
    if (!status)
        status = request_finish(request, operation(request->file, request));
    file_release(request->file);
    return status;
}

NTSTATUS sys_NtDeviceIoControlFile(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context,
                                   IO_STATUS_BLOCK *iosb, ULONG code, void *input, ULONG input_length, void *output,
                                   ULONG output_length)
{
    struct request request = {.type = REQUEST_IOCTL, .iosb = iosb, .event_handle = event, .apc_routine = apc_routine,
                              .apc_context = apc_context, .code = code, .input = input,
                              .input_length = input_length, .buffer = output, .length = output_length};
    return control(handle, &request);
}

NTSTATUS sys_NtFsControlFile(HANDLE handle, HANDLE event, void *apc_routine, void *apc_context,
                             IO_STATUS_BLOCK *iosb, ULONG code, void *input, ULONG input_length, void *output,
                             ULONG output_length)
{
    struct request request = {.type = REQUEST_FSCTL, .iosb = iosb, .event_handle = event, .apc_routine = apc_routine,
                              .apc_context = apc_context, .code = code, .input = input,
                              .input_length = input_length, .buffer = output, .length = output_length};
    return control(handle, &request);
}
