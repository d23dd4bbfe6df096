/* NtCreateUserProcess: another `ferry` with start-up data in a memfd, or a Linux program.
 *
 * The child's process object, block and first thread exist before it runs. Its handle table is filled here, in shared
 * memory, for what lives in slots; local objects are listed in the start-up data, with descriptors that the child has.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"
#include "object.h"
#include "path.h"
#include "process.h"
#include "server_client.h"
#include "sync.h"
#include "thread.h"
#include "ferry/startup.h"
#include "ferry/syscall_table.h"

#define PROCESS_CREATE_FLAGS_BREAKAWAY 0x00000001
#define HANDLES_MAX 4096
#define JOBS_MAX 32
#define FIRST_PASSED_FD 200

struct attributes {
    UNICODE_STRING image;
    CLIENT_ID *client_id;
    SIZE_T *client_id_size;
    FERRY_SECTION_IMAGE_INFORMATION *image_info;
    const HANDLE *handles;
    unsigned handle_count;
    bool has_handles;
    const HANDLE *jobs; /* outermost first */
    unsigned job_count;
    HANDLE parent;
};

struct child {
    uint32_t slot, block, thread;
    uint64_t token;
    bool linux_program;
    char *program; /* Unix path */
    int folder;    /* current directory or -1 */
    struct startup_handle handles[HANDLES_MAX];
    int sources[HANDLES_MAX]; /* the descriptors here that handles[].fd are copies of */
    unsigned handle_count;
    unsigned table_count; /* entries made in its table */
    unsigned char *data; /* of the handles */
    uint32_t data_size, data_room;
    int standard[3]; /* descriptors for 0, 1, 2; -1 */
};

/* ---- arguments ---- */

static NTSTATUS read_attributes(const PS_ATTRIBUTE_LIST *list, struct attributes *out)
{
    size_t count;

    memset(out, 0, sizeof(*out));
    if (!list) return STATUS_INVALID_PARAMETER;
    count = list->TotalLength < sizeof(*list) ? 0 : (list->TotalLength - sizeof(*list)) / sizeof(PS_ATTRIBUTE);
    if (count > 64) return STATUS_INVALID_PARAMETER;
    for (size_t i = 0; i < count; i++) {
        const PS_ATTRIBUTE *at = &list->Attributes[i];
        switch (at->Attribute) {
        case PS_ATTRIBUTE_IMAGE_NAME:
            out->image = (UNICODE_STRING){ .Length = (USHORT)at->Size, .MaximumLength = (USHORT)at->Size,
                                           .Buffer = at->ValuePtr };
            break;
        case PS_ATTRIBUTE_CLIENT_ID:
            if (at->Size < sizeof(CLIENT_ID)) return STATUS_INFO_LENGTH_MISMATCH;
            out->client_id = at->ValuePtr;
            out->client_id_size = at->ReturnLength;
            break;
        case PS_ATTRIBUTE_IMAGE_INFO:
            if (at->Size < sizeof(FERRY_SECTION_IMAGE_INFORMATION)) return STATUS_INFO_LENGTH_MISMATCH;
            out->image_info = at->ValuePtr;
            break;
        case PS_ATTRIBUTE_HANDLE_LIST:
            out->handles = at->ValuePtr;
            out->handle_count = (unsigned)(at->Size / sizeof(HANDLE));
            out->has_handles = true;
            if (out->handle_count > HANDLES_MAX) return STATUS_INVALID_PARAMETER;
            break;
        case PS_ATTRIBUTE_JOB_LIST:
            out->jobs = at->ValuePtr;
            out->job_count = (unsigned)(at->Size / sizeof(HANDLE));
            if (at->Size % sizeof(HANDLE) || out->job_count > JOBS_MAX) return STATUS_INVALID_PARAMETER;
            break;
        case PS_ATTRIBUTE_PARENT_PROCESS: out->parent = (HANDLE)at->Value; break;
        }
    }
    return out->image.Length ? STATUS_SUCCESS : STATUS_OBJECT_NAME_INVALID;
}

