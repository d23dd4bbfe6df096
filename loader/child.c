/* A program that another Windows program starts: what to run stands in the start-up data (ferry/startup.h). */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "ferry/startup.h"
#include "loader.h"

static const char *text_at(const struct startup *startup, size_t size, uint32_t offset)
{
    const char *text = (const char *)startup + offset;

    if (!offset || offset >= size || !memchr(text, 0, size - offset)) return NULL;
    return text;
}

void child_read(struct run *run)
{
    static char *arguments[2];
    struct stat info;
    const struct startup *startup = MAP_FAILED;
    const char *program = NULL, *prefix = NULL;

    if (!fstat(atoi(run->child), &info) && info.st_size >= (off_t)sizeof(*startup))
        startup = mmap(NULL, info.st_size, PROT_READ, MAP_PRIVATE, atoi(run->child), 0);
    if (startup != MAP_FAILED && startup->magic == STARTUP_MAGIC && startup->version == STARTUP_VERSION) {
        program = text_at(startup, info.st_size, startup->program_offset);
        prefix = text_at(startup, info.st_size, startup->prefix_offset);
    }
    if (!program || !prefix) loader_fail(EXIT_CANNOT_RUN, "--child", "no start-up data on that descriptor");
    arguments[0] = strdup(program);
    run->argc = 1;
    run->argv = arguments;
    run->prefix = strdup(prefix);
    munmap((void *)startup, info.st_size);
}
