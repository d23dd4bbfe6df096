/* Files and folders by narrow name; drives; temporary files. */
#include "crt.h"
#include <share.h>

BOOL crt_change_folder(const wchar_t *path)
{
    return SetCurrentDirectoryW(path);
}

unsigned crt_next_temporary(void)
{
    static LONG number;

    return InterlockedIncrement(&number);
}

#define WIDE 0
#define CHAR char
#define F(n, w) n
#include "tdirect.h"

CRTAPI int _getdrive(void)
{
    wchar_t path[MAX_PATH + 1];

    if (!GetCurrentDirectoryW(MAX_PATH, path) || path[1] != ':') return 0;
    return (path[0] & ~0x20) - 'A' + 1;
}

CRTAPI int _chdrive(int drive)
{
    wchar_t path[3] = { (wchar_t)('A' + drive - 1), ':', 0 };

    if (drive < 1 || drive > 26) {
        *__doserrno() = ERROR_INVALID_DRIVE;
        REQUIRE(FALSE, EACCES, -1);
    }
    return crt_status(SetCurrentDirectoryW(path));
}

CRTAPI unsigned long _getdrives(void)
{
    return GetLogicalDrives();
}

struct disk_space {
    unsigned total_clusters, avail_clusters, sectors_per_cluster, bytes_per_sector;
};

CRTAPI unsigned _getdiskfree(unsigned drive, struct disk_space *space)
{
    wchar_t root[4] = L"A:\\";
    DWORD sectors, bytes, available, total;

    REQUIRE(space && drive <= 26, EINVAL, ERROR_INVALID_PARAMETER);
    root[0] += (wchar_t)(drive - 1);
    if (!GetDiskFreeSpaceW(drive ? root : NULL, &sectors, &bytes, &available, &total)) {
        _dosmaperr(GetLastError());
        return GetLastError();
    }
    *space = (struct disk_space){ total, available, sectors, bytes };
    return 0;
}

FILE *_wfsopen(const wchar_t *path, const wchar_t *mode, int share);
wchar_t *_wtempnam(const wchar_t *folder, const wchar_t *prefix);
errno_t _wtmpnam_s(wchar_t *buffer, size_t size);

CRTAPI FILE *tmpfile(void)
{
    for (int tries = 0; tries < 100; tries++) {
        wchar_t *name = _wtempnam(NULL, L"t");
        FILE *file = name ? _wfsopen(name, L"w+bTD", _SH_DENYNO) : NULL;
        if (file) {
            file->_tmpfname = crt_narrow(name);
            free(name);
            return file;
        }
        free(name);
        if (errno != EEXIST && errno != EACCES) break;
    }
    return NULL;
}

CRTAPI errno_t tmpfile_s(FILE **file)
{
    REQUIRE(file, EINVAL, EINVAL);
    *file = tmpfile();
    return *file ? 0 : errno;
}
