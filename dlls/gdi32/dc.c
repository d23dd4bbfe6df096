/* wingdi.h: device contexts and their attributes. */
#include "emf.h"

HDC WINAPI CreateCompatibleDC(HDC dc)
{
    HDC created = NtGdiCreateCompatibleDC(dc);
    if (!created) SetLastError(ERROR_INVALID_HANDLE);
    return created;
}

/* Displays only: there are no printers, of which a name is told by its device name or driver WINSPOOL. */
static HDC create_dc(const WCHAR *driver, const WCHAR *device, ULONG kind)
{
    static const WCHAR display[] = L"display";
    const WCHAR *name = driver ? driver : device;

    if (!name) return FAIL_NULL(ERROR_INVALID_PARAMETER);
    for (int i = 0;; i++) {
        WCHAR c = name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i];
        if (c != display[i]) {
            static const WCHAR monitor[] = L"\\\\.\\display";
            int k = 0;
            while (monitor[k] && (name[k] == monitor[k] || (name[k] | 32) == monitor[k])) k++;
            if (!monitor[k]) break;
            SetLastError(ERROR_INVALID_PRINTER_NAME);
            return 0;
        }
        if (!c) break;
    }
    return NtGdiOpenDC(kind, 0);
}

HDC WINAPI CreateDCW(const WCHAR *driver, const WCHAR *device, const WCHAR *port, const DEVMODEW *mode)
{
    return create_dc(driver, device, 0);
}

HDC WINAPI CreateICW(const WCHAR *driver, const WCHAR *device, const WCHAR *port, const DEVMODEW *mode)
{
    return create_dc(driver, device, 1);
}

static HDC create_dc_ansi(const char *driver, const char *device, ULONG kind)
{
    WCHAR names[2][260] = { { 0 } };

    if (driver) MultiByteToWideChar(CP_ACP, 0, driver, -1, names[0], 259);
    if (device) MultiByteToWideChar(CP_ACP, 0, device, -1, names[1], 259);
    return create_dc(driver ? names[0] : NULL, device ? names[1] : NULL, kind);
}

HDC WINAPI CreateDCA(const char *driver, const char *device, const char *port, const DEVMODEA *mode)
{
    return create_dc_ansi(driver, device, 0);
}

HDC WINAPI CreateICA(const char *driver, const char *device, const char *port, const DEVMODEA *mode)
{
    return create_dc_ansi(driver, device, 1);
}

BOOL WINAPI DeleteDC(HDC dc)
{
    return NtGdiDeleteDC(dc) || FAIL(ERROR_INVALID_HANDLE);
}

int WINAPI SaveDC(HDC dc)
{
    if (is_emf(dc)) emf_simple(dc, EMR_SAVEDC, 0);
    if (is_wmf(dc)) wmf_record(dc, META_SAVEDC, 0);
    int level = NtGdiSaveDC(dc);
    return level ? level : FAIL(ERROR_INVALID_HANDLE);
}

BOOL WINAPI RestoreDC(HDC dc, int level)
{
    if (is_emf(dc) || is_wmf(dc)) { /* records count back from the last one */
        int last = NtGdiSaveDC(dc), relative = level < 0 ? level : level - last;
        NtGdiRestoreDC(dc, last);
        if (relative >= 0) return FAIL(ERROR_INVALID_PARAMETER);
        if (is_emf(dc)) emf_simple(dc, EMR_RESTOREDC, 1, relative);
        else wmf_record(dc, META_RESTOREDC, 1, relative);
    }
    return NtGdiRestoreDC(dc, level) || FAIL(ERROR_INVALID_PARAMETER);
}

HDC WINAPI ResetDCW(HDC dc, const DEVMODEW *mode)
{
    return NtGdiResetDC(dc) ? dc : NULL;
}

HDC WINAPI ResetDCA(HDC dc, const DEVMODEA *mode)
{
    return NtGdiResetDC(dc) ? dc : NULL;
}

/* ---- values ---- */

#define VALUE(type, get, set, which, failed) \
    type WINAPI get(HDC dc) { return (type)dc_value(dc, which, failed); } \
    type WINAPI set(HDC dc, type value) { return (type)dc_exchange(dc, which, (DWORD)value, failed); }

VALUE(COLORREF, GetTextColor, SetTextColor, GDI_DC_TEXT_COLOR, CLR_INVALID)
VALUE(COLORREF, GetBkColor, SetBkColor, GDI_DC_BK_COLOR, CLR_INVALID)
VALUE(int, GetBkMode, SetBkMode, GDI_DC_BK_MODE, 0)
VALUE(int, GetROP2, SetROP2, GDI_DC_ROP2, 0)
VALUE(int, GetPolyFillMode, SetPolyFillMode, GDI_DC_FILL_MODE, 0)
VALUE(int, GetStretchBltMode, SetStretchBltMode, GDI_DC_STRETCH_MODE, 0)
VALUE(int, GetTextCharacterExtra, SetTextCharacterExtra, GDI_DC_CHAR_EXTRA, 0x80000000)
VALUE(int, GetArcDirection, SetArcDirection, GDI_DC_ARC_DIRECTION, 0)
VALUE(int, GetMapMode, SetMapMode, GDI_DC_MAP_MODE, 0)
VALUE(int, GetGraphicsMode, SetGraphicsMode, GDI_DC_GRAPHICS_MODE, 0)

