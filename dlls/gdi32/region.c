/* wingdi.h: regions and clipping. */
#include "emf.h"

HRGN WINAPI CreateRectRgn(int left, int top, int right, int bottom)
{
    return NtGdiCreateRectRgn(left, top, right, bottom);
}

HRGN WINAPI CreateRectRgnIndirect(const RECT *r)
{
    return NtGdiCreateRectRgn(r->left, r->top, r->right, r->bottom);
}

HRGN WINAPI CreateEllipticRgn(int left, int top, int right, int bottom)
{
    return NtGdiCreateEllipticRgn(left, top, right, bottom);
}

HRGN WINAPI CreateEllipticRgnIndirect(const RECT *r)
{
    return NtGdiCreateEllipticRgn(r->left, r->top, r->right, r->bottom);
}

HRGN WINAPI CreateRoundRectRgn(int left, int top, int right, int bottom, int width, int height)
{
    return NtGdiCreateRoundRectRgn(left, top, right, bottom, width, height);
}

HRGN WINAPI CreatePolygonRgn(const POINT *points, int count, int mode)
{
    HRGN region = NtGdiCreatePolyPolygonRgn(points, &count, 1, mode);
    return region ? region : (SetLastError(ERROR_INVALID_PARAMETER), NULL);
}

HRGN WINAPI CreatePolyPolygonRgn(const POINT *points, const INT *counts, int polygons, int mode)
{
    HRGN region = NtGdiCreatePolyPolygonRgn(points, counts, polygons, mode);
    return region ? region : (SetLastError(ERROR_INVALID_PARAMETER), NULL);
}

HRGN WINAPI ExtCreateRegion(const XFORM *transform, DWORD size, const RGNDATA *data)
{
    HRGN region = data ? NtGdiExtCreateRegion(transform, size, data) : NULL;
    return region ? region : (SetLastError(ERROR_INVALID_PARAMETER), NULL);
}

BOOL WINAPI SetRectRgn(HRGN region, int left, int top, int right, int bottom)
{
    return NtGdiSetRectRgn(region, left, top, right, bottom);
}

int WINAPI CombineRgn(HRGN to, HRGN a, HRGN b, int mode)
{
    int kind = NtGdiCombineRgn(to, a, b, mode);
    return kind ? kind : FAIL(ERROR_INVALID_HANDLE);
}

int WINAPI OffsetRgn(HRGN region, int x, int y)
{
    return NtGdiOffsetRgn(region, x, y);
}

BOOL WINAPI EqualRgn(HRGN a, HRGN b)
{
    return NtGdiEqualRgn(a, b);
}

int WINAPI GetRgnBox(HRGN region, RECT *box)
{
    return NtGdiGetRgnBox(region, box);
}

BOOL WINAPI PtInRegion(HRGN region, int x, int y)
{
    return NtGdiPtInRegion(region, x, y);
}

BOOL WINAPI RectInRegion(HRGN region, const RECT *rect)
{
    return NtGdiRectInRegion(region, rect);
}

DWORD WINAPI GetRegionData(HRGN region, DWORD size, RGNDATA *data)
{
    DWORD need = NtGdiGetRegionData(region, size, data);
    return need ? need : FAIL(ERROR_INVALID_PARAMETER);
}

int WINAPI SelectClipRgn(HDC dc, HRGN region)
{
    return ExtSelectClipRgn(dc, region, RGN_COPY);
}

int WINAPI ExtSelectClipRgn(HDC dc, HRGN region, int mode)
{
    if (is_emf(dc) ? !emf_clip_region(dc, region, mode) : is_wmf(dc)) return ERROR;
    return NtGdiExtSelectClipRgn(dc, region, mode);
}

int WINAPI IntersectClipRect(HDC dc, int left, int top, int right, int bottom)
{
    if (is_emf(dc) ? !emf_simple(dc, EMR_INTERSECTCLIPRECT, 4, left, top, right, bottom) : is_wmf(dc) && !wmf_record(dc, META_INTERSECTCLIPRECT, 4, bottom, right, top, left)) return ERROR;
    return NtGdiClipRect(dc, left, top, right, bottom, RGN_AND);
}

int WINAPI ExcludeClipRect(HDC dc, int left, int top, int right, int bottom)
{
    if (is_emf(dc) ? !emf_simple(dc, EMR_EXCLUDECLIPRECT, 4, left, top, right, bottom) : is_wmf(dc) && !wmf_record(dc, META_EXCLUDECLIPRECT, 4, bottom, right, top, left)) return ERROR;
    return NtGdiClipRect(dc, left, top, right, bottom, RGN_DIFF);
}

int WINAPI OffsetClipRgn(HDC dc, int x, int y)
{
    if (is_emf(dc) ? !emf_simple(dc, EMR_OFFSETCLIPRGN, 2, x, y) : is_wmf(dc) && !wmf_record(dc, META_OFFSETCLIPRGN, 2, y, x)) return ERROR;
    return NtGdiOffsetClipRgn(dc, x, y);
}

int WINAPI GetClipBox(HDC dc, RECT *box)
{
    return NtGdiGetAppClipBox(dc, box);
}

/* 1: copied, 0: there is no clip region, -1: an error. */
int WINAPI GetClipRgn(HDC dc, HRGN region)
{
    return NtGdiGetRandomRgn(dc, region, 1);
}

int WINAPI GetMetaRgn(HDC dc, HRGN region)
{
    return NtGdiGetRandomRgn(dc, region, 2) == 1;
}

int WINAPI GetRandomRgn(HDC dc, HRGN region, INT which)
{
    return NtGdiGetRandomRgn(dc, region, which);
}

int WINAPI SetMetaRgn(HDC dc)
{
    if (is_emf(dc) ? !emf_simple(dc, EMR_SETMETARGN, 0) : is_wmf(dc) && !false) return ERROR;
    return NtGdiSetMetaRgn(dc);
}

BOOL WINAPI PtVisible(HDC dc, int x, int y)
{
    return NtGdiPtVisible(dc, x, y);
}

BOOL WINAPI RectVisible(HDC dc, const RECT *rect)
{
    return NtGdiRectVisible(dc, rect);
}

BOOL WINAPI FillRgn(HDC dc, HRGN region, HBRUSH brush)
{
    if (is_emf(dc) ? !emf_region(dc, EMR_FILLRGN, region, brush, 0, 0) : is_wmf(dc) && !false) return FALSE;
    return brush && NtGdiFillRgn(dc, region, brush, FALSE);
}

BOOL WINAPI PaintRgn(HDC dc, HRGN region)
{
    if (is_emf(dc) ? !emf_region(dc, EMR_PAINTRGN, region, NULL, 0, 0) : is_wmf(dc) && !false) return FALSE;
    return NtGdiFillRgn(dc, region, NULL, FALSE);
}

BOOL WINAPI InvertRgn(HDC dc, HRGN region)
{
    if (is_emf(dc) ? !emf_region(dc, EMR_INVERTRGN, region, NULL, 0, 0) : is_wmf(dc) && !false) return FALSE;
    return NtGdiFillRgn(dc, region, NULL, TRUE);
}

BOOL WINAPI FrameRgn(HDC dc, HRGN region, HBRUSH brush, int width, int height)
{
    if (is_emf(dc) ? !emf_region(dc, EMR_FRAMERGN, region, brush, width, height) : is_wmf(dc) && !false) return FALSE;
    return NtGdiFrameRgn(dc, region, brush, width, height);
}