/* What a PE file says of itself; a Linux program is recognised. */
static NTSTATUS look_at_image(struct child *child, FERRY_SECTION_IMAGE_INFORMATION *info)
{
    unsigned char head[4096];
    int fd = open(child->program, O_RDONLY | O_CLOEXEC);

    memset(info, 0, sizeof(*info));
    if (fd < 0) return status_from_errno(errno);
    ssize_t size = pread(fd, head, sizeof(head), 0);
    close(fd);
    if (size < 0) return status_from_errno(errno);
    if (size >= 4 && (!memcmp(head, "\177ELF", 4) || !memcmp(head, "#!", 2))) {
        if (access(child->program, X_OK)) return STATUS_ACCESS_DENIED;
        child->linux_program = true;
        info->SubSystemType = IMAGE_SUBSYSTEM_WINDOWS_CUI;
        return STATUS_SUCCESS;
    }
    if (size < (ssize_t)sizeof(IMAGE_DOS_HEADER) || head[0] != 'M' || head[1] != 'Z') return STATUS_INVALID_IMAGE_NOT_MZ;
    const IMAGE_DOS_HEADER *dos = (const IMAGE_DOS_HEADER *)head;
    IMAGE_NT_HEADERS64 nt;
    fd = open(child->program, O_RDONLY | O_CLOEXEC);
    size = pread(fd, &nt, sizeof(nt), dos->e_lfanew);
    close(fd);
    if (size < (ssize_t)sizeof(nt) || nt.Signature != IMAGE_NT_SIGNATURE) return STATUS_INVALID_IMAGE_PROTECT;
    if (nt.FileHeader.Characteristics & IMAGE_FILE_DLL) return STATUS_INVALID_IMAGE_FORMAT;
    bool wide = nt.OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC;
    const IMAGE_OPTIONAL_HEADER32 *narrow = (const IMAGE_OPTIONAL_HEADER32 *)&nt.OptionalHeader;
    info->Machine = nt.FileHeader.Machine;
    info->ImageCharacteristics = nt.FileHeader.Characteristics;
    info->ImageContainsCode = TRUE;
    info->SubSystemType = wide ? nt.OptionalHeader.Subsystem : narrow->Subsystem;
    info->SubSystemMajorVersion = wide ? nt.OptionalHeader.MajorSubsystemVersion : narrow->MajorSubsystemVersion;
    info->SubSystemMinorVersion = wide ? nt.OptionalHeader.MinorSubsystemVersion : narrow->MinorSubsystemVersion;
    info->DllCharacteristics = wide ? nt.OptionalHeader.DllCharacteristics : narrow->DllCharacteristics;
    info->MaximumStackSize = wide ? nt.OptionalHeader.SizeOfStackReserve : narrow->SizeOfStackReserve;
    info->CommittedStackSize = wide ? nt.OptionalHeader.SizeOfStackCommit : narrow->SizeOfStackCommit;
    if (info->Machine != IMAGE_FILE_MACHINE_AMD64 && info->Machine != IMAGE_FILE_MACHINE_I386)
        return STATUS_INVALID_IMAGE_FORMAT;
    return STATUS_SUCCESS;
}

/* ---- handles ---- */

