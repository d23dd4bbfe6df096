/* Jobs: which processes belong to one, limits, messages, and ending them together.
 *
 * Jobs nest: a process belongs to its innermost job and to all that this one lies in. A job's limits hold for the jobs
 * inside it, too.
 */
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "job.h"
#include "server.h"

struct job {
    struct job *next;
    struct job *parent;
    uint32_t slot; /* 0: its last handle is closed */
    uint32_t inner; /* jobs whose parent it is */
    uint32_t total, active, terminated;
    uint64_t user_time, kernel_time; /* 100 ns, of members that have ended */
    uint32_t faults;
    uint64_t time_before; /* members' user time when the limit of the job's time was set */
    bool time_over;
    struct job_limits limits;
    uint32_t port_process, port; /* port 0: none */
    uint64_t port_key;
};

static struct job *jobs;

static bool lies_in(const struct job *job, const struct job *outer)
{
    while (job && job != outer) job = job->parent;
    return job != NULL;
}

static void free_unused(struct job *job)
{
    while (job && !job->active && !job->slot && !job->inner) {
        struct job **at = &jobs, *parent = job->parent;
        while (*at != job) at = &(*at)->next;
        *at = job->next;
        free(job);
        if (parent) parent->inner--;
        job = parent;
    }
}

struct job *job_of_slot(uint32_t slot, bool make)
{
    struct job *job = jobs;

    while (job && job->slot != slot) job = job->next;
    if (job || !make) return job;
    if (!slot_is_granted(slot) || SLOT_TAG_TYPE(slot_at(slot)->tag) != OBJECT_JOB) return NULL;
    job = calloc(1, sizeof(*job));
    if (!job) return NULL;
    job->slot = slot;
    __atomic_fetch_or(&slot_at(slot)->flags, SLOT_TOLD_SERVER, __ATOMIC_SEQ_CST);
    job->next = jobs;
    jobs = job;
    return job;
}

/* ---- messages ---- */

static void post(const struct job *job, uint32_t message, uint32_t process)
{
    struct process *owner = job->port ? process_find(job->port_process) : NULL;
    struct life_message packet = { .kind = LIFE_JOB_MESSAGE, .port = job->port, .key = job->port_key, .message = message,
                                   .value = process ? ID_OF_SLOT(process) : 0 };

    if (owner) process_tell(owner, &packet, -1);
}

/* ---- processor time ---- */

/* 100 ns of user and kernel time, and page faults, of a process that runs. */
static void times_of(pid_t pid, uint64_t *user, uint64_t *kernel, uint32_t *faults)
{
    unsigned long long minor = 0, major = 0, utime = 0, stime = 0;
    char path[64], text[512], *at;
    FILE *file;

    *user = *kernel = 0;
    *faults = 0;
    snprintf(path, sizeof(path), "/proc/%d/stat", pid);
    if (pid <= 0 || !(file = fopen(path, "re"))) return;
    if (fgets(text, sizeof(text), file) && (at = strrchr(text, ')')) &&
        sscanf(at + 1, " %*c %*d %*d %*d %*d %*d %*u %llu %*u %llu %*u %llu %llu", &minor, &major, &utime, &stime) == 4) {
        long ticks = sysconf(_SC_CLK_TCK);
        *user = utime * 10000000 / (uint64_t)ticks;
        *kernel = stime * 10000000 / (uint64_t)ticks;
        *faults = (uint32_t)(minor + major);
    }
    fclose(file);
}

static void job_times(const struct job *job, uint64_t *user, uint64_t *kernel, uint32_t *faults)
{
    *user = job->user_time;
    *kernel = job->kernel_time;
    *faults = job->faults;
    for (struct process *process = process_first(); process; process = process->next) {
        uint64_t more_user, more_kernel;
        uint32_t more_faults;
        if (!lies_in(process->job, job)) continue;
        times_of(process->unix_id, &more_user, &more_kernel, &more_faults);
        *user += more_user;
        *kernel += more_kernel;
        *faults += more_faults;
    }
}

/* ---- limits ---- */

