/* The clocks, in units of 100 ns. */
#ifndef HOST_TIMING_H
#define HOST_TIMING_H

#include <stdint.h>

#define TICKS_1601_TO_1970 116444736000000000ull
#define TICKS_PER_SECOND 10000000ull

uint64_t time_system(void);    /* since 1601, UTC */
uint64_t time_interrupt(void); /* since the machine started, its sleep included */
uint64_t time_unbiased(void);  /* the same without its sleep */
int64_t time_zone_bias(void);  /* UTC minus local time, now */

#endif