/* Puts the handle, as it is here, into the child's table or onto its list. */
static NTSTATUS pass_handle(struct child *child, struct handle_entry *table, HANDLE handle, ULONG attributes)
{
    ULONG_PTR index = (ULONG_PTR)handle >> 2;
    struct handle_use use;

    if (!index || index >= ARENA_HANDLES) return STATUS_SUCCESS;
    for (unsigned i = 0; i < child->handle_count; i++)
        if (child->handles[i].handle == index * 4) return STATUS_SUCCESS;
    if (atomic_load(&table[index].rights)) return STATUS_SUCCESS;
    NTSTATUS status = handle_use(handle, OBJECT_ANY, 0, &use);
    if (status) return status;
    uint64_t rights = (uint64_t)use.access << 32 | HANDLE_PHASE_LIVE | attributes << 8 | use.type;
    if (!use.object) {
        slot_share(use.slot);
        if (slot_reference(use.slot, use.tag)) {
            atomic_store(&table[index].target, state_of(use.tag, use.slot));
            table[index].fd = -1;
            atomic_store(&table[index].rights, rights);
            child->table_count++;
        }
    } else if (child->handle_count < HANDLES_MAX && (use.object->ops->save || use.type == OBJECT_FILE)) {
        enum { ROOM = 4096 };
        struct startup_handle *entry = &child->handles[child->handle_count];
        if (child->data_size + ROOM > child->data_room) {
            child->data_room = child->data_room ? child->data_room * 2 : 64 * 1024;
            unsigned char *more = realloc(child->data, child->data_room);
            if (!more) {
                handle_unuse(&use);
                return STATUS_NO_MEMORY;
            }
            child->data = more;
        }
        int size = use.object->ops->save ? use.object->ops->save(use.object, child->data + child->data_size, ROOM) : 0;
        if (size >= 0) {
            int fd = -1;
            for (unsigned i = 0; i < child->handle_count && use.object->fd >= 0; i++)
                if (child->sources[i] == use.object->fd) fd = child->handles[i].fd;
            if (fd < 0 && use.object->fd >= 0) fd = fcntl(use.object->fd, F_DUPFD_CLOEXEC, FIRST_PASSED_FD);
            *entry = (struct startup_handle){ .handle = (uint32_t)(index * 4), .type = use.type, .access = use.access,
                                              .attributes = attributes, .fd = fd, .data_size = (uint32_t)size,
                                              .data_offset = child->data_size };
            child->sources[child->handle_count] = use.object->fd;
            child->data_size += ((uint32_t)size + 7) & ~7u;
            child->handle_count++;
            child->table_count++;
            atomic_store(&table[index].rights, (rights & ~(uint64_t)HANDLE_PHASE_MASK) | HANDLE_PHASE_RESERVED | HANDLE_LOCAL);
        }
    }
    handle_unuse(&use);
    return STATUS_SUCCESS;
}

static NTSTATUS pass_handles(struct child *child, const struct attributes *attributes, bool inherit,
                             FERRY_PROCESS_PARAMETERS *parameters, bool console)
{
    struct process_block *block = arena_map_block(child->block);
    HANDLE standard[3] = { parameters->StandardInput, parameters->StandardOutput, parameters->StandardError };
    NTSTATUS status = STATUS_SUCCESS;

    if (!block) return STATUS_NO_MEMORY;
    struct handle_entry *table = block_handles(block);
    if (inherit && attributes->has_handles) {
        for (unsigned i = 0; i < attributes->handle_count && !status; i++) {
            struct handle_info info;
            status = handle_query(attributes->handles[i], &info);
            if (!status && !(info.attributes & OBJ_INHERIT)) status = STATUS_INVALID_PARAMETER;
            if (!status) status = pass_handle(child, table, attributes->handles[i], info.attributes);
        }
    } else if (inherit) {
        uint32_t left = atomic_load(&process_block->handle_count);
        for (uint32_t i = 1; i < ARENA_HANDLES && left && !status; i++) {
            uint64_t rights = atomic_load(&handle_entries[i].rights);
            if (!rights) continue;
            left--;
            if ((HANDLE_ATTRIBUTES(rights) & OBJ_INHERIT) && (rights & HANDLE_PHASE_MASK) == HANDLE_PHASE_LIVE)
                status = pass_handle(child, table, (HANDLE)(ULONG_PTR)(i * 4), HANDLE_ATTRIBUTES(rights));
        }
    }
    /* A console program gets the standard handles in any case: PS_STD_HANDLE_INFO. */
    for (int i = 0; i < 3 && !status; i++) {
        struct handle_info info;
        if (!standard[i] || handle_query(standard[i], &info) || info.type != OBJECT_FILE) continue;
        if (console || child->linux_program) status = pass_handle(child, table, standard[i], info.attributes);
        if (info.object && info.object->fd >= 0)
            for (unsigned n = 0; n < child->handle_count; n++)
                if (child->handles[n].handle == (ULONG_PTR)standard[i]) child->standard[i] = child->handles[n].fd;
    }
    atomic_store(&block->handle_count, child->table_count);
    arena_unmap_block(block);
    return status;
}

/* ---- start-up data ---- */

struct blob {
    unsigned char *bytes;
    size_t size, room;
    bool failed;
};

static uint32_t blob_add(struct blob *blob, const void *data, size_t size)
{
    size_t at = (blob->size + 15) & ~15ul;

    if (at + size > blob->room) {
        size_t room = (at + size) * 2;
        unsigned char *more = realloc(blob->bytes, room);
        if (!more) {
            blob->failed = true;
            return 0;
        }
        blob->bytes = more;
        blob->room = room;
    }
    memset(blob->bytes + blob->size, 0, at - blob->size);
    if (data) memcpy(blob->bytes + at, data, size);
    else memset(blob->bytes + at, 0, size);
    blob->size = at + size;
    return (uint32_t)at;
}