static void kill_members(struct job *job, int32_t exit_status)
{
    for (struct process *process = process_first(); process; process = process->next) {
        if (!lies_in(process->job, job) || process->killed || !process_kill(process, exit_status)) continue;
        for (struct job *at = process->job; at; at = at->parent) at->terminated++;
    }
}

#define QUOTA_EXIT_CODE 1816 /* ERROR_NOT_ENOUGH_QUOTA */

static void check_times(struct job *job)
{
    uint64_t user, kernel;
    uint32_t faults;

    if (job->limits.flags & JOB_OBJECT_LIMIT_PROCESS_TIME) {
        for (struct process *process = process_first(); process; process = process->next) {
            if (!lies_in(process->job, job) || process->killed) continue;
            times_of(process->unix_id, &user, &kernel, &faults);
            if (user <= job->limits.values[JOB_VALUE_PROCESS_TIME]) continue;
            post(job, JOB_OBJECT_MSG_END_OF_PROCESS_TIME, process->slot);
            if (process_kill(process, QUOTA_EXIT_CODE)) job->terminated++;
        }
    }
    if ((job->limits.flags & JOB_OBJECT_LIMIT_JOB_TIME) && !job->time_over) {
        job_times(job, &user, &kernel, &faults);
        if (user - job->time_before <= job->limits.values[JOB_VALUE_JOB_TIME]) return;
        job->time_over = true;
        post(job, JOB_OBJECT_MSG_END_OF_JOB_TIME, 0);
        if (job->limits.end_of_job_action == JOB_OBJECT_POST_AT_END_OF_JOB && job->port) return;
        slot_signal(job->slot);
        kill_members(job, QUOTA_EXIT_CODE);
    }
}

static void timer_ready(struct watch *watch, uint32_t events)
{
    uint64_t count;

    if (read(watch->fd, &count, sizeof(count)) < 0) return;
    for (struct job *job = jobs; job; job = job->next) check_times(job);
}

/* Looks at processor times once a second while some job limits them. */
static void watch_times(void)
{
    static struct watch timer = { .fd = -1 };
    struct itimerspec second = { { 1, 0 }, { 1, 0 } }, never = { { 0 } };
    bool wanted = false;

    for (struct job *job = jobs; job; job = job->next)
        wanted |= job->active && (job->limits.flags & (JOB_OBJECT_LIMIT_PROCESS_TIME | JOB_OBJECT_LIMIT_JOB_TIME));
    if (wanted && timer.fd < 0) {
        timer = (struct watch){ timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), timer_ready };
        if (timer.fd < 0) return;
        loop_add(&timer);
        timerfd_settime(timer.fd, 0, &second, NULL);
    } else if (timer.fd >= 0) {
        timerfd_settime(timer.fd, 0, wanted ? &second : &never, NULL);
    }
}

static void limit_threads(pid_t pid, const cpu_set_t *set, const int *nice)
{
    char path[64];
    struct dirent *entry;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%d/task", pid);
    if (!(tasks = opendir(path))) return;
    for (int count = 0; count < 4096 && (entry = readdir(tasks)); count++) {
        pid_t tid = atoi(entry->d_name);
        if (tid <= 0) continue;
        if (set) sched_setaffinity(tid, sizeof(*set), set);
        if (nice) setpriority(PRIO_PROCESS, (id_t)tid, *nice);
    }
    closedir(tasks);
}

/* Host code of a process needs memory, too. */
#define HOST_MEMORY (64ull << 20)

static void limit_memory(pid_t pid, uint64_t bytes)
{
    struct rlimit limit;

    /* What counts as data is private memory that can be written: committed, in Windows' words. */
    if (prlimit(pid, RLIMIT_DATA, NULL, &limit)) return;
    limit.rlim_cur = bytes + HOST_MEMORY < limit.rlim_max ? bytes + HOST_MEMORY : limit.rlim_max;
    prlimit(pid, RLIMIT_DATA, &limit, NULL);
}

