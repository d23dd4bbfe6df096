#ifndef HOST_NOTIFY_H
#define HOST_NOTIFY_H

#include "file.h"

/* Ends pending notifications as the handle is closed; frees the watches. */
void notify_last_handle(struct file *file);
void notify_destroy(struct file *file);

#endif
