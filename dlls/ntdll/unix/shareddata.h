/* KUSER_SHARED_DATA, the page at 0x7ffe0000 that Windows code reads facts and times from. */
#ifndef HOST_SHAREDDATA_H
#define HOST_SHAREDDATA_H

#include <stdbool.h>
#include "ferry/nt.h"

#define SHARED_DATA_ADDRESS 0x7ffe0000ul

/* Takes the address. The page is filled, and kept current, from the first access on: most programs have none. */
void shared_data_init(void);

/* The page was touched for the first time; virtual_lock is held. */
NTSTATUS shared_data_fault(bool read);

/* How often its times advance, in 100 ns: the timer resolution of the process. */
void shared_data_set_period(ULONG period);

#endif