/* The string behind the block that starts at `base`; its Buffer becomes an offset from there. */
static void add_string(struct blob *blob, uint32_t base, size_t field, const UNICODE_STRING *string,
                       const FERRY_PROCESS_PARAMETERS *parameters)
{
    const WCHAR *text = string->Buffer;
    UNICODE_STRING out = { .Length = string->Length, .MaximumLength = (USHORT)(string->Length + sizeof(WCHAR)) };

    if (text && !(parameters->Flags & FERRY_PARAMETERS_NORMALIZED)) text = (const WCHAR *)((const char *)parameters + (size_t)text);
    if (text) {
        uint32_t at = blob_add(blob, NULL, string->Length + sizeof(WCHAR));
        if (blob->failed) return;
        memcpy(blob->bytes + at, text, string->Length);
        out.Buffer = (WCHAR *)(uintptr_t)(at - base);
    }
    memcpy(blob->bytes + base + field, &out, sizeof(out));
}

static void add_parameters(struct blob *blob, struct startup *startup, const FERRY_PROCESS_PARAMETERS *parameters)
{
    FERRY_PROCESS_PARAMETERS copy = *parameters;
    const WCHAR *environment = parameters->Environment;

    copy.Environment = NULL;
    copy.Flags &= ~(ULONG)FERRY_PARAMETERS_NORMALIZED;
    uint32_t base = blob_add(blob, &copy, sizeof(copy));
#define STRING(field) \
    if (!blob->failed) add_string(blob, base, offsetof(FERRY_PROCESS_PARAMETERS, field), &parameters->field, parameters)
    STRING(CurrentDirectory.DosPath);
    STRING(DllPath);
    STRING(ImagePathName);
    STRING(CommandLine);
    STRING(WindowTitle);
    STRING(DesktopInfo);
    STRING(ShellInfo);
    STRING(RuntimeData);
#undef STRING
    startup->parameters_offset = base;
    startup->parameters_size = (uint32_t)(blob->size - base);
    if (environment) {
        const WCHAR *end = environment;
        while (*end) {
            while (*end) end++;
            end++;
        }
        end += end == environment ? 2 : 1;
        startup->environment_size = (uint32_t)((end - environment) * sizeof(WCHAR));
        startup->environment_offset = blob_add(blob, environment, startup->environment_size);
    }
}

/* The memfd, or -errno. */
static int make_startup(struct child *child, const FERRY_PROCESS_PARAMETERS *parameters, const UNICODE_STRING *image,
                        uint32_t flags)
{
    struct blob blob = { 0 };
    struct startup startup = { .magic = STARTUP_MAGIC, .version = STARTUP_VERSION, .flags = flags,
                               .token = child->token, .process_slot = child->slot, .thread_slot = child->thread,
                               .parent_id = object_process_id(), .handle_count = child->handle_count };

    blob_add(&blob, NULL, sizeof(startup));
    startup.program_offset = blob_add(&blob, child->program, strlen(child->program) + 1);
    startup.prefix_offset = blob_add(&blob, host.prefix, strlen(host.prefix) + 1);
    startup.image_offset = blob_add(&blob, image->Buffer, image->Length);
    startup.image_units = image->Length / sizeof(WCHAR);
    add_parameters(&blob, &startup, parameters);
    uint32_t data = blob_add(&blob, child->data, child->data_size);
    for (unsigned i = 0; i < child->handle_count; i++) child->handles[i].data_offset += data;
    startup.handle_offset = blob_add(&blob, child->handles, child->handle_count * sizeof(*child->handles));
    startup.size = (uint32_t)blob.size;
    int fd = blob.failed ? -ENOMEM : memfd_create("ferry-startup", MFD_CLOEXEC);
    if (fd >= 0) {
        memcpy(blob.bytes, &startup, sizeof(startup));
        if (write(fd, blob.bytes, blob.size) != (ssize_t)blob.size) {
            close(fd);
            fd = -ENOSPC;
        }
    } else if (!blob.failed) {
        fd = -errno;
    }
    free(blob.bytes);
    return fd;
}

