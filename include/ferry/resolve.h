/* Names of hosts: NtFerryResolve and NtFerryResolveAddress. All numbers are Windows' values. */
#ifndef FERRY_RESOLVE_H
#define FERRY_RESOLVE_H

#include "ferry/nt.h"

#define FERRY_RESOLVE_ADDRESSES 64

/* NtFerryResolve: addresses of a name; UTF-8. An empty name is this machine's. */
struct resolve_query {
    LONG flags; /* AI_NUMERICHOST, AI_CANONNAME, AI_ADDRCONFIG, AI_V4MAPPED, AI_ALL */
    LONG family;
    CHAR name[1028];
};

struct resolve_answer {
    LONG error; /* WSA error; below only if 0 */
    ULONG count;
    CHAR canonical[1028];
    struct {
        ULONG length;
        UCHAR address[28]; /* sockaddr_in or sockaddr_in6, port 0 */
    } addresses[FERRY_RESOLVE_ADDRESSES];
};

/* NtFerryResolveAddress: the name of an address. */
struct resolve_address_query {
    LONG flags; /* NI_* */
    ULONG length;
    UCHAR address[28];
};

struct resolve_address_answer {
    LONG error;
    CHAR name[1028];
};

#endif
