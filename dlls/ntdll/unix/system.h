/* Parts of NtQuerySystemInformation. */
#ifndef HOST_SYSTEM_H
#define HOST_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include "ferry/nt.h"

/* An answer that is built here and copied to the program in one step, since its length is only known at the end. */
struct answer {
    unsigned char *bytes; /* malloced */
    size_t size, room;
    bool failed; /* out of memory */
};

/* Appends `size` zeroed bytes; their offset. The bytes may move with every append. */
size_t answer_add(struct answer *answer, size_t size);
void answer_append(struct answer *answer, const void *bytes, size_t size);
/* Copies it out and frees it: STATUS_INFO_LENGTH_MISMATCH with *returned set when `length` is too small. */
NTSTATUS answer_give(struct answer *answer, void *buffer, ULONG length, ULONG *returned);

/* Reads a small file of /proc or /sys: bytes read, without trailing newline, NUL-terminated; -1 if there is none. */
int read_small_file(const char *path, char *text, size_t room);
/* A number from such a file; `otherwise` if there is none. */
long long read_number(const char *path, long long otherwise);

/* Linux number of the Windows processor `index`: the index-th that this process may run on. -1: none. */
int processor_linux_number(unsigned index);

NTSTATUS system_performance(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_processor_performance(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_interrupts(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_file_cache(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_page_files(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_processes(ULONG class, void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_process_image(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_handles(bool extended, void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_modules(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_firmware_table(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_logical_processors(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_logical_processors_ex(ULONG relationship, void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_cpu_sets(void *buffer, ULONG length, ULONG *returned);
NTSTATUS system_numa(bool memory, void *buffer, ULONG length, ULONG *returned);

#endif
