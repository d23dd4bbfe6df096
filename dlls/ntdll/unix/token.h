/* Who this process runs as: one user per Linux user, an administrator of his prefix. */
#ifndef HOST_TOKEN_H
#define HOST_TOKEN_H

#include "ferry/nt.h"

#define SID_ROOM 32 /* bytes that hold every SID here */

/* A SID into `sid`; returns its bytes. */
ULONG sid_user(void *sid);
ULONG sid_primary_group(void *sid);
ULONG sid_make(void *sid, UCHAR authority, unsigned count, ...);

#endif
