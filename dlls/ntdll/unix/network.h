/* network.c: the machine's interfaces, addresses, routes and name servers (ferry/network.h). */
#ifndef HOST_NETWORK_H
#define HOST_NETWORK_H

#include "ferry/nt.h"

/* *needed: bytes. STATUS_BUFFER_TOO_SMALL. */
NTSTATUS network_query(void *buffer, ULONG length, ULONG *needed);

#endif
