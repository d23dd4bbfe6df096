/* Start and end of a Windows process. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "console.h"
#include "context.h"
#include "file.h"
#include "handle.h"
#include "host.h"
#include "remote.h"
#include "parameters.h"
#include "path.h"
#include "processor.h"
#include "process.h"
#include "startup.h"
#include "threads.h"
#include "virtual.h"
#include "wow.h"

#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND 127

#define DEFAULT_STACK_RESERVE 0x100000
#define DEFAULT_STACK_COMMIT 0x1000

struct host_options host;
static const char *program_name = "ferry";

atomic_bool program_started;

extern const char ferry_dispatch[];

static _Noreturn void fail(int code, const char *what, const char *why)
{
    host_report("%s: %s", what, why);
    _exit(code);
}

/* ---- images ---- */

static const char *image_error(NTSTATUS status)
{
    switch (status) {
    case STATUS_INVALID_IMAGE_NOT_MZ: return "not a Windows program (no MZ header)";
    case STATUS_INVALID_IMAGE_PROTECT: return "a DOS program, not a Windows one";
    case STATUS_INVALID_IMAGE_FORMAT: return "not a valid Windows program (broken PE headers)";
    case STATUS_INVALID_IMAGE_WIN_16: return "a 16-bit Windows program";
    case STATUS_IMAGE_MACHINE_TYPE_MISMATCH: return "made for another processor";
    case STATUS_NO_MEMORY: return "no memory for the image";
    case STATUS_CONFLICTING_ADDRESSES: return "its fixed address is taken";
    default: return NULL;
    }
}

static void map_image(int fd, const char *path, const UNICODE_STRING *name, void **base,
                      FERRY_SECTION_IMAGE_INFORMATION *info)
{
    size_t size = 0;
    NTSTATUS status;
    char number[64];

    *base = NULL;
    status = virtual_map_image(fd, name, base, &size, info);
    if (NT_SUCCESS(status)) return;
    const char *text = image_error(status);
    if (!text) {
        snprintf(number, sizeof(number), "cannot be mapped (status %08x)", (unsigned)status);
        text = number;
    }
    fail(EXIT_CANNOT_RUN, path, text);
}

/* Address of an export of our own ntdll.dll; its tables are trusted. */
static uint64_t find_export(const char *base, const char *name)
{
    const IMAGE_NT_HEADERS64 *headers = (const void *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
    const IMAGE_NT_HEADERS32 *narrow = (const void *)headers;
    const IMAGE_DATA_DIRECTORY *directories =
        wow64 ? narrow->OptionalHeader.DataDirectory : headers->OptionalHeader.DataDirectory;
    const IMAGE_EXPORT_DIRECTORY *exports = (const void *)(base + directories[IMAGE_DIRECTORY_ENTRY_EXPORT].VirtualAddress);
    const uint32_t *names = (const void *)(base + exports->AddressOfNames);
    const uint16_t *ordinals = (const void *)(base + exports->AddressOfNameOrdinals);
    const uint32_t *functions = (const void *)(base + exports->AddressOfFunctions);
    uint32_t low = 0, high = exports->NumberOfNames;

    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = strcmp(name, base + names[middle]);
        if (!order) return (uint64_t)(base + functions[ordinals[middle]]);
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    fail(EXIT_CANNOT_RUN, "ntdll.dll", name);
}

static void map_ntdll(void)
{
    char path[4096];
    UNICODE_STRING name;
    FERRY_SECTION_IMAGE_INFORMATION info;
    int fd;

    static WCHAR nt_name[] = L"\\??\\C:\\windows\\system32\\ntdll.dll";
    name.Buffer = nt_name;
    name.Length = sizeof(nt_name) - sizeof(WCHAR);
    name.MaximumLength = sizeof(nt_name);
    snprintf(path, sizeof(path), "%s/%s-windows/ntdll.dll", host.library_path, wow64 ? "i386" : "x86_64");
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail(EXIT_NOT_FOUND, path, "missing; is Ferry installed whole?");
    map_image(fd, path, &name, &ntdll_base, &info);
    close(fd);
    ntdll_entries.LdrInitializeThunk = find_export(ntdll_base, "LdrInitializeThunk");
    ntdll_entries.RtlUserThreadStart = find_export(ntdll_base, "RtlUserThreadStart");
    ntdll_entries.KiUserExceptionDispatcher = find_export(ntdll_base, "KiUserExceptionDispatcher");
    ntdll_entries.KiUserApcDispatcher = find_export(ntdll_base, "KiUserApcDispatcher");
    if (!wow64) *(const void **)find_export(ntdll_base, "ferry_syscall_dispatcher") = ferry_dispatch;
}

/* ---- process ---- */

static void fill_peb(FERRY_PEB *peb, void *image, const FERRY_SECTION_IMAGE_INFORMATION *info)
{
    peb->ImageBaseAddress = image;
    peb->Mutant = (HANDLE)(LONG_PTR)-1;
    peb->BitField = 0x04; /* IsImageDynamicallyRelocated is set by Windows for every relocatable program */
    peb->NumberOfProcessors = processor_count();
    peb->CriticalSectionTimeout.QuadPart = -30ll * 24 * 60 * 60 * 10000000;
    peb->HeapSegmentReserve = 0x100000;
    peb->HeapSegmentCommit = 0x2000;
    peb->HeapDeCommitTotalFreeThreshold = 0x10000;
    peb->HeapDeCommitFreeBlockThreshold = 0x1000;
    peb->OSMajorVersion = 10;
    peb->OSMinorVersion = 0;
    peb->OSBuildNumber = 19045;
    peb->OSPlatformId = VER_PLATFORM_WIN32_NT;
    peb->ImageSubsystem = info->SubSystemType;
    peb->ImageSubsystemMajorVersion = info->SubSystemMajorVersion;
    peb->ImageSubsystemMinorVersion = info->SubSystemMinorVersion;
    peb->ActiveProcessAffinityMask = processor_mask();
    peb->SessionId = 1;
}

static HANDLE standard_handle(int fd)
{
    HANDLE handle = NULL;
    ACCESS_MASK access = fd == 0 ? FILE_GENERIC_READ : FILE_GENERIC_WRITE | FILE_READ_ATTRIBUTES;

    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || flags & O_PATH) return NULL; /* was closed: the loader holds its place */
    return file_handle_from_fd(fd, access, FILE_SYNCHRONOUS_IO_NONALERT, &handle) ? NULL : handle;
}

