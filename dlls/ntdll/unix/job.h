/* Jobs, for whoever hears of them (job.c). */
#ifndef HOST_JOB_H
#define HOST_JOB_H

#include <stdint.h>

/* A message of a job to completion port `number` of this process. */
void job_message(uint32_t number, uint64_t key, uint32_t message, uint32_t value);

#endif