/* ---- starting ---- */

/* Arguments of a Linux program from a Windows command line: CommandLineToArgvW's rules, in UTF-8. NULL-terminated, one
 * allocation. */
static char **split_command_line(const UNICODE_STRING *line, const char *program)
{
    int units = line->Length / sizeof(WCHAR), used = 0;
    char *text = malloc((size_t)units * 3 + 1);
    char **arguments = calloc((size_t)units + 3, sizeof(*arguments));
    int count = 0;

    if (text) used = utf8_from_utf16(text, units * 3 + 1, line->Buffer, units);
    if (!text || !arguments || used < 0) {
        free(text);
        free(arguments);
        return NULL;
    }
    text[used] = 0;
    char *from = text, *to = text;
    while (*from) {
        while (*from == ' ' || *from == '\t') from++;
        if (!*from) break;
        arguments[count++] = to;
        bool quoted = false;
        for (; *from && (quoted || (*from != ' ' && *from != '\t')); from++) {
            int slashes = 0;
            while (from[slashes] == '\\') slashes++;
            if (from[slashes] == '"') {
                for (int i = 0; i < slashes / 2; i++) *to++ = '\\';
                from += slashes;
                if (slashes & 1) *to++ = '"';
                else if (quoted && from[1] == '"') *to++ = *from++;
                else quoted = !quoted;
            } else if (slashes) {
                memmove(to, from, (size_t)slashes);
                to += slashes;
                from += slashes - 1;
            } else {
                *to++ = *from;
            }
        }
        if (*from) from++;
        *to++ = 0;
    }
    if (!count) count = 1;
    arguments[0] = (char *)program;
    return arguments;
}

static int spawn(struct child *child, int startup_fd, char **arguments, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, defaults;
    struct sigaction reap = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };

    sigaction(SIGCHLD, &reap, NULL); /* the server sees children end; nobody here waits for them */
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGCHLD);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++)
        if (child->standard[i] >= 0) posix_spawn_file_actions_adddup2(&actions, child->standard[i], i);
    if (!child->linux_program) {
        for (unsigned i = 0; i < child->handle_count; i++)
            if (child->handles[i].fd >= 0)
                posix_spawn_file_actions_adddup2(&actions, child->handles[i].fd, child->handles[i].fd);
        posix_spawn_file_actions_adddup2(&actions, startup_fd, startup_fd);
    }
    if (child->folder >= 0) posix_spawn_file_actions_addfchdir_np(&actions, child->folder);
    int error = posix_spawn(pid, child->linux_program ? child->program : "/proc/self/exe", &actions, &attributes, arguments,
                            host.envp);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

/* Tells the server that the child runs, or that it could not be started. */
static void report_started(struct child *child, pid_t pid)
{
    struct request_process_started request = { .process = child->slot, .unix_id = pid, .is_linux = child->linux_program };
    struct reply_process_started reply;
    int pidfd = pid ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .fd = pidfd,
                                .send_fd = pidfd >= 0, .reply = &reply.header, .reply_size = sizeof(reply) };

    server_call(REQUEST_process_started, &call);
    if (pidfd >= 0) close(pidfd);
}

static NTSTATUS start(struct child *child, const FERRY_PROCESS_PARAMETERS *parameters, const UNICODE_STRING *image,
                      uint32_t flags)
{
    char number[16];
    char *own[] = { "ferry", "--child", number, child->program, NULL };
    char **arguments = own;
    pid_t pid = 0;
    int fd = -1, error = 0;

    if (child->linux_program) {
        arguments = split_command_line(&parameters->CommandLine, child->program);
        if (!arguments) return STATUS_NO_MEMORY;
    } else {
        fd = make_startup(child, parameters, image, flags);
        if (fd < 0) return status_from_errno(-fd);
        snprintf(number, sizeof(number), "%d", fd);
    }
    error = spawn(child, fd, arguments, &pid);
    if (fd >= 0) close(fd);
    if (arguments != own) free(arguments);
    report_started(child, error ? 0 : pid);
    return error ? status_from_errno(error) : STATUS_SUCCESS;
}

/* ---- the call ---- */