/* Started from Unix: command line, environment and streams of this process. */
static void make_parameters(FERRY_PEB *peb, const UNICODE_STRING *image)
{
    FERRY_PROCESS_PARAMETERS *parameters = parameters_create(&host, image);

    if (!parameters) fail(EXIT_CANNOT_RUN, host.program, "no memory for its parameters");
    parameters->StandardInput = standard_handle(0);
    parameters->StandardOutput = standard_handle(1);
    parameters->StandardError = standard_handle(2);
    peb->ProcessParameters = parameters;
}

/* Started by a Windows program: what that prepared. */
static void inherit_parameters(FERRY_PEB *peb)
{
    peb->ProcessParameters = startup_parameters();
    if (!peb->ProcessParameters) fail(EXIT_CANNOT_RUN, host.program, "no memory for its parameters");
    if (startup_restore_handles) startup_restore_handles();
}

_Noreturn void ferry_native_start(const struct host_options *options)
{
    FERRY_SECTION_IMAGE_INFORMATION info;
    UNICODE_STRING name;
    void *image;
    FERRY_TEB *teb;
    FERRY_PEB *peb;
    int error;

    host = *options;
    program_name = options->program;
    signal_init();
    virtual_init();
    error = prefix_prepare(host.prefix);
    if (error) fail(EXIT_CANNOT_RUN, host.prefix, strerror(error < 0 ? -error : error));
    if (!startup_map(host.child)) fail(EXIT_CANNOT_RUN, host.program, "its start-up data are broken");
    objects_init();
    file_init();
    if (path_from_unix(host.program, &name)) fail(EXIT_CANNOT_RUN, host.program, "has no Windows path");
    process_publish(&name);
    map_image(host.program_fd, host.program, &name, &image, &info);
    close(host.program_fd);
    if (info.ImageCharacteristics & IMAGE_FILE_DLL) fail(EXIT_CANNOT_RUN, host.program, "a DLL, not a program");
    wow64 = info.Machine == IMAGE_FILE_MACHINE_I386;
    virtual_set_address_space(info.ImageCharacteristics & IMAGE_FILE_LARGE_ADDRESS_AWARE,
                              info.DllCharacteristics & IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA);
    map_ntdll();
    if (wow64 && wow_init()) fail(EXIT_CANNOT_RUN, host.program, "no memory for the gate from 32-bit code");
    teb = virtual_allocate_teb(); /* the first one brings the PEB */
    if (!teb) fail(EXIT_CANNOT_RUN, host.program, "no memory for its first thread");
    peb = virtual_peb();
    fill_peb(peb, image, &info);
    process_publish_peb(peb);
    if (startup) inherit_parameters(peb);
    else make_parameters(peb, &name);
    if (wow64 && wow_fill_peb(peb)) fail(EXIT_CANNOT_RUN, host.program, "no memory for its parameters");
    thread_run_first(teb, info.TransferAddress, info.MaximumStackSize ? info.MaximumStackSize : DEFAULT_STACK_RESERVE,
                     info.CommittedStackSize ? info.CommittedStackSize : DEFAULT_STACK_COMMIT,
                     startup && (startup->flags & STARTUP_SUSPENDED));
}

/* The Unix exit code. What keeps a program from starting has the shell's codes for that. */
static int unix_exit_code(NTSTATUS status)
{
    if (!atomic_load(&program_started)) {
        if (status == STATUS_DLL_NOT_FOUND) return EXIT_NOT_FOUND;
        if (status == STATUS_INVALID_IMAGE_FORMAT || status == STATUS_ENTRYPOINT_NOT_FOUND ||
            status == STATUS_ORDINAL_NOT_FOUND || status == STATUS_DLL_INIT_FAILED)
            return EXIT_CANNOT_RUN;
    }
    /* Eight bits: what failed must not look like success. */
    return status && !(status & 0xff) ? 255 : status & 0xff;
}

_Noreturn void process_exit(NTSTATUS status)
{
    agent_finish();
    file_exit();
    console_restore();
    process_mark_exit(status);
    _exit(unix_exit_code(status));
}

_Noreturn void exception_unhandled(const EXCEPTION_RECORD *record, const CONTEXT *context)
{
    host_report("%s: unhandled exception %08x at %p (address %#llx)", program_name, (unsigned)record->ExceptionCode,
                record->ExceptionAddress,
                record->NumberParameters > 1 ? (unsigned long long)record->ExceptionInformation[1] : 0ull);
    process_exit((NTSTATUS)record->ExceptionCode);
}
