/* Start-up data of a child process. The parent is of the same prefix and user; what it wrote is checked all the same, so
 * that a stray descriptor gives a line and not a crash. */
#include "startup.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "virtual.h"

const struct startup *startup;

static bool inside(uint32_t offset, uint64_t bytes)
{
    return offset <= startup->size && bytes <= startup->size - offset;
}

bool startup_map(const char *descriptor)
{
    struct stat info;
    void *data;
    int fd;

    if (!descriptor) return true;
    fd = atoi(descriptor);
    if (fstat(fd, &info) || info.st_size < (off_t)sizeof(*startup) || info.st_size > 0x7fffffff) return false;
    data = mmap(NULL, info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED) return false;
    startup = data;
    return startup->magic == STARTUP_MAGIC && startup->version == STARTUP_VERSION && startup->size <= info.st_size &&
           inside(startup->parameters_offset, startup->parameters_size) &&
           startup->parameters_size >= sizeof(FERRY_PROCESS_PARAMETERS) &&
           inside(startup->environment_offset, startup->environment_size) &&
           inside(startup->image_offset, (uint64_t)startup->image_units * sizeof(WCHAR)) &&
           inside(startup->handle_offset, (uint64_t)startup->handle_count * sizeof(struct startup_handle));
}

static void normalize(FERRY_PROCESS_PARAMETERS *parameters, UNICODE_STRING *string, size_t size)
{
    size_t offset = (size_t)string->Buffer;

    if (!offset) return;
    if (offset > size || string->Length > size - offset) {
        memset(string, 0, sizeof(*string));
        return;
    }
    string->Buffer = (WCHAR *)((char *)parameters + offset);
}

FERRY_PROCESS_PARAMETERS *startup_parameters(void)
{
    size_t bytes = startup->parameters_size, size = bytes + startup->environment_size + 16;
    FERRY_PROCESS_PARAMETERS *parameters;
    void *memory = NULL;

    if (virtual_allocate(&memory, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE, 0)) return NULL;
    parameters = memory;
    memcpy(parameters, (const char *)startup + startup->parameters_offset, bytes);
    normalize(parameters, &parameters->CurrentDirectory.DosPath, bytes);
    normalize(parameters, &parameters->DllPath, bytes);
    normalize(parameters, &parameters->ImagePathName, bytes);
    normalize(parameters, &parameters->CommandLine, bytes);
    normalize(parameters, &parameters->WindowTitle, bytes);
    normalize(parameters, &parameters->DesktopInfo, bytes);
    normalize(parameters, &parameters->ShellInfo, bytes);
    normalize(parameters, &parameters->RuntimeData, bytes);
    memset(parameters->CurrentDirectories, 0, sizeof(parameters->CurrentDirectories));
    parameters->CurrentDirectory.Handle = NULL;
    parameters->Flags |= FERRY_PARAMETERS_NORMALIZED;
    parameters->MaximumLength = parameters->Length = (ULONG)bytes;
    parameters->Environment = (WCHAR *)((char *)parameters + ((bytes + 15) & ~15ul));
    parameters->EnvironmentSize = startup->environment_size;
    memcpy(parameters->Environment, (const char *)startup + startup->environment_offset, startup->environment_size);
    return parameters;
}
