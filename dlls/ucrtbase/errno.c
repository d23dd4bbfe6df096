/* errno, and Win32 errors turned into it. Reference: "errno, _doserrno, _sys_errlist, and _sys_nerr"; the mapping
 * is the one _dosmaperr's table gives for the DOS range of errors, EINVAL for everything else. */
#include "crt.h"

static const struct {
    unsigned short win32;
    unsigned char code;
} errors[] = {
    { ERROR_INVALID_FUNCTION, EINVAL },
    { ERROR_FILE_NOT_FOUND, ENOENT },
    { ERROR_PATH_NOT_FOUND, ENOENT },
    { ERROR_TOO_MANY_OPEN_FILES, EMFILE },
    { ERROR_ACCESS_DENIED, EACCES },
    { ERROR_INVALID_HANDLE, EBADF },
    { ERROR_ARENA_TRASHED, ENOMEM },
    { ERROR_NOT_ENOUGH_MEMORY, ENOMEM },
    { ERROR_INVALID_BLOCK, ENOMEM },
    { ERROR_BAD_ENVIRONMENT, E2BIG },
    { ERROR_BAD_FORMAT, ENOEXEC },
    { ERROR_INVALID_ACCESS, EINVAL },
    { ERROR_INVALID_DATA, EINVAL },
    { ERROR_INVALID_DRIVE, ENOENT },
    { ERROR_CURRENT_DIRECTORY, EACCES },
    { ERROR_NOT_SAME_DEVICE, EXDEV },
    { ERROR_NO_MORE_FILES, ENOENT },
    { ERROR_LOCK_VIOLATION, EACCES },
    { ERROR_BAD_NETPATH, ENOENT },
    { ERROR_NETWORK_ACCESS_DENIED, EACCES },
    { ERROR_BAD_NET_NAME, ENOENT },
    { ERROR_FILE_EXISTS, EEXIST },
    { ERROR_CANNOT_MAKE, EACCES },
    { ERROR_FAIL_I24, EACCES },
    { ERROR_INVALID_PARAMETER, EINVAL },
    { ERROR_NO_PROC_SLOTS, EAGAIN },
    { ERROR_DRIVE_LOCKED, EACCES },
    { ERROR_BROKEN_PIPE, EPIPE },
    { ERROR_DISK_FULL, ENOSPC },
    { ERROR_INVALID_TARGET_HANDLE, EBADF },
    { ERROR_WAIT_NO_CHILDREN, ECHILD },
    { ERROR_CHILD_NOT_COMPLETE, ECHILD },
    { ERROR_DIRECT_ACCESS_HANDLE, EBADF },
    { ERROR_NEGATIVE_SEEK, EINVAL },
    { ERROR_SEEK_ON_DEVICE, EACCES },
    { ERROR_DIR_NOT_EMPTY, ENOTEMPTY },
    { ERROR_NOT_LOCKED, EACCES },
    { ERROR_BAD_PATHNAME, ENOENT },
    { ERROR_MAX_THRDS_REACHED, EAGAIN },
    { ERROR_LOCK_FAILED, EACCES },
    { ERROR_ALREADY_EXISTS, EEXIST },
    { ERROR_FILENAME_EXCED_RANGE, ENOENT },
    { ERROR_NESTING_NOT_ALLOWED, EAGAIN },
    { ERROR_NOT_ENOUGH_QUOTA, ENOMEM },
#ifndef FERRY_MSVCRT
    { ERROR_NO_UNICODE_TRANSLATION, EILSEQ },
#endif
};

int crt_errno_from_win32(unsigned long error)
{
    for (unsigned i = 0; i < ARRAYSIZE(errors); i++)
        if (errors[i].win32 == error) return errors[i].code;
    if (error >= ERROR_WRITE_PROTECT && error <= ERROR_SHARING_BUFFER_EXCEEDED) return EACCES;
    if (error >= ERROR_INVALID_STARTING_CODESEG && error <= ERROR_INFLOOP_IN_RELOC_CHAIN) return ENOEXEC;
    return EINVAL;
}

void _dosmaperr(unsigned long error)
{
    struct thread_data *data = thread_data();

    data->dos_error = error;
    data->error = crt_errno_from_win32(error);
}

int crt_status(BOOL worked)
{
    if (worked) return 0;
    _dosmaperr(GetLastError());
    return -1;
}

CRTAPI int *_errno(void)
{
    return &thread_data()->error;
}

CRTAPI unsigned long *__doserrno(void)
{
    return &thread_data()->dos_error;
}

CRTAPI errno_t _get_errno(int *value)
{
    REQUIRE(value, EINVAL, EINVAL);
    *value = errno;
    return 0;
}

CRTAPI errno_t _set_errno(int value)
{
    errno = value;
    return 0;
}

CRTAPI errno_t _get_doserrno(unsigned long *value)
{
    REQUIRE(value, EINVAL, EINVAL);
    *value = *__doserrno();
    return 0;
}

CRTAPI errno_t _set_doserrno(unsigned long value)
{
    *__doserrno() = value;
    return 0;
}
