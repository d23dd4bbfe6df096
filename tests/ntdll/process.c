/* NtCreateUserProcess and what belongs to it, without the layers above. */
#include "tap.h"

typedef struct {
    ULONG_PTR Attribute;
    SIZE_T Size;
    void *Value;
    SIZE_T *ReturnLength;
} ATTRIBUTE;

typedef struct {
    SIZE_T TotalLength;
    ATTRIBUTE Attributes[2];
} ATTRIBUTES;

typedef struct {
    SIZE_T Size;
    ULONG State;
    UCHAR Info[72];
} CREATE_INFO;

NTSTATUS NTAPI NtCreateUserProcess(HANDLE *, HANDLE *, ACCESS_MASK, ACCESS_MASK, OBJECT_ATTRIBUTES *, OBJECT_ATTRIBUTES *,
                                   ULONG, ULONG, void *, CREATE_INFO *, ATTRIBUTES *);
NTSTATUS NTAPI NtTerminateProcess(HANDLE, NTSTATUS);
NTSTATUS NTAPI NtResumeThread(HANDLE, ULONG *);
NTSTATUS NTAPI NtOpenProcess(HANDLE *, ACCESS_MASK, OBJECT_ATTRIBUTES *, CLIENT_ID *);

static NTSTATUS start(const WCHAR *image, const WCHAR *arguments, ULONG flags, HANDLE *process, HANDLE *thread, CLIENT_ID *id)
{
    WCHAR line[600];
    UNICODE_STRING nt;
    CREATE_INFO info = { sizeof(info) };
    ATTRIBUTES attributes = { sizeof(attributes) };
    RTL_USER_PROCESS_PARAMETERS *parameters = NtCurrentTeb()->ProcessEnvironmentBlock->ProcessParameters;
    int used = 0;

    for (const WCHAR *at = L"child "; *at; at++) line[used++] = *at;
    for (; *arguments; arguments++) line[used++] = *arguments;
    line[used] = 0;
    RtlDosPathNameToNtPathName_U(image, &nt, NULL, NULL);
    RtlInitUnicodeString(&parameters->ImagePathName, image);
    RtlInitUnicodeString(&parameters->CommandLine, line);
    attributes.Attributes[0] = (ATTRIBUTE){ 0x00020005, nt.Length, nt.Buffer, NULL };
    attributes.Attributes[1] = (ATTRIBUTE){ 0x00010003, sizeof(*id), id, NULL };
    return NtCreateUserProcess(process, thread, MAXIMUM_ALLOWED, MAXIMUM_ALLOWED, NULL, NULL, 4, flags, parameters, &info, &attributes);
}

static NTSTATUS exit_status(HANDLE process)
{
    PROCESS_BASIC_INFORMATION info;

    ok(!NtQueryInformationProcess(process, ProcessBasicInformation, &info, sizeof(info), NULL), "query");
    return (NTSTATUS)(ULONG_PTR)info.ExitStatus;
}

START_TESTS
{
    WCHAR self[MAX_PATH];
    OBJECT_ATTRIBUTES none = { sizeof(none) };
    PROCESS_BASIC_INFORMATION info;
    HANDLE process, thread, again;
    CLIENT_ID id, asked;
    ULONG count;

    if (tap_argc > 1) {
        if (tap_argv[1][0] == 's') NtWaitForSingleObject((HANDLE)(LONG_PTR)-1, FALSE, NULL);
        NtTerminateProcess((HANDLE)(LONG_PTR)-1, 1000 + tap_argv[1][0]);
    }
    GetModuleFileNameW(NULL, self, MAX_PATH);
    ok(!start(self, L"x", 0, &process, &thread, &id), "start");
    ok(NtWaitForSingleObject(process, FALSE, NULL) == STATUS_WAIT_0, "ends");
    ok(exit_status(process) == 1000 + 'x', "exit status %lx", exit_status(process));
    ok(!NtQueryInformationProcess(process, ProcessBasicInformation, &info, sizeof(info), NULL) &&
           (HANDLE)info.UniqueProcessId == id.UniqueProcess, "id");
    ok(NtWaitForSingleObject(thread, FALSE, NULL) == STATUS_WAIT_0, "its thread too");
    NtClose(process);
    NtClose(thread);

    ok(!start(self, L"y", 1, &process, &thread, &id), "start, suspended");
    ok(!NtResumeThread(thread, &count) && count == 1, "resume: %lu", count);
    ok(NtWaitForSingleObject(process, FALSE, NULL) == STATUS_WAIT_0 && exit_status(process) == 1000 + 'y', "ran");
    NtClose(process);
    NtClose(thread);

    ok(!start(self, L"s", 0, &process, &thread, &id), "start");
    asked = (CLIENT_ID){ id.UniqueProcess, NULL };
    ok(!NtOpenProcess(&again, PROCESS_TERMINATE, &none, &asked), "open by id");
    ok(exit_status(process) == STATUS_PENDING, "runs");
    ok(!NtTerminateProcess(again, 42), "terminate");
    ok(NtWaitForSingleObject(process, FALSE, NULL) == STATUS_WAIT_0 && exit_status(process) == 42, "terminated");
    NtClose(again);
    NtClose(process);
    NtClose(thread);
    ok(start(L"C:\\windows\\none.exe", L"", 0, &process, &thread, &id) == STATUS_OBJECT_NAME_NOT_FOUND, "no such file");
}
