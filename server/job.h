/* Jobs, as processes know them (job.c). */
#ifndef SERVER_JOB_H
#define SERVER_JOB_H

#include <stdbool.h>
#include <stdint.h>
#include "ferry/nt.h"
#include "ferry/objects.h"

struct job;
struct process;

/* Puts a process into a job, inside the one it is in. STATUS_ACCESS_DENIED, STATUS_QUOTA_EXCEEDED. */
NTSTATUS job_add(struct job *job, struct process *process);
struct job *job_of_slot(uint32_t slot, bool make);
/* The job that a child of `parent` starts in, NULL for none. STATUS_ACCESS_DENIED: it may not break away. */
NTSTATUS job_for_child(struct process *parent, bool breakaway, struct job **job);
/* It has a Linux process now, to which limits can be applied. */
void job_process_started(struct process *process);
/* block: its last words, or NULL. */
void job_process_gone(struct process *process, int32_t exit_status, const struct process_block *block);
void job_slot_gone(uint32_t slot);
/* A process whose completion ports jobs may post to has ended. */
void jobs_process_gone(uint32_t process);

#endif
