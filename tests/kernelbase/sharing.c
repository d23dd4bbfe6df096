/* Share modes: every access against every share mode, both ways (CreateFile reference, "dwShareMode"). */
#include "tap.h"

static const DWORD accesses[] = {
    0, FILE_READ_ATTRIBUTES, GENERIC_READ, GENERIC_WRITE, DELETE, GENERIC_READ | GENERIC_WRITE, FILE_EXECUTE, FILE_APPEND_DATA,
};

/* What of it share modes are about. */
static DWORD kinds(DWORD access)
{
    DWORD kinds = 0;

    if (access & (GENERIC_READ | FILE_READ_DATA | FILE_EXECUTE)) kinds |= FILE_SHARE_READ;
    if (access & (GENERIC_WRITE | FILE_WRITE_DATA | FILE_APPEND_DATA)) kinds |= FILE_SHARE_WRITE;
    if (access & DELETE) kinds |= FILE_SHARE_DELETE;
    return kinds;
}

/* Opening for attributes alone takes no part, on either side. */
static BOOL goes_together(DWORD access, DWORD share, DWORD other_access, DWORD other_share)
{
    if (!kinds(access) || !kinds(other_access)) return TRUE;
    return !(kinds(access) & ~other_share) && !(kinds(other_access) & ~share);
}

static void test_matrix(void)
{
    for (int i = 0; i < 8; i++)
        for (DWORD share = 0; share < 8; share++) {
            HANDLE first = CreateFileA("shared", accesses[i], share, NULL, OPEN_EXISTING, 0, NULL);
            ok(first != INVALID_HANDLE_VALUE, "first %lx, %lu: %lu", accesses[i], share, GetLastError());
            for (int k = 0; k < 8; k++)
                for (DWORD other = 0; other < 8; other++) {
                    BOOL wanted = goes_together(accesses[i], share, accesses[k], other);
                    HANDLE second = CreateFileA("shared", accesses[k], other, NULL, OPEN_EXISTING, 0, NULL);
                    ok((second != INVALID_HANDLE_VALUE) == wanted, "%lx shares %lu, then %lx shares %lu: %d", accesses[i], share,
                       accesses[k], other, !wanted);
                    if (second != INVALID_HANDLE_VALUE) CloseHandle(second);
                    else ok(GetLastError() == ERROR_SHARING_VIOLATION, "error %lu", GetLastError());
                }
            CloseHandle(first);
        }
}

/* What else an open handle stands in the way of. */
static void test_names(void)
{
    for (DWORD share = 0; share < 8; share++) {
        BOOL deletes = !!(share & FILE_SHARE_DELETE);
        HANDLE file = CreateFileA("shared", GENERIC_READ, share, NULL, OPEN_EXISTING, 0, NULL);
        ok(MoveFileA("shared", "moved") == deletes, "share %lu: moving", share);
        if (!deletes) ok(GetLastError() == ERROR_SHARING_VIOLATION, "error %lu", GetLastError());
        else ok(MoveFileA("moved", "shared"), "and back: %lu", GetLastError());
        ok(GetFileAttributesA("shared") != INVALID_FILE_ATTRIBUTES, "attributes can always be asked for");
        ok(SetFileAttributesA("shared", FILE_ATTRIBUTE_ARCHIVE), "and set: %lu", GetLastError());
        if (!deletes) {
            ok(!DeleteFileA("shared") && GetLastError() == ERROR_SHARING_VIOLATION, "share %lu: deleting, %lu", share, GetLastError());
        }
        if (!(share & (FILE_SHARE_WRITE | FILE_SHARE_DELETE)))
            ok(!CopyFileA("other", "shared", FALSE) && GetLastError() == ERROR_SHARING_VIOLATION, "share %lu: copying onto, %lu",
               share, GetLastError());
        ok(CopyFileA("shared", "copy", FALSE) == !!(share & FILE_SHARE_READ), "share %lu: copying from, %lu", share, GetLastError());
        DeleteFileA("copy");
        CloseHandle(file);
    }
}

START_TESTS
{
    CloseHandle(CreateFileA("shared", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
    CloseHandle(CreateFileA("other", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
    test_matrix();
    test_names();
    ok(DeleteFileA("shared") && DeleteFileA("other"), "clean up");
}
