/* Entry point and what all of gdi32.dll uses. */
#include "emf.h"

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved)
{
    if (reason == DLL_PROCESS_ATTACH) LdrDisableThreadCalloutsForDll(module);
    return TRUE;
}

bool record_value(HDC dc, UINT which, DWORD value)
{
    return is_emf(dc) ? emf_value(dc, which, value) : !is_wmf(dc) || wmf_value(dc, which, value);
}

bool record_point(HDC dc, UINT which, int x, int y)
{
    return is_emf(dc) ? emf_point(dc, which, x, y) : !is_wmf(dc) || wmf_point(dc, which, x, y);
}

DWORD dc_value(HDC dc, UINT which, DWORD failed)
{
    DWORD value;
    return NtGdiGetDCDword(dc, which, &value) ? value : (SetLastError(ERROR_INVALID_HANDLE), failed);
}

DWORD dc_exchange(HDC dc, UINT which, DWORD value, DWORD failed)
{
    DWORD old;

    if (!record_value(dc, which, value)) return failed;
    return NtGdiSetDCDword(dc, which, value, &old) ? old : (SetLastError(ERROR_INVALID_PARAMETER), failed);
}

WCHAR *to_unicode(const char *text, int *count, WCHAR *buffer, int room)
{
    int need = *count > 0 ? MultiByteToWideChar(CP_ACP, 0, text, *count, NULL, 0) : 0;
    WCHAR *to = need <= room ? buffer : mem_alloc(need * sizeof(WCHAR));

    if (to && need) MultiByteToWideChar(CP_ACP, 0, text, *count, to, need);
    *count = need;
    return to;
}

void logfont_to_unicode(LOGFONTW *to, const LOGFONTA *from)
{
    int length = 0;

    memcpy(to, from, offsetof(LOGFONTA, lfFaceName));
    while (length < LF_FACESIZE && from->lfFaceName[length]) length++;
    memset(to->lfFaceName, 0, sizeof(to->lfFaceName));
    MultiByteToWideChar(CP_ACP, 0, from->lfFaceName, length, to->lfFaceName, LF_FACESIZE - 1);
}

void logfont_to_ansi(LOGFONTA *to, const LOGFONTW *from)
{
    memcpy(to, from, offsetof(LOGFONTA, lfFaceName));
    memset(to->lfFaceName, 0, sizeof(to->lfFaceName));
    int length = 0;
    while (length < LF_FACESIZE - 1 && from->lfFaceName[length]) length++;
    WideCharToMultiByte(CP_ACP, 0, from->lfFaceName, length, to->lfFaceName, LF_FACESIZE - 1, NULL, NULL);
}
