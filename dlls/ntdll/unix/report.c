/* Lines on stderr, and random bytes. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <unistd.h>
#include "ferry/syscall_table.h"
#include "host.h"
#include "virtual.h"

void host_report(const char *format, ...)
{
    char line[1024] = "ferry: ";
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = 7 + vsnprintf(line + 7, sizeof(line) - 8, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof(line) - 2) length = sizeof(line) - 2;
    line[length++] = '\n';
    if (write(STDERR_FILENO, line, (size_t)length) < 0) return; /* nobody to tell */
}

NTSTATUS sys_NtFerryReport(const char *text, ULONG length)
{
    char line[2048];

    if (length > sizeof(line) - 1) length = sizeof(line) - 1;
    if (!virtual_read(line, text, length)) return STATUS_ACCESS_VIOLATION;
    while (length && (line[length - 1] == '\n' || line[length - 1] == '\r')) length--;
    for (ULONG i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ' && line[i] != '\t') line[i] = ' '; /* a line, and no terminal codes */
    line[length++] = '\n';
    return write(STDERR_FILENO, line, length) == (ssize_t)length ? STATUS_SUCCESS : status_from_errno(errno);
}

/* NtDisplayString writes to the blue boot screen; here that is stderr. Any program may not use it on Windows
 * (SeTcbPrivilege), and we never have that privilege. */
NTSTATUS sys_NtDisplayString(UNICODE_STRING *string)
{
    return STATUS_PRIVILEGE_NOT_HELD;
}

NTSTATUS sys_NtFerryRandom(void *buffer, ULONG length)
{
    char *at = buffer;
    unsigned char bytes[256];

    /* Through a buffer of our own: the kernel would say EFAULT where a guard page wants to be handled. */
    while (length) {
        size_t part = length < sizeof(bytes) ? length : sizeof(bytes);
        ssize_t got = getrandom(bytes, part, 0);
        if (got < 0) {
            if (errno == EINTR) continue;
            return status_from_errno(errno);
        }
        memcpy(at, bytes, (size_t)got);
        at += got;
        length -= (ULONG)got;
    }
    explicit_bzero(bytes, sizeof(bytes));
    return STATUS_SUCCESS;
}