/* What the kernel can enforce. Only ever tightens what the user set himself where that needs no right. */
static void apply_limits(const struct job *job, struct process *process)
{
    static const signed char nice_of_class[] = { 0, 19, 0, -5, -10, 10, -3 }; /* PROCESS_PRIORITY_CLASS_* */
    uint32_t flags = job->limits.flags;
    cpu_set_t set;

    if (process->unix_id <= 0) return;
    if (flags & JOB_OBJECT_LIMIT_AFFINITY) {
        CPU_ZERO(&set);
        for (int i = 0; i < 64; i++)
            if (job->limits.values[JOB_VALUE_AFFINITY] >> i & 1) CPU_SET(i, &set);
        limit_threads(process->unix_id, &set, NULL);
    }
    if ((flags & JOB_OBJECT_LIMIT_PRIORITY_CLASS) && job->limits.values[JOB_VALUE_PRIORITY] < sizeof(nice_of_class)) {
        int nice = nice_of_class[job->limits.values[JOB_VALUE_PRIORITY]];
        limit_threads(process->unix_id, NULL, &nice);
        struct process_block *block = arena_map_block(process->block);
        if (block) {
            block->priority_class = (uint32_t)job->limits.values[JOB_VALUE_PRIORITY];
            arena_unmap_block(block);
        }
    }
    if (flags & JOB_OBJECT_LIMIT_PROCESS_MEMORY) limit_memory(process->unix_id, job->limits.values[JOB_VALUE_PROCESS_MEMORY]);
    if (flags & JOB_OBJECT_LIMIT_JOB_MEMORY) limit_memory(process->unix_id, job->limits.values[JOB_VALUE_JOB_MEMORY]);
}

void job_process_started(struct process *process)
{
    for (struct job *job = process->job; job; job = job->parent)
        if (job->limits.flags) apply_limits(job, process);
}

/* ---- members ---- */

NTSTATUS job_for_child(struct process *parent, bool breakaway, struct job **job)
{
    struct job *at = parent->job;

    *job = NULL;
    if (breakaway && at && !(at->limits.flags & (JOB_OBJECT_LIMIT_BREAKAWAY_OK | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK)))
        return STATUS_ACCESS_DENIED;
    while (at && ((at->limits.flags & JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK) ||
                  (breakaway && (at->limits.flags & JOB_OBJECT_LIMIT_BREAKAWAY_OK))))
        at = at->parent;
    *job = at;
    return STATUS_SUCCESS;
}

NTSTATUS job_add(struct job *job, struct process *process)
{
    struct job *before = process->job;

    if (lies_in(before, job)) return STATUS_SUCCESS; /* already */
    if (before && !lies_in(job, before)) {
        /* A job that is empty and lies in none is put inside; others would make the process be in two places. */
        if (job->total || job->inner || job->parent) return STATUS_ACCESS_DENIED;
        job->parent = before;
        before->inner++;
    }
    for (struct job *at = job; at != before; at = at->parent) {
        if (!(at->limits.flags & JOB_OBJECT_LIMIT_ACTIVE_PROCESS) || at->active < at->limits.active_process_limit) continue;
        post(at, JOB_OBJECT_MSG_ACTIVE_PROCESS_LIMIT, 0);
        return STATUS_QUOTA_EXCEEDED;
    }
    process->job = job;
    for (struct job *at = job; at != before; at = at->parent) {
        at->active++;
        at->total++;
        post(at, JOB_OBJECT_MSG_NEW_PROCESS, process->slot);
    }
    job_process_started(process);
    watch_times();
    return STATUS_SUCCESS;
}

static bool is_abnormal(int32_t status)
{
    return ((uint32_t)status & 0xf0000000u) == 0xc0000000u || status == STATUS_BREAKPOINT || status == STATUS_SINGLE_STEP ||
           status == STATUS_DATATYPE_MISALIGNMENT || status == STATUS_GUARD_PAGE_VIOLATION;
}

void job_process_gone(struct process *process, int32_t exit_status, const struct process_block *block)
{
    struct job *job = process->job;

    process->job = NULL;
    for (struct job *at = job; at; at = at->parent) {
        at->active--;
        if (block) {
            at->user_time += block->user_time;
            at->kernel_time += block->kernel_time;
            at->faults += block->page_faults;
        }
        post(at, is_abnormal(exit_status) ? JOB_OBJECT_MSG_ABNORMAL_EXIT_PROCESS : JOB_OBJECT_MSG_EXIT_PROCESS, process->slot);
        if (!at->active) post(at, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, 0);
    }
    watch_times();
    free_unused(job);
}