static void set_image_name(const struct child *child, const UNICODE_STRING *image, uint32_t machine)
{
    struct process_block *block = arena_map_block(child->block);

    if (!block) return;
    uint32_t units = image->Length / sizeof(WCHAR);
    if (units > PROCESS_IMAGE_UNITS) units = PROCESS_IMAGE_UNITS;
    memcpy(block->image, image->Buffer, units * sizeof(WCHAR));
    block->image_units = units;
    block->session = 1;
    block->machine = machine;
    block->priority_class = process_block->priority_class;
    atomic_store(&block->slot, child->slot);
    arena_unmap_block(block);
}

static NTSTATUS make_thread(struct child *child, bool suspended)
{
    child->thread = slot_allocate(OBJECT_THREAD, 0, SLOT_MANUAL_RESET);
    if (!child->thread) return STATUS_INSUFFICIENT_RESOURCES;
    struct slot *slot = slot_at(child->thread);
    slot->thread.create_time = ticks_system();
    slot->thread.exit_status = STATUS_PENDING;
    atomic_store(&slot->thread.gate, suspended ? 1 : 0);
    atomic_fetch_add(&slot->references, 1); /* the thread's own beside the handle's */
    atomic_store(&slot->owner, child->slot);
    return STATUS_SUCCESS;
}

static NTSTATUS create(struct child *child, struct attributes *attributes, FERRY_PROCESS_PARAMETERS *parameters,
                       ULONG process_flags, ULONG thread_flags, FERRY_SECTION_IMAGE_INFORMATION *info)
{
    struct request_process_new request = { .breakaway = !!(process_flags & PROCESS_CREATE_FLAGS_BREAKAWAY) };
    struct reply_process_new reply;
    bool suspended = thread_flags & THREAD_CREATE_FLAGS_CREATE_SUSPENDED;
    NTSTATUS status;

    uint32_t jobs[JOBS_MAX];
    for (unsigned i = 0; i < attributes->job_count; i++) {
        status = handle_slot(attributes->jobs[i], OBJECT_JOB, JOB_OBJECT_ASSIGN_PROCESS, &jobs[i]);
        if (status) return status;
        if (!i) request.job = jobs[0];
    }
    status = server_request(process_new, &request, &reply);
    if (status) return status;
    child->slot = reply.process;
    child->block = reply.block;
    child->token = reply.token;
    set_image_name(child, &attributes->image, info->Machine);
    for (unsigned i = 1; i < attributes->job_count && !status; i++) {
        struct request_job_assign assign = { .job = jobs[i], .process = child->slot };
        struct reply_job_assign assigned;
        status = server_request(job_assign, &assign, &assigned);
    }
    if (!status) status = make_thread(child, suspended);
    if (!status)
        status = pass_handles(child, attributes, process_flags & PROCESS_CREATE_FLAGS_INHERIT_HANDLES, parameters,
                              info->SubSystemType == IMAGE_SUBSYSTEM_WINDOWS_CUI);
    uint32_t flags = suspended ? STARTUP_SUSPENDED : 0;
    /* kernelbase asks for a new group by leaving the field 0; the child becomes its leader. */
    if (!parameters->ProcessGroupId) flags |= STARTUP_NEW_GROUP;
    if (parameters->ConsoleHandle == (HANDLE)(LONG_PTR)-1) flags |= STARTUP_NO_CONSOLE;
    if (parameters->ConsoleHandle == (HANDLE)(LONG_PTR)-2) flags |= STARTUP_NEW_CONSOLE;
    if (!status) status = start(child, parameters, &attributes->image, flags);
    else report_started(child, 0);
    if (status) {
        slot_release(child->slot);
        if (child->thread) slot_release(child->thread);
    }
    return status;
}

static int open_folder(FERRY_PROCESS_PARAMETERS *parameters)
{
    UNICODE_STRING name = parameters->CurrentDirectory.DosPath;
    OBJECT_ATTRIBUTES attributes = { .Length = sizeof(attributes), .ObjectName = &name, .Attributes = OBJ_CASE_INSENSITIVE };
    WCHAR text[1100] = u"\\??\\";
    char *path;

    if (!(parameters->Flags & FERRY_PARAMETERS_NORMALIZED) && name.Buffer)
        name.Buffer = (WCHAR *)((char *)parameters + (size_t)name.Buffer);
    if (!name.Length || name.Length > 1024 * sizeof(WCHAR)) return -1;
    memcpy(text + 4, name.Buffer, name.Length);
    name = (UNICODE_STRING){ .Length = (USHORT)(name.Length + 8), .MaximumLength = sizeof(text), .Buffer = text };
    if (name.Length > 14 && text[name.Length / 2 - 1] == '\\') name.Length -= 2;
    if (path_to_unix(&attributes, true, &path)) return -1;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(path);
    return fd;
}

