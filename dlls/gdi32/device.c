/* wingdi.h: printing, pixel formats, gamma ramps. There is no printer and no OpenGL: these functions say so. */
#include "gdi32.h"

static bool is_dc(HDC dc)
{
    return NtGdiGetObjectType(dc) != 0;
}

/* A document on a display is refused (SP_ERROR), as it cannot be printed. */
static int no_printer(HDC dc)
{
    SetLastError(is_dc(dc) ? ERROR_NOT_SUPPORTED : ERROR_INVALID_HANDLE);
    return SP_ERROR;
}

int WINAPI StartDocW(HDC dc, const DOCINFOW *info)
{
    return no_printer(dc);
}

int WINAPI StartDocA(HDC dc, const DOCINFOA *info)
{
    return no_printer(dc);
}

int WINAPI EndDoc(HDC dc)
{
    return no_printer(dc);
}

int WINAPI AbortDoc(HDC dc)
{
    return no_printer(dc);
}

int WINAPI StartPage(HDC dc)
{
    return no_printer(dc);
}

int WINAPI EndPage(HDC dc)
{
    return no_printer(dc);
}

int WINAPI SetAbortProc(HDC dc, ABORTPROC procedure)
{
    return no_printer(dc);
}

/* No escape is known: not implemented is 0 (wingdi.h reference: Escape, ExtEscape). */
int WINAPI Escape(HDC dc, int escape, int size, const char *in, void *out)
{
    return is_dc(dc) ? 0 : (SetLastError(ERROR_INVALID_HANDLE), SP_ERROR);
}

int WINAPI ExtEscape(HDC dc, int escape, int in_size, const char *in, int out_size, char *out)
{
    return is_dc(dc) ? 0 : (SetLastError(ERROR_INVALID_HANDLE), SP_ERROR);
}

int WINAPI DrawEscape(HDC dc, int escape, int size, const char *in)
{
    return is_dc(dc) ? 0 : (SetLastError(ERROR_INVALID_HANDLE), SP_ERROR);
}

/* ---- pixel formats: none ---- */

int WINAPI ChoosePixelFormat(HDC dc, const PIXELFORMATDESCRIPTOR *format)
{
    return FAIL(is_dc(dc) ? ERROR_INVALID_PIXEL_FORMAT : ERROR_INVALID_HANDLE);
}

int WINAPI DescribePixelFormat(HDC dc, int index, UINT size, PIXELFORMATDESCRIPTOR *format)
{
    return FAIL(is_dc(dc) ? ERROR_INVALID_PIXEL_FORMAT : ERROR_INVALID_HANDLE);
}

int WINAPI GetPixelFormat(HDC dc)
{
    return FAIL(is_dc(dc) ? ERROR_INVALID_PIXEL_FORMAT : ERROR_INVALID_HANDLE);
}

BOOL WINAPI SetPixelFormat(HDC dc, int index, const PIXELFORMATDESCRIPTOR *format)
{
    return FAIL(is_dc(dc) ? ERROR_INVALID_PIXEL_FORMAT : ERROR_INVALID_HANDLE);
}

BOOL WINAPI SwapBuffers(HDC dc)
{
    return FAIL(is_dc(dc) ? ERROR_INVALID_PIXEL_FORMAT : ERROR_INVALID_HANDLE);
}

/* ---- colour ---- */

/* The ramp of a display whose gamma is not changed; it cannot be set. */
BOOL WINAPI GetDeviceGammaRamp(HDC dc, void *ramp)
{
    WORD (*out)[256] = ramp;

    if (NtGdiGetObjectType(dc) != OBJ_DC || !ramp) return FAIL(ERROR_INVALID_PARAMETER);
    for (int i = 0; i < 3 * 256; i++) out[i / 256][i % 256] = (WORD)(i % 256 * 257);
    return TRUE;
}

BOOL WINAPI SetDeviceGammaRamp(HDC dc, void *ramp)
{
    return FAIL(ERROR_NOT_SUPPORTED);
}
