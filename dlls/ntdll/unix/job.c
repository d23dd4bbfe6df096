/* Job objects: the slot is the handle's object, membership and limits are the server's. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "job.h"
#include "object.h"
#include "server_client.h"
#include "sync.h"
#include "thread.h"
#include "wait.h"
#include "ferry/syscall_table.h"

/* JOBOBJECTINFOCLASS */
enum {
    CLASS_BASIC_ACCOUNTING = 1,
    CLASS_BASIC_LIMIT = 2,
    CLASS_PROCESS_ID_LIST = 3,
    CLASS_UI_RESTRICTIONS = 4,
    CLASS_END_OF_JOB = 6,
    CLASS_COMPLETION_PORT = 7,
    CLASS_BASIC_AND_IO_ACCOUNTING = 8,
    CLASS_EXTENDED_LIMIT = 9,
};

#define PORTS_MAX 1024 /* completion ports that jobs of this process post to */

#define LIMITS_KNOWN 0x7fffu /* JOB_OBJECT_LIMIT_* up to SUBSET_AFFINITY */

NTSTATUS sys_NtCreateJobObject(HANDLE *JobHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_create(JobHandle, OBJECT_JOB, 0, SLOT_MANUAL_RESET, 0, DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtOpenJobObject(HANDLE *JobHandle, ACCESS_MASK DesiredAccess, OBJECT_ATTRIBUTES *ObjectAttributes)
{
    return sync_open(JobHandle, OBJECT_JOB, DesiredAccess, ObjectAttributes);
}

NTSTATUS sys_NtAssignProcessToJobObject(HANDLE JobHandle, HANDLE ProcessHandle)
{
    struct request_job_assign request = { 0 };
    struct reply_job_assign reply;
    NTSTATUS status = handle_slot(JobHandle, OBJECT_JOB, JOB_OBJECT_ASSIGN_PROCESS, &request.job);

    if (!status) status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_SET_QUOTA | PROCESS_TERMINATE, &request.process);
    return status ? status : server_request(job_assign, &request, &reply);
}

/* What the server knows of a job, 0 for this process's own. `ids` has room for every process there can be. */
static NTSTATUS query_server(uint32_t job, uint32_t process, struct reply_job_query *reply, uint32_t *ids)
{
    struct request_job_query request = { .job = job, .process = process };
    struct server_call call = { .request = &request.header, .request_size = sizeof(request), .reply = &reply->header,
                                .reply_size = sizeof(*reply), .extra = ids,
                                .extra_room = ARENA_PROCESSES * sizeof(uint32_t) };
    NTSTATUS status = server_call(REQUEST_job_query, &call);

    if (!status && reply->count > call.extra_size / sizeof(uint32_t)) reply->count = call.extra_size / sizeof(uint32_t);
    return status;
}

NTSTATUS sys_NtIsProcessInJob(HANDLE ProcessHandle, HANDLE JobHandle)
{
    uint32_t process, job = 0, ids[ARENA_PROCESSES];
    struct reply_job_query reply;
    NTSTATUS status = handle_slot(ProcessHandle, OBJECT_PROCESS, PROCESS_QUERY_LIMITED_INFORMATION, &process);

    if (!status && JobHandle) status = handle_slot(JobHandle, OBJECT_JOB, JOB_OBJECT_QUERY, &job);
    if (status) return status;
    status = query_server(job, process, &reply, ids);
    if (status == STATUS_ACCESS_DENIED) return STATUS_PROCESS_NOT_IN_JOB;
    if (status) return status;
    return reply.is_member ? STATUS_PROCESS_IN_JOB : STATUS_PROCESS_NOT_IN_JOB;
}

NTSTATUS sys_NtTerminateJobObject(HANDLE JobHandle, NTSTATUS ExitStatus)
{
    struct request_job_terminate request = { .exit_status = ExitStatus };
    struct reply_job_terminate reply;
    NTSTATUS status = handle_slot(JobHandle, OBJECT_JOB, JOB_OBJECT_TERMINATE, &request.job);

    return status ? status : server_request(job_terminate, &request, &reply);
}

/* ---- information ---- */

static void limits_to_extended(const struct job_limits *from, JOBOBJECT_EXTENDED_LIMIT_INFORMATION *to)
{
    JOBOBJECT_BASIC_LIMIT_INFORMATION *basic = &to->BasicLimitInformation;

    memset(to, 0, sizeof(*to));
    basic->PerProcessUserTimeLimit.QuadPart = (LONGLONG)from->values[JOB_VALUE_PROCESS_TIME];
    basic->PerJobUserTimeLimit.QuadPart = (LONGLONG)from->values[JOB_VALUE_JOB_TIME];
    basic->LimitFlags = from->flags;
    basic->MinimumWorkingSetSize = from->values[JOB_VALUE_WORKING_SET_MINIMUM];
    basic->MaximumWorkingSetSize = from->values[JOB_VALUE_WORKING_SET_MAXIMUM];
    basic->ActiveProcessLimit = from->active_process_limit;
    basic->Affinity = from->values[JOB_VALUE_AFFINITY];
    basic->PriorityClass = (DWORD)from->values[JOB_VALUE_PRIORITY];
    basic->SchedulingClass = (DWORD)from->values[JOB_VALUE_SCHEDULING];
    to->ProcessMemoryLimit = from->values[JOB_VALUE_PROCESS_MEMORY];
    to->JobMemoryLimit = from->values[JOB_VALUE_JOB_MEMORY];
}

static void limits_from_basic(struct job_limits *to, const JOBOBJECT_BASIC_LIMIT_INFORMATION *from)
{
    to->flags = from->LimitFlags;
    to->active_process_limit = from->ActiveProcessLimit;
    to->values[JOB_VALUE_PROCESS_TIME] = (uint64_t)from->PerProcessUserTimeLimit.QuadPart;
    to->values[JOB_VALUE_JOB_TIME] = (uint64_t)from->PerJobUserTimeLimit.QuadPart;
    to->values[JOB_VALUE_WORKING_SET_MINIMUM] = from->MinimumWorkingSetSize;
    to->values[JOB_VALUE_WORKING_SET_MAXIMUM] = from->MaximumWorkingSetSize;
    to->values[JOB_VALUE_AFFINITY] = from->Affinity;
    to->values[JOB_VALUE_PRIORITY] = from->PriorityClass;
    to->values[JOB_VALUE_SCHEDULING] = from->SchedulingClass;
}

static NTSTATUS give_ids(const struct reply_job_query *job, const uint32_t *ids, void *buffer, ULONG length, ULONG *returned)
{
    JOBOBJECT_BASIC_PROCESS_ID_LIST *list = buffer;
    ULONG head = offsetof(JOBOBJECT_BASIC_PROCESS_ID_LIST, ProcessIdList);

    if (length < sizeof(*list)) return STATUS_INFO_LENGTH_MISMATCH;
    ULONG room = (length - head) / sizeof(ULONG_PTR), count = job->count < room ? job->count : room;
    list->NumberOfAssignedProcesses = job->count;
    list->NumberOfProcessIdsInList = count;
    for (ULONG i = 0; i < count; i++) list->ProcessIdList[i] = ids[i];
    if (returned) *returned = head + count * sizeof(ULONG_PTR);
    return count < job->count ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

NTSTATUS sys_NtQueryInformationJobObject(HANDLE JobHandle, ULONG JobObjectInformationClass, void *JobObjectInformation,
                                         ULONG JobObjectInformationLength, ULONG *ReturnLength)
{
    JOBOBJECT_BASIC_AND_IO_ACCOUNTING_INFORMATION accounting = { 0 };
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION extended;
    uint32_t job = 0, ids[ARENA_PROCESSES];
    struct reply_job_query reply;
    const void *answer;
    ULONG size;
    NTSTATUS status = JobHandle ? handle_slot(JobHandle, OBJECT_JOB, JOB_OBJECT_QUERY, &job) : STATUS_SUCCESS;

    if (!status) status = query_server(job, 0, &reply, ids);
    if (status) return status;
    accounting.BasicInfo.TotalUserTime.QuadPart = accounting.BasicInfo.ThisPeriodTotalUserTime.QuadPart = (LONGLONG)reply.user_time;
    accounting.BasicInfo.TotalKernelTime.QuadPart = accounting.BasicInfo.ThisPeriodTotalKernelTime.QuadPart =
        (LONGLONG)reply.kernel_time;
    accounting.BasicInfo.TotalPageFaultCount = reply.page_faults;
    accounting.BasicInfo.TotalProcesses = reply.total;
    accounting.BasicInfo.ActiveProcesses = reply.active;
    accounting.BasicInfo.TotalTerminatedProcesses = reply.terminated;
    limits_to_extended(&reply.limits, &extended);
    switch (JobObjectInformationClass) {
    case CLASS_BASIC_ACCOUNTING: answer = &accounting.BasicInfo, size = sizeof(accounting.BasicInfo); break;
    case CLASS_BASIC_AND_IO_ACCOUNTING: answer = &accounting, size = sizeof(accounting); break;
    case CLASS_BASIC_LIMIT: answer = &extended.BasicLimitInformation, size = sizeof(extended.BasicLimitInformation); break;
    case CLASS_EXTENDED_LIMIT: answer = &extended, size = sizeof(extended); break;
    case CLASS_UI_RESTRICTIONS: answer = &reply.limits.ui_restrictions, size = sizeof(ULONG); break;
    case CLASS_END_OF_JOB: answer = &reply.limits.end_of_job_action, size = sizeof(ULONG); break;
    case CLASS_PROCESS_ID_LIST:
        return give_ids(&reply, ids, JobObjectInformation, JobObjectInformationLength, ReturnLength);
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return query_answer(answer, size, JobObjectInformation, JobObjectInformationLength, ReturnLength);
}

/* ---- messages to a completion port ---- */

static pthread_mutex_t ports_lock = PTHREAD_MUTEX_INITIALIZER;
static struct object *ports[PORTS_MAX]; /* by number - 1; held until the process ends, as a job holds its port */

static uint32_t number_port(struct object *port)
{
    uint32_t number = 0;

    pthread_mutex_lock(&ports_lock);
    for (uint32_t i = 0; i < PORTS_MAX && !number; i++) {
        if (ports[i] && ports[i] != port) continue;
        if (!ports[i]) object_retain(port);
        ports[i] = port;
        number = i + 1;
    }
    pthread_mutex_unlock(&ports_lock);
    return number;
}

void job_message(uint32_t number, uint64_t key, uint32_t message, uint32_t value)
{
    struct object *port = NULL;

    pthread_mutex_lock(&ports_lock);
    if (number && number <= PORTS_MAX) port = ports[number - 1];
    pthread_mutex_unlock(&ports_lock);
    if (port) completion_post(port, (void *)(uintptr_t)key, (void *)(uintptr_t)value, STATUS_SUCCESS, message);
}

static NTSTATUS set_port(uint32_t job, const JOBOBJECT_ASSOCIATE_COMPLETION_PORT *info)
{
    struct request_job_port request = { .job = job, .key = (uintptr_t)info->CompletionKey };
    HANDLE handle = info->CompletionPort;
    struct reply_job_port reply;
    struct object *port;

    if (handle) {
        NTSTATUS status = handle_object(handle, OBJECT_IO_COMPLETION, 2 /* IO_COMPLETION_MODIFY_STATE */, &port, NULL);
        if (status) return status;
        request.port = number_port(port);
        object_release(port);
        if (!request.port) return STATUS_INSUFFICIENT_RESOURCES;
    }
    return server_request(job_port, &request, &reply);
}

NTSTATUS sys_NtSetInformationJobObject(HANDLE JobHandle, ULONG JobObjectInformationClass, void *JobObjectInformation,
                                       ULONG JobObjectInformationLength)
{
    struct request_job_set request = { 0 };
    struct reply_job_set set;
    struct reply_job_query reply;
    uint32_t ids[ARENA_PROCESSES];
    NTSTATUS status = handle_slot(JobHandle, OBJECT_JOB, JOB_OBJECT_SET_ATTRIBUTES, &request.job);

    if (!status) status = query_server(request.job, 0, &reply, ids);
    if (status) return status;
    request.limits = reply.limits;
    switch (JobObjectInformationClass) {
    case CLASS_BASIC_LIMIT: {
        const JOBOBJECT_BASIC_LIMIT_INFORMATION *basic = JobObjectInformation;
        if (JobObjectInformationLength != sizeof(*basic)) return STATUS_INFO_LENGTH_MISMATCH;
        if (basic->LimitFlags & ~JOB_OBJECT_BASIC_LIMIT_VALID_FLAGS) return STATUS_INVALID_PARAMETER;
        limits_from_basic(&request.limits, basic);
        break;
    }
    case CLASS_EXTENDED_LIMIT: {
        const JOBOBJECT_EXTENDED_LIMIT_INFORMATION *extended = JobObjectInformation;
        if (JobObjectInformationLength != sizeof(*extended)) return STATUS_INFO_LENGTH_MISMATCH;
        if (extended->BasicLimitInformation.LimitFlags & ~LIMITS_KNOWN) return STATUS_INVALID_PARAMETER;
        limits_from_basic(&request.limits, &extended->BasicLimitInformation);
        request.limits.values[JOB_VALUE_PROCESS_MEMORY] = extended->ProcessMemoryLimit;
        request.limits.values[JOB_VALUE_JOB_MEMORY] = extended->JobMemoryLimit;
        break;
    }
    case CLASS_UI_RESTRICTIONS:
        if (JobObjectInformationLength != sizeof(ULONG)) return STATUS_INFO_LENGTH_MISMATCH;
        request.limits.ui_restrictions = *(ULONG *)JobObjectInformation;
        break;
    case CLASS_END_OF_JOB:
        if (JobObjectInformationLength != sizeof(ULONG)) return STATUS_INFO_LENGTH_MISMATCH;
        request.limits.end_of_job_action = *(ULONG *)JobObjectInformation;
        break;
    case CLASS_COMPLETION_PORT:
        if (JobObjectInformationLength != sizeof(JOBOBJECT_ASSOCIATE_COMPLETION_PORT)) return STATUS_INFO_LENGTH_MISMATCH;
        return set_port(request.job, JobObjectInformation);
    default: return STATUS_INVALID_INFO_CLASS;
    }
    return server_request(job_set, &request, &set);
}
