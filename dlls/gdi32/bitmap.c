/* wingdi.h: bitmaps, DIBs, transfers. */
#include "emf.h"

HBITMAP WINAPI CreateBitmap(int width, int height, UINT planes, UINT depth, const void *bits)
{
    HBITMAP bitmap = NtGdiCreateBitmap(width, height, planes, depth, bits);
    return bitmap ? bitmap : (SetLastError(ERROR_INVALID_PARAMETER), NULL);
}

HBITMAP WINAPI CreateBitmapIndirect(const BITMAP *bitmap)
{
    if (!bitmap || bitmap->bmType) return FAIL_NULL(ERROR_INVALID_PARAMETER);
    return CreateBitmap(bitmap->bmWidth, bitmap->bmHeight, bitmap->bmPlanes, bitmap->bmBitsPixel, bitmap->bmBits);
}

HBITMAP WINAPI CreateCompatibleBitmap(HDC dc, int width, int height)
{
    HBITMAP bitmap = NtGdiCreateCompatibleBitmap(dc, width, height);
    return bitmap ? bitmap : (SetLastError(ERROR_INVALID_PARAMETER), NULL);
}

HBITMAP WINAPI CreateDiscardableBitmap(HDC dc, int width, int height)
{
    return CreateCompatibleBitmap(dc, width, height);
}

static SIZE_T dib_bytes(const BITMAPINFO *info)
{
    ULONGLONG width, height, bits;

    if (info->bmiHeader.biSize == sizeof(BITMAPCOREHEADER)) {
        const BITMAPCOREHEADER *core = (const BITMAPCOREHEADER *)info;
        width = core->bcWidth, height = core->bcHeight, bits = core->bcBitCount;
    } else {
        width = (LONG)info->bmiHeader.biWidth, bits = info->bmiHeader.biBitCount;
        height = info->bmiHeader.biHeight < 0 ? -(LONGLONG)info->bmiHeader.biHeight : info->bmiHeader.biHeight;
        if (info->bmiHeader.biWidth <= 0) return 0;
        if (info->bmiHeader.biCompression != BI_RGB && info->bmiHeader.biCompression != BI_BITFIELDS) return 0;
    }
    ULONGLONG size = (width * bits + 31) / 32 * 4 * height;
    return size > 0x7fffffff ? 0 : (SIZE_T)size;
}

