/* Share modes: who has which file open how, in all processes of the prefix, and whether it is to be deleted. */
#ifndef HOST_SHARE_H
#define HOST_SHARE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "ferry/nt.h"

struct share;

/* Registers an open. STATUS_SHARING_VIOLATION, STATUS_DELETE_PENDING, STATUS_NO_MEMORY. */
NTSTATUS share_open(dev_t device, ino_t inode, ACCESS_MASK access, ULONG sharing, struct share **share);

/* Another process's part in an open that was allowed already. NULL: the table is full; the file is then not guarded. */
struct share *share_duplicate(dev_t device, ino_t inode, ACCESS_MASK access, ULONG sharing);

/* Ends it. True: that was the last open of a file marked for deletion; the caller deletes it. */
bool share_close(struct share *share);

/* Marks the file for deletion when its last open ends, or takes the mark back. */
void share_set_delete(struct share *share, bool delete_it);
bool share_delete_pending(const struct share *share);

/* Opens of the file, this one included. */
unsigned share_count(const struct share *share);

/* Whether any open of the file, but `except` (may be NULL), stands against replacing or deleting it. */
bool share_allows_delete(dev_t device, ino_t inode, const struct share *except);

/* Whether any process has the file open. */
bool share_is_open(dev_t device, ino_t inode);

/* Number of this process among the prefix's, and whether one with that number lives: for other shared tables. */
uint16_t share_owner(void);
bool share_owner_alive(uint16_t owner);

#endif