void job_slot_gone(uint32_t slot)
{
    struct job *job = job_of_slot(slot, false);

    if (!job) return;
    job->slot = 0;
    job->port = 0;
    if (job->limits.flags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) kill_members(job, 0);
    free_unused(job);
}

/* ---- requests ---- */

NTSTATUS request_job_assign(struct request *request, const struct request_job_assign *in, uint32_t extra,
                            struct reply_job_assign *out)
{
    struct job *job = job_of_slot(in->job, true);
    struct process *process = process_find(in->process);

    if (!job) return STATUS_INVALID_HANDLE;
    if (!process || process->killed) return STATUS_PROCESS_IS_TERMINATING;
    NTSTATUS status = job_add(job, process);
    if (status == STATUS_QUOTA_EXCEEDED) process_kill(process, QUOTA_EXIT_CODE); /* as the reference has it */
    return status;
}

NTSTATUS request_job_set(struct request *request, const struct request_job_set *in, uint32_t extra,
                         struct reply_job_set *out)
{
    struct job *job = job_of_slot(in->job, true);
    uint32_t time = in->limits.flags & JOB_OBJECT_LIMIT_JOB_TIME;

    if (!job) return STATUS_INVALID_HANDLE;
    if (time && (!(job->limits.flags & JOB_OBJECT_LIMIT_JOB_TIME) ||
                 job->limits.values[JOB_VALUE_JOB_TIME] != in->limits.values[JOB_VALUE_JOB_TIME])) {
        uint64_t kernel;
        uint32_t faults;
        job_times(job, &job->time_before, &kernel, &faults);
        job->time_over = false;
    }
    job->limits = in->limits;
    for (struct process *process = process_first(); process; process = process->next)
        if (lies_in(process->job, job)) apply_limits(job, process);
    watch_times();
    return STATUS_SUCCESS;
}

/* Tells of the members there already are, as of new ones. */
NTSTATUS request_job_port(struct request *request, const struct request_job_port *in, uint32_t extra,
                          struct reply_job_port *out)
{
    struct job *job = job_of_slot(in->job, true);

    if (!job) return STATUS_INVALID_HANDLE;
    if (job->port && in->port) return STATUS_INVALID_PARAMETER; /* one for its life */
    job->port = in->port;
    job->port_key = in->key;
    job->port_process = request->client->process->slot;
    for (struct process *process = process_first(); process; process = process->next)
        if (lies_in(process->job, job)) post(job, JOB_OBJECT_MSG_NEW_PROCESS, process->slot);
    return STATUS_SUCCESS;
}

/* With job 0: the innermost one of a process, the client's own for process 0. */
NTSTATUS request_job_query(struct request *request, const struct request_job_query *in, uint32_t extra,
                           struct reply_job_query *out)
{
    struct process *process = in->process ? process_find(in->process) : request->client->process;
    struct job *job = in->job ? job_of_slot(in->job, false) : process ? process->job : NULL;
    uint32_t *ids = (uint32_t *)(out + 1), count = 0;

    if (!job) return in->job ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
    out->total = job->total;
    out->active = job->active;
    out->terminated = job->terminated;
    out->limits = job->limits;
    out->is_member = process && lies_in(process->job, job);
    job_times(job, &out->user_time, &out->kernel_time, &out->page_faults);
    for (process = process_first(); process && count < ARENA_PROCESSES; process = process->next)
        if (lies_in(process->job, job)) ids[count++] = ID_OF_SLOT(process->slot);
    out->count = count;
    request->reply_extra = count * sizeof(*ids);
    return STATUS_SUCCESS;
}

NTSTATUS request_job_terminate(struct request *request, const struct request_job_terminate *in, uint32_t extra,
                               struct reply_job_terminate *out)
{
    struct job *job = job_of_slot(in->job, false);

    if (job) kill_members(job, in->exit_status);
    return STATUS_SUCCESS;
}

void jobs_process_gone(uint32_t process)
{
    for (struct job *job = jobs; job; job = job->next)
        if (job->port_process == process) job->port = 0;
}