UINT WINAPI GetTextAlign(HDC dc)
{
    return dc_value(dc, GDI_DC_TEXT_ALIGN, GDI_ERROR);
}

UINT WINAPI SetTextAlign(HDC dc, UINT align)
{
    return dc_exchange(dc, GDI_DC_TEXT_ALIGN, align, GDI_ERROR);
}

DWORD WINAPI GetLayout(HDC dc)
{
    return dc_value(dc, GDI_DC_LAYOUT, GDI_ERROR);
}

DWORD WINAPI SetLayout(HDC dc, DWORD layout)
{
    return dc_exchange(dc, GDI_DC_LAYOUT, layout, GDI_ERROR);
}

DWORD WINAPI SetMapperFlags(HDC dc, DWORD flags)
{
    return dc_exchange(dc, GDI_DC_MAPPER_FLAGS, flags, GDI_ERROR);
}

COLORREF WINAPI GetDCBrushColor(HDC dc)
{
    return dc_value(dc, GDI_DC_BRUSH_COLOR, CLR_INVALID);
}

COLORREF WINAPI SetDCBrushColor(HDC dc, COLORREF color)
{
    return dc_exchange(dc, GDI_DC_BRUSH_COLOR, color, CLR_INVALID);
}

COLORREF WINAPI GetDCPenColor(HDC dc)
{
    return dc_value(dc, GDI_DC_PEN_COLOR, CLR_INVALID);
}

COLORREF WINAPI SetDCPenColor(HDC dc, COLORREF color)
{
    return dc_exchange(dc, GDI_DC_PEN_COLOR, color, CLR_INVALID);
}

/* The old value for ICM_OFF and ICM_ON, the current one for ICM_QUERY. No profile is ever applied. */
int WINAPI SetICMMode(HDC dc, int mode)
{
    if (mode == ICM_QUERY) return dc_value(dc, GDI_DC_ICM_MODE, 0);
    return dc_exchange(dc, GDI_DC_ICM_MODE, mode, 0) != 0;
}

BOOL WINAPI SetTextJustification(HDC dc, int extra, int count)
{
    if (is_wmf(dc)) wmf_record(dc, META_SETTEXTJUSTIFICATION, 2, count, extra);
    return NtGdiSetDCDword(dc, GDI_DC_BREAK_EXTRA, extra, NULL) && NtGdiSetDCDword(dc, GDI_DC_BREAK_COUNT, count, NULL);
}

BOOL WINAPI GetMiterLimit(HDC dc, FLOAT *limit)
{
    return limit && NtGdiGetDCDword(dc, GDI_DC_MITER_LIMIT, (DWORD *)limit);
}

BOOL WINAPI SetMiterLimit(HDC dc, FLOAT limit, FLOAT *old)
{
    DWORD bits;

    if (limit < 1) return FAIL(ERROR_INVALID_PARAMETER);
    memcpy(&bits, &limit, sizeof(bits));
    if (!record_value(dc, GDI_DC_MITER_LIMIT, bits)) return FALSE;
    return NtGdiSetDCDword(dc, GDI_DC_MITER_LIMIT, bits, (DWORD *)old);
}

/* ---- points ---- */

#define POINT_PAIR(name, type, which) \
    BOOL WINAPI Get##name(HDC dc, type *out) { return NtGdiGetDCPoint(dc, which, (POINT *)out) || FAIL(ERROR_INVALID_HANDLE); } \
    BOOL WINAPI Set##name(HDC dc, int x, int y, type *old) { return (record_point(dc, which, x, y) && NtGdiSetDCPoint(dc, which, x, y, (POINT *)old)) || FAIL(ERROR_INVALID_PARAMETER); }

POINT_PAIR(WindowOrgEx, POINT, GDI_DC_WINDOW_ORG)
POINT_PAIR(WindowExtEx, SIZE, GDI_DC_WINDOW_EXT)
POINT_PAIR(ViewportOrgEx, POINT, GDI_DC_VIEWPORT_ORG)
POINT_PAIR(ViewportExtEx, SIZE, GDI_DC_VIEWPORT_EXT)
POINT_PAIR(BrushOrgEx, POINT, GDI_DC_BRUSH_ORG)

