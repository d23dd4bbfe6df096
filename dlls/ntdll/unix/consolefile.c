/* CONIN$, CONOUT$ and \Device\ConDrv: the terminal of the process. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "device.h"
#include "host.h"
#include "path.h"

void console_set_side(struct file *file, bool input);

/* CONIN$, \Device\ConDrv\CurrentIn, \Input: the name holds "In". CON and all others are the output. */
static bool is_input(const struct path *path)
{
    for (unsigned i = 0; i + 1 < path->name_units; i++)
        if ((path->name[i] | 32) == 'i' && (path->name[i + 1] | 32) == 'n') return true;
    return false;
}

NTSTATUS console_open(const struct file_create *create, struct path *path, struct file **file)
{
    struct stat st;
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return STATUS_OBJECT_NAME_NOT_FOUND; /* no terminal: as a process without a console */
    if (fstat(fd, &st) || !(*file = file_new(FILE_KIND_CONSOLE, &console_ops, fd))) {
        close(fd);
        return STATUS_NO_MEMORY;
    }
    (*file)->mode = st.st_mode;
    console_set_side(*file, is_input(path));
    return STATUS_SUCCESS;
}
