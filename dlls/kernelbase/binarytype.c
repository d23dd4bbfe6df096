/* winbase.h: GetBinaryType. */
#include "kernelbase.h"

static BOOL read_at(HANDLE file, DWORD offset, void *buffer, DWORD size)
{
    LARGE_INTEGER at = { .QuadPart = offset };
    DWORD done;

    return SetFilePointerEx(file, at, NULL, FILE_BEGIN) && ReadFile(file, buffer, size, &done, NULL) && done == size;
}

/* ERROR_BAD_EXE_FORMAT of a DLL and of what is no program. */
BOOL WINAPI GetBinaryTypeW(LPCWSTR name, LPDWORD type)
{
    IMAGE_DOS_HEADER dos;
    struct {
        DWORD signature;
        IMAGE_FILE_HEADER file;
    } nt;
    BOOL result = TRUE;
    HANDLE file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);

    if (file == INVALID_HANDLE_VALUE) return FALSE;
    if (!read_at(file, 0, &dos, sizeof(dos)) || dos.e_magic != IMAGE_DOS_SIGNATURE) {
        result = FALSE;
    } else if (!read_at(file, dos.e_lfanew, &nt, sizeof(nt))) {
        *type = SCS_DOS_BINARY;
    } else if (nt.signature == IMAGE_NT_SIGNATURE) {
        *type = nt.file.Machine == IMAGE_FILE_MACHINE_I386 ? SCS_32BIT_BINARY : SCS_64BIT_BINARY;
        result = !(nt.file.Characteristics & IMAGE_FILE_DLL);
    } else {
        *type = (WORD)nt.signature == IMAGE_OS2_SIGNATURE ? SCS_WOW_BINARY : SCS_DOS_BINARY;
    }
    CloseHandle(file);
    return result || set_error(ERROR_BAD_EXE_FORMAT);
}

BOOL WINAPI GetBinaryTypeA(LPCSTR name, LPDWORD type)
{
    WIDE(wide);

    return wide_from_file_name(&wide, name) && GetBinaryTypeW(wide.text, type);
}