NTSTATUS sys_NtCreateUserProcess(HANDLE *ProcessHandle, HANDLE *ThreadHandle, ACCESS_MASK ProcessDesiredAccess,
                                 ACCESS_MASK ThreadDesiredAccess, OBJECT_ATTRIBUTES *ProcessObjectAttributes,
                                 OBJECT_ATTRIBUTES *ThreadObjectAttributes, ULONG ProcessFlags, ULONG ThreadFlags,
                                 FERRY_PROCESS_PARAMETERS *ProcessParameters, PS_CREATE_INFO *CreateInfo,
                                 PS_ATTRIBUTE_LIST *AttributeList)
{
    FERRY_SECTION_IMAGE_INFORMATION info;
    struct attributes attributes;
    struct child *child;
    HANDLE process = NULL, thread = NULL;
    NTSTATUS status = read_attributes(AttributeList, &attributes);

    if (status) return status;
    if (!ProcessParameters) return STATUS_INVALID_PARAMETER;
    if (attributes.parent && attributes.parent != NtCurrentProcess()) {
        uint32_t parent; /* another parent would have to be asked for its handles */
        status = handle_slot(attributes.parent, OBJECT_PROCESS, PROCESS_CREATE_PROCESS, &parent);
        if (status) return status;
        if (parent != process_slot) return STATUS_NOT_SUPPORTED;
    }
    *ProcessHandle = *ThreadHandle = NULL;
    if (!server_is_connected()) return STATUS_NOT_SUPPORTED;
    child = calloc(1, sizeof(*child));
    if (!child) return STATUS_NO_MEMORY;
    for (int i = 0; i < 3; i++) child->standard[i] = -1;
    OBJECT_ATTRIBUTES name = { .Length = sizeof(name), .ObjectName = &attributes.image, .Attributes = OBJ_CASE_INSENSITIVE };
    status = path_to_unix(&name, true, &child->program);
    if (!status) status = look_at_image(child, &info);
    if (!status) {
        child->folder = open_folder(ProcessParameters);
        status = create(child, &attributes, ProcessParameters, ProcessFlags, ThreadFlags, &info);
        if (child->folder >= 0) close(child->folder);
        for (unsigned i = 0; i < child->handle_count; i++) {
            if (child->handles[i].fd >= 0) close(child->handles[i].fd);
            for (unsigned n = i + 1; n < child->handle_count; n++)
                if (child->handles[n].fd == child->handles[i].fd) child->handles[n].fd = -1;
        }
    }
    uint32_t process_number = child->slot, thread_number = child->thread;
    free(child->program);
    free(child->data);
    free(child);
    if (status) return status;
    status = handle_create(NULL, OBJECT_PROCESS, process_number, ProcessDesiredAccess,
                           ProcessObjectAttributes ? ProcessObjectAttributes->Attributes : 0, &process);
    if (status) {
        slot_release(thread_number);
        return status;
    }
    status = handle_create(NULL, OBJECT_THREAD, thread_number, ThreadDesiredAccess,
                           ThreadObjectAttributes ? ThreadObjectAttributes->Attributes : 0, &thread);
    if (status) {
        handle_close(process, true);
        return status;
    }
    *ProcessHandle = process;
    *ThreadHandle = thread;
    if (attributes.client_id) {
        attributes.client_id->UniqueProcess = (HANDLE)(ULONG_PTR)ID_OF_SLOT(process_number);
        attributes.client_id->UniqueThread = (HANDLE)(ULONG_PTR)ID_OF_SLOT(thread_number);
        if (attributes.client_id_size) *attributes.client_id_size = sizeof(CLIENT_ID);
    }
    if (attributes.image_info) *attributes.image_info = info;
    if (CreateInfo) CreateInfo->State = 6; /* PsCreateSuccess */
    return STATUS_SUCCESS;
}
