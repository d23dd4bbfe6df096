/* wingdi.h: brushes, pens, palettes. */
#include "gdi32.h"

HBRUSH WINAPI CreateSolidBrush(COLORREF color)
{
    return NtGdiCreateBrush(BS_SOLID, color, 0);
}

HBRUSH WINAPI CreateHatchBrush(int hatch, COLORREF color)
{
    if (hatch < 0) return FAIL_NULL(ERROR_INVALID_PARAMETER);
    return NtGdiCreateBrush(BS_HATCHED, color, hatch);
}

HBRUSH WINAPI CreatePatternBrush(HBITMAP bitmap)
{
    return NtGdiCreateBrush(BS_PATTERN, 0, (ULONG_PTR)bitmap);
}

HBRUSH WINAPI CreateDIBPatternBrushPt(const void *packed, UINT usage)
{
    const BITMAPINFOHEADER *header = packed;
    struct gdi_dib dib = { .info = (ULONG_PTR)packed, .usage = usage };

    if (!packed) return FAIL_NULL(ERROR_INVALID_PARAMETER);
    if (header->biSize == sizeof(BITMAPCOREHEADER)) {
        const BITMAPCOREHEADER *core = packed;
        int colors = core->bcBitCount <= 8 ? 1 << core->bcBitCount : 0;
        dib.bits = dib.info + core->bcSize + colors * (usage == DIB_PAL_COLORS ? 2 : 3);
    } else {
        int colors = header->biClrUsed ? (int)header->biClrUsed : header->biBitCount <= 8 ? 1 << header->biBitCount : 0;
        dib.bits = dib.info + header->biSize + colors * (usage == DIB_PAL_COLORS ? 2 : 4);
        if (header->biCompression == BI_BITFIELDS && header->biSize == sizeof(*header)) dib.bits += 12;
    }
    return NtGdiCreateDIBBrush(&dib, (ULONG_PTR)packed);
}

HBRUSH WINAPI CreateDIBPatternBrush(HGLOBAL memory, UINT usage)
{
    void *packed = GlobalLock(memory);
    HBRUSH brush = packed ? CreateDIBPatternBrushPt(packed, usage) : NULL;

    if (packed) GlobalUnlock(memory);
    return brush;
}

HBRUSH WINAPI CreateBrushIndirect(const LOGBRUSH *brush)
{
    if (brush->lbStyle == BS_DIBPATTERNPT || brush->lbStyle == BS_DIBPATTERN8X8)
        return CreateDIBPatternBrushPt((const void *)brush->lbHatch, LOWORD(brush->lbColor));
    if (brush->lbStyle == BS_DIBPATTERN) return CreateDIBPatternBrush((HGLOBAL)brush->lbHatch, LOWORD(brush->lbColor));
    HBRUSH result = NtGdiCreateBrush(brush->lbStyle, brush->lbColor, brush->lbHatch);
    return result ? result : (SetLastError(ERROR_INVALID_PARAMETER), NULL);
}

HPEN WINAPI CreatePen(int style, int width, COLORREF color)
{
    if (style < PS_SOLID || style > PS_INSIDEFRAME) style = PS_SOLID;
    return NtGdiCreatePen(style, width, 0, color);
}

HPEN WINAPI CreatePenIndirect(const LOGPEN *pen)
{
    return CreatePen(pen->lopnStyle, pen->lopnWidth.x, pen->lopnColor);
}

HPEN WINAPI ExtCreatePen(DWORD style, DWORD width, const LOGBRUSH *brush, DWORD count, const DWORD *dashes)
{
    HBRUSH made;
    HPEN pen;

    if ((style & PS_STYLE_MASK) == PS_NULL) return CreatePen(PS_NULL, 0, brush->lbColor);
    made = brush->lbStyle == BS_NULL ? NULL : CreateBrushIndirect(brush);
    pen = made ? NtGdiExtCreatePen(style, width, made, brush->lbHatch, count, dashes) : NULL;
    if (made) NtGdiDeleteObjectApp(made);
    if (!pen) SetLastError(ERROR_INVALID_PARAMETER);
    return pen;
}

/* ---- palettes ---- */

HPALETTE WINAPI CreatePalette(const LOGPALETTE *palette)
{
    return palette ? NtGdiCreatePalette(palette) : NULL;
}

/* The colours in between: as the default ones and a cube of six steps each way. */
HPALETTE WINAPI CreateHalftonePalette(HDC dc)
{
    struct {
        WORD version, count;
        PALETTEENTRY entries[256];
    } palette = { 0x300, 256 };
    PALETTEENTRY system[20];

    NtGdiDoPalette(GetStockObject(DEFAULT_PALETTE), 0, 20, system, 1);
    memcpy(palette.entries, system, 10 * sizeof(*system));
    memcpy(palette.entries + 246, system + 10, 10 * sizeof(*system));
    for (int i = 0; i < 236; i++)
        palette.entries[10 + i] = i < 216 ? (PALETTEENTRY){ i % 6 * 51, i / 6 % 6 * 51, i / 36 * 51, 0 }
                                          : (PALETTEENTRY){ (i - 216) * 12 + 8, (i - 216) * 12 + 8, (i - 216) * 12 + 8, 0 };
    return NtGdiCreatePalette((const LOGPALETTE *)&palette);
}

UINT WINAPI GetPaletteEntries(HPALETTE palette, UINT start, UINT count, PALETTEENTRY *entries)
{
    return NtGdiDoPalette(palette, start, count, entries, 1);
}

UINT WINAPI SetPaletteEntries(HPALETTE palette, UINT start, UINT count, const PALETTEENTRY *entries)
{
    return NtGdiDoPalette(palette, start, count, (PALETTEENTRY *)entries, 0);
}

BOOL WINAPI AnimatePalette(HPALETTE palette, UINT start, UINT count, const PALETTEENTRY *entries)
{
    return NtGdiDoPalette(palette, start, count, (PALETTEENTRY *)entries, 2);
}

BOOL WINAPI ResizePalette(HPALETTE palette, UINT count)
{
    return NtGdiDoPalette(palette, count, 0, NULL, 3);
}

UINT WINAPI GetNearestPaletteIndex(HPALETTE palette, COLORREF color)
{
    return NtGdiGetNearestPaletteIndex(palette, color);
}

COLORREF WINAPI GetNearestColor(HDC dc, COLORREF color)
{
    return NtGdiGetNearestColor(dc, color);
}

/* No device of ours has a palette: nothing changes when one is realised, and there are no system entries. */
UINT WINAPI RealizePalette(HDC dc)
{
    return NtGdiGetObjectType(dc) ? 0 : GDI_ERROR;
}

BOOL WINAPI UpdateColors(HDC dc)
{
    return NtGdiGetObjectType(dc) != 0;
}

UINT WINAPI GetSystemPaletteEntries(HDC dc, UINT start, UINT count, PALETTEENTRY *entries)
{
    if (entries && start < 256) memset(entries, 0, (count < 256 - start ? count : 256 - start) * sizeof(*entries));
    return 0;
}

UINT WINAPI GetSystemPaletteUse(HDC dc)
{
    return SYSPAL_ERROR;
}

UINT WINAPI SetSystemPaletteUse(HDC dc, UINT use)
{
    return SYSPAL_ERROR;
}