BOOL WINAPI GetCurrentPositionEx(HDC dc, POINT *out)
{
    return NtGdiGetDCPoint(dc, GDI_DC_POSITION, out) || FAIL(ERROR_INVALID_HANDLE);
}

BOOL WINAPI MoveToEx(HDC dc, int x, int y, POINT *old)
{
    if (!record_point(dc, GDI_DC_POSITION, x, y)) return FALSE;
    return NtGdiSetDCPoint(dc, GDI_DC_POSITION, x, y, old) || FAIL(ERROR_INVALID_HANDLE);
}

/* Where the DC lies on the screen. */
BOOL WINAPI GetDCOrgEx(HDC dc, POINT *out)
{
    return NtGdiGetDCPoint(dc, GDI_DC_ORIGIN, out) || FAIL(ERROR_INVALID_HANDLE);
}

BOOL WINAPI OffsetWindowOrgEx(HDC dc, int x, int y, POINT *old)
{
    POINT p;
    return GetWindowOrgEx(dc, &p) && SetWindowOrgEx(dc, p.x + x, p.y + y, old);
}

BOOL WINAPI OffsetViewportOrgEx(HDC dc, int x, int y, POINT *old)
{
    POINT p;
    return GetViewportOrgEx(dc, &p) && SetViewportOrgEx(dc, p.x + x, p.y + y, old);
}

static bool scale_extent(HDC dc, UINT which, int x_num, int x_den, int y_num, int y_den, SIZE *old)
{
    POINT p;

    if (!NtGdiGetDCPoint(dc, which, &p)) return FAIL(ERROR_INVALID_HANDLE);
    if (!x_num || !x_den || !y_num || !y_den) return FAIL(ERROR_INVALID_PARAMETER);
    int x = (int)((LONGLONG)p.x * x_num / x_den), y = (int)((LONGLONG)p.y * y_num / y_den);
    return record_point(dc, which, x ? x : 1, y ? y : 1) && NtGdiSetDCPoint(dc, which, x ? x : 1, y ? y : 1, (POINT *)old);
}

BOOL WINAPI ScaleWindowExtEx(HDC dc, int x_num, int x_den, int y_num, int y_den, SIZE *old)
{
    return scale_extent(dc, GDI_DC_WINDOW_EXT, x_num, x_den, y_num, y_den, old);
}

BOOL WINAPI ScaleViewportExtEx(HDC dc, int x_num, int x_den, int y_num, int y_den, SIZE *old)
{
    return scale_extent(dc, GDI_DC_VIEWPORT_EXT, x_num, x_den, y_num, y_den, old);
}

BOOL WINAPI DPtoLP(HDC dc, POINT *points, int count)
{
    return NtGdiTransformPoints(dc, points, count, TRUE);
}

BOOL WINAPI LPtoDP(HDC dc, POINT *points, int count)
{
    return NtGdiTransformPoints(dc, points, count, FALSE);
}

BOOL WINAPI SetWorldTransform(HDC dc, const XFORM *transform)
{
    if (is_emf(dc) ? !emf_transform(dc, transform, 4) : is_wmf(dc) && !false) return FALSE;
    return NtGdiModifyWorldTransform(dc, transform, 4) || FAIL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI ModifyWorldTransform(HDC dc, const XFORM *transform, DWORD mode)
{
    if (mode < MWT_MIN || mode > MWT_MAX) return FAIL(ERROR_INVALID_PARAMETER);
    if (is_emf(dc) ? !emf_transform(dc, transform, mode) : is_wmf(dc) && !false) return FALSE;
    return NtGdiModifyWorldTransform(dc, transform, mode) || FAIL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI GetWorldTransform(HDC dc, XFORM *transform)
{
    return NtGdiGetTransform(dc, 0x203, transform);
}

BOOL WINAPI CombineTransform(XFORM *to, const XFORM *a, const XFORM *b)
{
    if (!to || !a || !b) return FALSE;
    XFORM r = { a->eM11 * b->eM11 + a->eM12 * b->eM21, a->eM11 * b->eM12 + a->eM12 * b->eM22,
                a->eM21 * b->eM11 + a->eM22 * b->eM21, a->eM21 * b->eM12 + a->eM22 * b->eM22,
                a->eDx * b->eM11 + a->eDy * b->eM21 + b->eDx, a->eDx * b->eM12 + a->eDy * b->eM22 + b->eDy };
    *to = r;
    return TRUE;
}

int WINAPI GetDeviceCaps(HDC dc, int index)
{
    return NtGdiGetDeviceCaps(dc, index);
}

UINT WINAPI SetBoundsRect(HDC dc, const RECT *rect, UINT flags)
{
    return NtGdiSetBoundsRect(dc, rect, flags);
}

UINT WINAPI GetBoundsRect(HDC dc, RECT *rect, UINT flags)
{
    return NtGdiGetBoundsRect(dc, rect, flags);
}
