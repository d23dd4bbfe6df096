/* Hive files: the format that RegSaveKey writes and RegLoadKey reads on Windows ("regf", version 1.5). */
#ifndef SERVER_HIVE_H
#define SERVER_HIVE_H

#include <stdbool.h>
#include <stdint.h>
#include "ferry/nt.h"

/* All of a file, malloced; NULL: it cannot be read, or is larger than a hive may be. */
unsigned char *hive_file(int fd, uint32_t *size);

/* Writes the key at `place` and what is below, volatile keys left out, as a whole file. STATUS_* */
NTSTATUS hive_write(int fd, uint32_t place);

/* What a hive holds, told in the order in which it has to be made: a key before what is in it. Names are UTF-16. */
struct hive_reader {
    NTSTATUS (*key)(struct hive_reader *reader, uint32_t parent, const WCHAR *name, uint32_t units, const WCHAR *class_name,
                    uint32_t class_units, bool link, uint64_t time, uint32_t *place);
    NTSTATUS (*value)(struct hive_reader *reader, uint32_t place, const WCHAR *name, uint32_t units, uint32_t type,
                      const void *data, uint32_t size);
};
/* The root's content goes into `place`. STATUS_NOT_REGISTRY_FILE, STATUS_REGISTRY_CORRUPT, or what the reader said. Any
 * bytes may be given. */
NTSTATUS hive_read(const unsigned char *data, uint32_t size, uint32_t place, struct hive_reader *reader);

#endif