/* Pixels in memory of the process, or in a section (offset in bytes) that stays open as long as the program likes. */
HBITMAP WINAPI CreateDIBSection(HDC dc, const BITMAPINFO *info, UINT usage, void **bits, HANDLE section, DWORD offset)
{
    void *base = NULL;
    SIZE_T size, shift = 0;
    HBITMAP bitmap;
    NTSTATUS status;

    if (bits) *bits = NULL;
    if (!info || usage > DIB_PAL_COLORS || !(size = dib_bytes(info))) return FAIL_NULL(ERROR_INVALID_PARAMETER);
    if (section) {
        LARGE_INTEGER at = { .QuadPart = offset & ~0xffffu };
        shift = offset - (DWORD)at.QuadPart;
        size += shift;
        if (offset & 3) return FAIL_NULL(ERROR_INVALID_PARAMETER);
        status = NtMapViewOfSection(section, NtCurrentProcess(), &base, 0, 0, &at, &size, 2 /* ViewUnmap */, 0, PAGE_READWRITE);
    } else {
        status = NtAllocateVirtualMemory(NtCurrentProcess(), &base, 0, &size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    }
    if (status < 0) return FAIL_NULL(RtlNtStatusToDosError(status));
    bitmap = NtGdiCreateDIBSection(dc, info, usage, (ULONG_PTR)base + shift, (ULONG_PTR)base, section ? 2 : 1,
                                   (ULONG_PTR)section, section ? offset : 0);
    if (!bitmap) return FAIL_NULL(ERROR_INVALID_PARAMETER);
    if (bits) *bits = (char *)base + shift;
    return bitmap;
}

LONG WINAPI GetBitmapBits(HBITMAP bitmap, LONG size, void *bits)
{
    return NtGdiGetBitmapBits(bitmap, size, bits);
}

LONG WINAPI SetBitmapBits(HBITMAP bitmap, DWORD size, const void *bits)
{
    return NtGdiSetBitmapBits(bitmap, size, bits);
}

BOOL WINAPI GetBitmapDimensionEx(HBITMAP bitmap, SIZE *size)
{
    return size && NtGdiBitmapDimension(bitmap, 0, 0, size, FALSE);
}

BOOL WINAPI SetBitmapDimensionEx(HBITMAP bitmap, int x, int y, SIZE *old)
{
    return NtGdiBitmapDimension(bitmap, x, y, old, TRUE);
}

UINT WINAPI GetDIBColorTable(HDC dc, UINT start, UINT count, RGBQUAD *colors)
{
    return NtGdiDoColorTable(dc, start, count, colors, FALSE);
}

UINT WINAPI SetDIBColorTable(HDC dc, UINT start, UINT count, const RGBQUAD *colors)
{
    return NtGdiDoColorTable(dc, start, count, (RGBQUAD *)colors, TRUE);
}

int WINAPI SetDIBits(HDC dc, HBITMAP bitmap, UINT start, UINT lines, const void *bits, const BITMAPINFO *info, UINT usage)
{
    struct gdi_dib dib = { .info = (ULONG_PTR)info, .bits = (ULONG_PTR)bits, .usage = usage, .start = start, .lines = lines };
    int done = bits && info ? NtGdiSetDIBits(dc, bitmap, &dib) : 0;
    return done ? done : FAIL(ERROR_INVALID_PARAMETER);
}

int WINAPI GetDIBits(HDC dc, HBITMAP bitmap, UINT start, UINT lines, void *bits, BITMAPINFO *info, UINT usage)
{
    struct gdi_dib dib = { .info = (ULONG_PTR)info, .bits = (ULONG_PTR)bits, .usage = usage, .start = start, .lines = lines };
    int done = info ? NtGdiGetDIBits(dc, bitmap, &dib) : 0;
    return done ? done : FAIL(ERROR_INVALID_PARAMETER);
}

int WINAPI StretchDIBits(HDC dc, int x, int y, int width, int height, int src_x, int src_y, int src_width, int src_height,
                         const void *bits, const BITMAPINFO *info, UINT usage, DWORD rop)
{
    struct gdi_dib dib = { .info = (ULONG_PTR)info, .bits = (ULONG_PTR)bits, .usage = usage, .rop = rop, .x = x, .y = y,
                           .width = width, .height = height, .src_x = src_x, .src_y = src_y, .src_width = src_width,
                           .src_height = src_height };
    if (!bits || !info) return 0;
    if (is_emf(dc) || is_wmf(dc)) {
        int lines = info->bmiHeader.biHeight < 0 ? -info->bmiHeader.biHeight : info->bmiHeader.biHeight;
        return (is_emf(dc) ? emf_dib(dc, &dib, true) : wmf_dib(dc, &dib, true)) ? lines : 0;
    }
    int done = NtGdiStretchDIBits(dc, &dib);
    return done ? done : FAIL(ERROR_INVALID_PARAMETER);
}

int WINAPI SetDIBitsToDevice(HDC dc, int x, int y, DWORD width, DWORD height, int src_x, int src_y, UINT start, UINT lines,
                             const void *bits, const BITMAPINFO *info, UINT usage)
{
    struct gdi_dib dib = { .info = (ULONG_PTR)info, .bits = (ULONG_PTR)bits, .usage = usage, .x = x, .y = y, .width = width,
                           .height = height, .src_x = src_x, .src_y = src_y, .start = start, .lines = lines };
    if (!bits || !info) return 0;
    if (is_emf(dc) || is_wmf(dc)) return (is_emf(dc) ? emf_dib(dc, &dib, false) : wmf_dib(dc, &dib, false)) ? (int)lines : 0;
    return NtGdiSetDIBitsToDevice(dc, &dib);
}

HBITMAP WINAPI CreateDIBitmap(HDC dc, const BITMAPINFOHEADER *header, DWORD init, const void *bits, const BITMAPINFO *info,
                              UINT usage)
{
    int width, height;
    HBITMAP bitmap;

    if (!header) return NULL;
    if (header->biSize == sizeof(BITMAPCOREHEADER)) {
        const BITMAPCOREHEADER *core = (const BITMAPCOREHEADER *)header;
        width = core->bcWidth, height = core->bcHeight;
    } else {
        width = header->biWidth, height = header->biHeight < 0 ? -header->biHeight : header->biHeight;
        if (header->biWidth < 0) return NULL;
    }
    if (init & CBM_INIT && (!bits || !info)) bits = NULL;
    bitmap = dc ? CreateCompatibleBitmap(dc, width, height) : CreateBitmap(width, height, 1, 1, NULL);
    if (bitmap && (init & CBM_INIT) && bits && info && !SetDIBits(dc, bitmap, 0, height, bits, info, usage)) {
        DeleteObject(bitmap);
        bitmap = NULL;
    }
    return bitmap;
}

/* ---- transfers ---- */

BOOL WINAPI PatBlt(HDC dc, int x, int y, int width, int height, DWORD rop)
{
    if (is_emf(dc) || is_wmf(dc)) {
        struct gdi_blit b = { .x = x, .y = y, .width = width, .height = height, .rop = rop, .kind = GDI_BLIT_PLAIN };
        return is_emf(dc) ? emf_blit(dc, &b) : wmf_blit(dc, &b);
    }
    return NtGdiPatBlt(dc, x, y, width, height, rop);
}

static BOOL blit(HDC dc, const struct gdi_blit *blit)
{
    if (is_emf(dc)) return emf_blit(dc, blit) || FAIL(ERROR_INVALID_PARAMETER);
    if (is_wmf(dc)) return wmf_blit(dc, blit) || FAIL(ERROR_INVALID_PARAMETER);
    return NtGdiBlit(dc, blit) || FAIL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI BitBlt(HDC dc, int x, int y, int width, int height, HDC source, int src_x, int src_y, DWORD rop)
{
    return blit(dc, &(struct gdi_blit){ .x = x, .y = y, .width = width, .height = height, .src_x = src_x, .src_y = src_y,
                                        .src_width = width, .src_height = height, .rop = rop, .kind = GDI_BLIT_PLAIN,
                                        .source = (ULONG_PTR)source, .bk_color = CLR_INVALID });
}

BOOL WINAPI StretchBlt(HDC dc, int x, int y, int width, int height, HDC source, int src_x, int src_y, int src_width,
                       int src_height, DWORD rop)
{
    return blit(dc, &(struct gdi_blit){ .x = x, .y = y, .width = width, .height = height, .src_x = src_x, .src_y = src_y,
                                        .src_width = src_width, .src_height = src_height, .rop = rop,
                                        .kind = GDI_BLIT_STRETCH, .source = (ULONG_PTR)source, .bk_color = CLR_INVALID });
}

BOOL WINAPI MaskBlt(HDC dc, int x, int y, int width, int height, HDC source, int src_x, int src_y, HBITMAP mask, int mask_x,
                    int mask_y, DWORD rop)
{
    return blit(dc, &(struct gdi_blit){ .x = x, .y = y, .width = width, .height = height, .src_x = src_x, .src_y = src_y,
                                        .src_width = width, .src_height = height, .rop = rop, .kind = GDI_BLIT_MASK,
                                        .source = (ULONG_PTR)source, .mask = (ULONG_PTR)mask, .mask_x = mask_x,
                                        .mask_y = mask_y, .bk_color = CLR_INVALID });
}

BOOL WINAPI PlgBlt(HDC dc, const POINT *points, HDC source, int src_x, int src_y, int width, int height, HBITMAP mask,
                   int mask_x, int mask_y)
{
    return blit(dc, &(struct gdi_blit){ .src_x = src_x, .src_y = src_y, .src_width = width, .src_height = height,
                                        .kind = GDI_BLIT_PLG, .source = (ULONG_PTR)source, .mask = (ULONG_PTR)mask,
                                        .mask_x = mask_x, .mask_y = mask_y, .bk_color = CLR_INVALID,
                                        .points = { points[0].x, points[0].y, points[1].x, points[1].y, points[2].x, points[2].y } });
}

/* Also msimg32's TransparentBlt. */
BOOL WINAPI GdiTransparentBlt(HDC dc, int x, int y, int width, int height, HDC source, int src_x, int src_y, int src_width,
                              int src_height, UINT transparent)
{
    if (width < 0 || height < 0 || src_width < 0 || src_height < 0) return FAIL(ERROR_INVALID_PARAMETER);
    return blit(dc, &(struct gdi_blit){ .x = x, .y = y, .width = width, .height = height, .src_x = src_x, .src_y = src_y,
                                        .src_width = src_width, .src_height = src_height, .rop = transparent,
                                        .kind = GDI_BLIT_TRANSPARENT, .source = (ULONG_PTR)source, .bk_color = CLR_INVALID });
}

/* Also msimg32's AlphaBlend. */
BOOL WINAPI GdiAlphaBlend(HDC dc, int x, int y, int width, int height, HDC source, int src_x, int src_y, int src_width,
                          int src_height, BLENDFUNCTION function)
{
    struct gdi_blit b = { .x = x, .y = y, .width = width, .height = height, .src_x = src_x, .src_y = src_y,
                          .src_width = src_width, .src_height = src_height, .kind = GDI_BLIT_ALPHA,
                          .source = (ULONG_PTR)source, .bk_color = CLR_INVALID };
    memcpy(&b.rop, &function, sizeof(function));
    return blit(dc, &b);
}

/* Also msimg32's GradientFill. */
BOOL WINAPI GdiGradientFill(HDC dc, TRIVERTEX *vertices, ULONG vertex_count, void *mesh, ULONG count, ULONG mode)
{
    if (is_emf(dc) ? !emf_gradient(dc, vertices, vertex_count, mesh, count, mode) : is_wmf(dc) && !false) return FALSE;
    return NtGdiGradientFill(dc, vertices, vertex_count, mesh, count, mode) || FAIL(ERROR_INVALID_PARAMETER);
}
