/* GetBinaryType. */
#include "tap.h"

START_TESTS
{
    char path[MAX_PATH];
    DWORD type = 99;

    GetModuleFileNameA(NULL, path, sizeof(path));
    ok(GetBinaryTypeA(path, &type) && type == (sizeof(void *) == 8 ? SCS_64BIT_BINARY : SCS_32BIT_BINARY), "type %lu", type);
    ok(!GetBinaryTypeA("C:\\windows\\system32\\kernel32.dll", &type) && GetLastError() == ERROR_BAD_EXE_FORMAT, "a DLL: %lu", GetLastError());
    ok(!GetBinaryTypeA("C:\\none.exe", &type) && GetLastError() == ERROR_FILE_NOT_FOUND, "none: %lu", GetLastError());
}
