/* Jobs: which processes belong to one, and ending them together. */
#include <stdlib.h>
#include <string.h>

#include "server.h"

struct job {
    struct job *next;
    uint32_t slot; /* 0: its last handle is closed */
    uint32_t total, active, terminated;
    struct job_limits limits;
    struct process *members[ARENA_PROCESSES];
};

static struct job *jobs;

static void job_free(struct job *job)
{
    struct job **at = &jobs;

    while (*at != job) at = &(*at)->next;
    *at = job->next;
    free(job);
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
    slot_at(slot)->flags |= SLOT_TOLD_SERVER;
    job->next = jobs;
    jobs = job;
    return job;
}

bool job_allows_breakaway(const struct job *job)
{
    return job->limits.flags & (JOB_OBJECT_LIMIT_BREAKAWAY_OK | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK);
}

bool job_lets_children_go(const struct job *job)
{
    return job->limits.flags & JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
}

NTSTATUS job_add(struct job *job, struct process *process)
{
    if (process->job == job) return STATUS_SUCCESS;
    if (process->job) return STATUS_ACCESS_DENIED; /* nested jobs are not kept apart */
    if ((job->limits.flags & JOB_OBJECT_LIMIT_ACTIVE_PROCESS) && job->active >= job->limits.active_process_limit)
        return STATUS_QUOTA_EXCEEDED;
    process->job = job;
    job->members[job->active++] = process;
    job->total++;
    return STATUS_SUCCESS;
}

void job_process_gone(struct job *job, struct process *process)
{
    for (uint32_t i = 0; i < job->active; i++) {
        if (job->members[i] != process) continue;
        job->members[i] = job->members[--job->active];
        break;
    }
    process->job = NULL;
    if (!job->active && !job->slot) job_free(job);
}

static void kill_members(struct job *job, int32_t exit_status)
{
    for (uint32_t i = 0; i < job->active; i++)
        if (process_kill(job->members[i], exit_status)) job->terminated++;
}

void job_slot_gone(uint32_t slot)
{
    struct job *job = job_of_slot(slot, false);

    if (!job) return;
    job->slot = 0;
    if (job->limits.flags & JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE) kill_members(job, 0);
    if (!job->active) job_free(job);
}

NTSTATUS request_job_assign(struct request *request, const struct request_job_assign *in, uint32_t extra,
                            struct reply_job_assign *out)
{
    struct job *job = job_of_slot(in->job, true);
    struct process *process = process_find(in->process);

    if (!job) return STATUS_INVALID_HANDLE;
    return process ? job_add(job, process) : STATUS_PROCESS_IS_TERMINATING;
}

NTSTATUS request_job_set(struct request *request, const struct request_job_set *in, uint32_t extra,
                         struct reply_job_set *out)
{
    struct job *job = job_of_slot(in->job, true);

    if (!job) return STATUS_INVALID_HANDLE;
    job->limits = in->limits;
    return STATUS_SUCCESS;
}

/* With job 0: the client's own job. */
NTSTATUS request_job_query(struct request *request, const struct request_job_query *in, uint32_t extra,
                           struct reply_job_query *out)
{
    struct job *job = in->job ? job_of_slot(in->job, false) : request->client->process->job;
    uint32_t *ids = (uint32_t *)(out + 1);

    if (!job) return in->job ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
    out->total = job->total;
    out->active = out->count = job->active;
    out->terminated = job->terminated;
    out->limits = job->limits;
    for (uint32_t i = 0; i < job->active; i++) ids[i] = ID_OF_SLOT(job->members[i]->slot);
    request->reply_extra = job->active * sizeof(*ids);
    return STATUS_SUCCESS;
}

NTSTATUS request_job_terminate(struct request *request, const struct request_job_terminate *in, uint32_t extra,
                               struct reply_job_terminate *out)
{
    struct job *job = job_of_slot(in->job, false);

    if (job) kill_members(job, in->exit_status);
    return STATUS_SUCCESS;
}
