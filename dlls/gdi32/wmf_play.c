/* Old metafiles: playing, and changing between the two kinds. */
#include "wmf.h"

/* An object goes into the first free place of the table. */
static bool keep(HANDLETABLE *table, UINT count, HGDIOBJ object)
{
    for (UINT i = 0; object && i < count; i++)
        if (!table->objectHandle[i]) return table->objectHandle[i] = object, true;
    if (object) DeleteObject(object);
    return false;
}

static BOOL play_points(HDC dc, const METARECORD *r, DWORD words, bool many, bool closed)
{
    const WORD *p = r->rdParm;
    DWORD polygons = many ? p[0] : 1, total = 0, used = many ? 1 + p[0] : 1;
    INT one = p[0], *counts = &one;
    POINT *points;

    if (used > words) return FALSE;
    if (many && !(counts = mem_alloc(polygons * sizeof(INT) + 1))) return FALSE;
    for (DWORD i = 0; i < polygons; i++) {
        if (many) counts[i] = p[1 + i];
        total += counts[i];
    }
    BOOL done = FALSE;
    if (total <= (words - used) / 2 && (points = mem_alloc(total * sizeof(*points) + 1))) {
        for (DWORD i = 0; i < total; i++) points[i] = (POINT){ (SHORT)p[used + 2 * i], (SHORT)p[used + 2 * i + 1] };
        done = many ? PolyPolygon(dc, points, counts, polygons) : closed ? Polygon(dc, points, one) : Polyline(dc, points, one);
        mem_free(points);
    }
    if (many) mem_free(counts);
    return done;
}

static BOOL play_text(HDC dc, const METARECORD *r, DWORD words)
{
    const SHORT *p = (const SHORT *)r->rdParm;
    DWORD count = (WORD)p[2], at = 4, flags = (WORD)p[3];
    RECT rect;
    bool boxed = flags & (ETO_OPAQUE | ETO_CLIPPED);

    if (boxed) {
        if (words < 8) return FALSE;
        rect = (RECT){ p[4], p[5], p[6], p[7] };
        at = 8;
    }
    if ((count + 1) / 2 > words - at) return FALSE;
    const char *text = (const char *)(p + at);
    at += (count + 1) / 2;
    INT *dx = NULL;
    if (count && count <= words - at && (dx = mem_alloc(count * sizeof(INT))))
        for (DWORD i = 0; i < count; i++) dx[i] = p[at + i];
    BOOL done = ExtTextOutA(dc, p[1], p[0], flags, boxed ? &rect : NULL, text, count, dx);
    mem_free(dx);
    return done;
}

/* A packed DIB in a record lies from `at` (words) on. NULL: it is not whole. */
static const BITMAPINFO *dib_at(const METARECORD *r, DWORD words, DWORD at, UINT usage, const void **bits)
{
    const BITMAPINFOHEADER *h = (const BITMAPINFOHEADER *)(r->rdParm + at);

    if (at > words || (words - at) * 2 < sizeof(*h) || h->biSize < sizeof(*h) || h->biBitCount > 32 || h->biWidth < 0) return NULL;
    ULONGLONG colors = h->biClrUsed ? h->biClrUsed : h->biBitCount <= 8 ? 1u << h->biBitCount : 0;
    ULONGLONG head = h->biSize + colors * (usage == DIB_PAL_COLORS ? 2 : 4) + (h->biCompression == BI_BITFIELDS && h->biSize == sizeof(*h) ? 12 : 0);
    ULONGLONG height = h->biHeight < 0 ? -(LONGLONG)h->biHeight : h->biHeight;
    ULONGLONG size = h->biCompression == BI_RLE4 || h->biCompression == BI_RLE8 ? h->biSizeImage : ((ULONGLONG)h->biWidth * h->biBitCount + 31) / 32 * 4 * height;
    if (head + size > (ULONGLONG)(words - at) * 2) return NULL;
    *bits = (const BYTE *)h + head;
    return (const BITMAPINFO *)h;
}

static BOOL play_dib(HDC dc, const METARECORD *r, DWORD words)
{
    const SHORT *p = (const SHORT *)r->rdParm;
    const void *bits;
    DWORD rop;

    memcpy(&rop, p, 4);
    switch (r->rdFunction & 0xff) {
    case META_STRETCHDIB & 0xff: {
        const BITMAPINFO *info = dib_at(r, words, 11, p[2], &bits);
        return info && StretchDIBits(dc, p[10], p[9], p[8], p[7], p[6], p[5], p[4], p[3], bits, info, p[2], rop);
    }
    case META_DIBSTRETCHBLT & 0xff: {
        if (words < 10) return FALSE;
        if (words == 10 || r->rdSize == (DWORD)(r->rdFunction >> 8) + 3) return PatBlt(dc, p[9], p[8], p[7], p[6], rop);
        const BITMAPINFO *info = dib_at(r, words, 10, DIB_RGB_COLORS, &bits);
        int height = info ? info->bmiHeader.biHeight < 0 ? -info->bmiHeader.biHeight : info->bmiHeader.biHeight : 0;
        return info && StretchDIBits(dc, p[9], p[8], p[7], p[6], p[5], height - p[4] - p[2], p[3], p[2], bits, info, DIB_RGB_COLORS, rop);
    }
    case META_DIBBITBLT & 0xff: {
        if (words < 8) return FALSE;
        if (r->rdSize == (DWORD)(r->rdFunction >> 8) + 3) return PatBlt(dc, p[8], p[7], p[6], p[5], rop);
        const BITMAPINFO *info = dib_at(r, words, 8, DIB_RGB_COLORS, &bits);
        int height = info ? info->bmiHeader.biHeight < 0 ? -info->bmiHeader.biHeight : info->bmiHeader.biHeight : 0;
        return info && StretchDIBits(dc, p[7], p[6], p[5], p[4], p[3], height - p[2] - p[4], p[5], p[4], bits, info, DIB_RGB_COLORS, rop);
    }
    case META_SETDIBTODEV & 0xff: {
        const BITMAPINFO *info = dib_at(r, words, 9, p[0], &bits);
        return info && SetDIBitsToDevice(dc, p[8], p[7], p[6], p[5], p[4], p[3], p[2], p[1], bits, info, p[0]);
    }
    }
    return FALSE;
}

static HGDIOBJ make_object(const METARECORD *r, DWORD words)
{
    const WORD *p = r->rdParm;
    COLORREF color;

    switch (r->rdFunction) {
    case META_CREATEPENINDIRECT:
        memcpy(&color, p + 3, 4);
        return CreatePen(p[0], (SHORT)p[1], color);
    case META_CREATEBRUSHINDIRECT: {
        memcpy(&color, p + 1, 4);
        LOGBRUSH brush = { p[0], color, p[3] };
        return p[0] <= BS_HATCHED ? CreateBrushIndirect(&brush) : CreateSolidBrush(color);
    }
    case META_CREATEFONTINDIRECT: {
        LOGFONTA font = { (SHORT)p[0], (SHORT)p[1], (SHORT)p[2], (SHORT)p[3], (SHORT)p[4], 0 };
        memcpy(&font.lfItalic, p + 5, 8);
        DWORD name = (words - 9) * 2;
        memcpy(font.lfFaceName, p + 9, name < LF_FACESIZE - 1 ? name : LF_FACESIZE - 1);
        return CreateFontIndirectA(&font);
    }
    case META_CREATEPALETTE: return p[1] <= (words - 2) / 2 ? CreatePalette((const LOGPALETTE *)p) : NULL;
    case META_DIBCREATEPATTERNBRUSH: {
        const void *bits;
        return dib_at(r, words, 2, p[1], &bits) ? CreateDIBPatternBrushPt(p + 2, p[1]) : NULL;
    }
    }
    return NULL;
}

/* Fewest words of parameters by function: its high byte tells, but for those of varying length. */
static DWORD least_words(WORD function)
{
    switch (function) {
    case META_TEXTOUT: return 3;
    case META_EXTTEXTOUT: return 4;
    case META_POLYGON:
    case META_POLYLINE:
    case META_POLYPOLYGON: return 1;
    case META_SETPALENTRIES:
    case META_CREATEPALETTE:
    case META_DIBCREATEPATTERNBRUSH: return 2;
    case META_CREATEPENINDIRECT: return 5;
    case META_CREATEBRUSHINDIRECT: return 4;
    case META_CREATEFONTINDIRECT: return 9;
    case META_STRETCHDIB: return 11;
    case META_DIBSTRETCHBLT: return 10;
    case META_DIBBITBLT: return 8;
    case META_SETDIBTODEV: return 9;
    case META_ESCAPE: return 0;
    }
    return function >> 8;
}

BOOL WINAPI PlayMetaFileRecord(HDC dc, HANDLETABLE *table, METARECORD *r, UINT count)
{
    const SHORT *p = (const SHORT *)r->rdParm;
    const WORD *w = r->rdParm;
    DWORD words = r->rdSize - 3, value;

    if (r->rdSize < 3 || words < least_words(r->rdFunction)) return FALSE;
    value = words >= 2 ? w[0] | (DWORD)w[1] << 16 : 0;
    switch (r->rdFunction) {
    case 0:
    case META_ESCAPE:
    case META_SETRELABS:
    case META_SETMAPPERFLAGS:
    case META_REALIZEPALETTE: return TRUE;
    case META_SETBKCOLOR: return SetBkColor(dc, value) != CLR_INVALID;
    case META_SETTEXTCOLOR: return SetTextColor(dc, value) != CLR_INVALID;
    case META_SETBKMODE: return SetBkMode(dc, w[0]) != 0;
    case META_SETMAPMODE: return SetMapMode(dc, w[0]) != 0;
    case META_SETROP2: return SetROP2(dc, w[0]) != 0;
    case META_SETPOLYFILLMODE: return SetPolyFillMode(dc, w[0]) != 0;
    case META_SETSTRETCHBLTMODE: return SetStretchBltMode(dc, w[0]) != 0;
    case META_SETTEXTCHAREXTRA: return SetTextCharacterExtra(dc, p[0]) != (int)0x80000000;
    case META_SETTEXTJUSTIFICATION: return SetTextJustification(dc, p[1], p[0]);
    case META_SETTEXTALIGN: return SetTextAlign(dc, w[0]) != GDI_ERROR;
    case META_SETLAYOUT: return SetLayout(dc, w[0]) != GDI_ERROR;
    case META_SETWINDOWORG: return SetWindowOrgEx(dc, p[1], p[0], NULL);
    case META_SETWINDOWEXT: return SetWindowExtEx(dc, p[1], p[0], NULL);
    case META_SETVIEWPORTORG: return SetViewportOrgEx(dc, p[1], p[0], NULL);
    case META_SETVIEWPORTEXT: return SetViewportExtEx(dc, p[1], p[0], NULL);
    case META_OFFSETWINDOWORG: return OffsetWindowOrgEx(dc, p[1], p[0], NULL);
    case META_OFFSETVIEWPORTORG: return OffsetViewportOrgEx(dc, p[1], p[0], NULL);
    case META_SCALEWINDOWEXT: return ScaleWindowExtEx(dc, p[3], p[2], p[1], p[0], NULL);
    case META_SCALEVIEWPORTEXT: return ScaleViewportExtEx(dc, p[3], p[2], p[1], p[0], NULL);
    case META_MOVETO: return MoveToEx(dc, p[1], p[0], NULL);
    case META_LINETO: return LineTo(dc, p[1], p[0]);
    case META_EXCLUDECLIPRECT: return ExcludeClipRect(dc, p[3], p[2], p[1], p[0]) != ERROR;
    case META_INTERSECTCLIPRECT: return IntersectClipRect(dc, p[3], p[2], p[1], p[0]) != ERROR;
    case META_OFFSETCLIPRGN: return OffsetClipRgn(dc, p[1], p[0]) != ERROR;
    case META_ARC: return Arc(dc, p[7], p[6], p[5], p[4], p[3], p[2], p[1], p[0]);
    case META_CHORD: return Chord(dc, p[7], p[6], p[5], p[4], p[3], p[2], p[1], p[0]);
    case META_PIE: return Pie(dc, p[7], p[6], p[5], p[4], p[3], p[2], p[1], p[0]);
    case META_ELLIPSE: return Ellipse(dc, p[3], p[2], p[1], p[0]);
    case META_RECTANGLE: return Rectangle(dc, p[3], p[2], p[1], p[0]);
    case META_ROUNDRECT: return RoundRect(dc, p[5], p[4], p[3], p[2], p[1], p[0]);
    case META_PATBLT: return PatBlt(dc, p[5], p[4], p[3], p[2], value);
    case META_SETPIXEL: return SetPixelV(dc, p[3], p[2], value);
    case META_FLOODFILL: return FloodFill(dc, p[3], p[2], value);
    case META_EXTFLOODFILL: return ExtFloodFill(dc, p[4], p[3], w[1] | (DWORD)w[2] << 16, w[0]);
    case META_SAVEDC: return SaveDC(dc) != 0;
    case META_RESTOREDC: return RestoreDC(dc, p[0]);
    case META_POLYGON: return play_points(dc, r, words, false, true);
    case META_POLYLINE: return play_points(dc, r, words, false, false);
    case META_POLYPOLYGON: return play_points(dc, r, words, true, true);
    case META_TEXTOUT: {
        DWORD length = w[0], text = (length + 1) / 2;
        if (words < 3 + text) return FALSE;
        return TextOutA(dc, p[2 + text], p[1 + text], (const char *)(w + 1), length);
    }
    case META_EXTTEXTOUT: return play_text(dc, r, words);
    case META_STRETCHDIB:
    case META_DIBSTRETCHBLT:
    case META_DIBBITBLT:
    case META_SETDIBTODEV: return play_dib(dc, r, words);
    case META_SELECTOBJECT: {
        HGDIOBJ object = w[0] < count ? table->objectHandle[w[0]] : NULL;
        return object && SelectObject(dc, object);
    }
    case META_SELECTPALETTE: {
        HGDIOBJ object = w[0] < count ? table->objectHandle[w[0]] : NULL;
        return object && SelectPalette(dc, object, FALSE);
    }
    case META_DELETEOBJECT: {
        HGDIOBJ object = w[0] < count ? table->objectHandle[w[0]] : NULL;
        if (!object) return FALSE;
        table->objectHandle[w[0]] = NULL;
        return DeleteObject(object);
    }
    case META_CREATEPENINDIRECT:
    case META_CREATEBRUSHINDIRECT:
    case META_CREATEFONTINDIRECT:
    case META_CREATEPALETTE:
    case META_DIBCREATEPATTERNBRUSH: return keep(table, count, make_object(r, words));
    }
    return FALSE; /* regions and device-dependent bitmaps of Windows 2 */
}

BOOL WINAPI EnumMetaFile(HDC dc, HMETAFILE handle, MFENUMPROC callback, LPARAM param)
{
    struct metafile *file = handle_type(handle) == TYPE_METAFILE ? (struct metafile *)NtGdiGetClientObj(handle) : NULL;
    BOOL result = TRUE;

    if (!file) return FAIL(ERROR_INVALID_HANDLE);
    UINT count = ((METAHEADER *)file->data)->mtNoObjects;
    HANDLETABLE *table = mem_alloc((count + 1) * sizeof(HGDIOBJ));
    if (!table) return FAIL(ERROR_NOT_ENOUGH_MEMORY);
    memset(table, 0, (count + 1) * sizeof(HGDIOBJ));
    HGDIOBJ pen = GetCurrentObject(dc, OBJ_PEN), brush = GetCurrentObject(dc, OBJ_BRUSH), font = GetCurrentObject(dc, OBJ_FONT);
    for (SIZE_T at = sizeof(METAHEADER); at + 6 <= file->size && result;) {
        METARECORD *r = (METARECORD *)(file->data + at);
        if (!r->rdFunction) break;
        result = callback(dc, table, r, count, param);
        at += (SIZE_T)r->rdSize * 2;
    }
    SelectObject(dc, pen);
    SelectObject(dc, brush);
    SelectObject(dc, font);
    for (UINT i = 0; i < count; i++)
        if (table->objectHandle[i]) DeleteObject(table->objectHandle[i]);
    mem_free(table);
    return result;
}

static int CALLBACK play_record(HDC dc, HANDLETABLE *table, METARECORD *record, int count, LPARAM param)
{
    PlayMetaFileRecord(dc, table, record, count);
    return TRUE;
}

BOOL WINAPI PlayMetaFile(HDC dc, HMETAFILE handle)
{
    return EnumMetaFile(dc, handle, play_record, 0);
}

/* ---- between the two ---- */

/* An enhanced metafile that draws what the old one does; `picture` says how large (NULL: as wide as the screen). */
HENHMETAFILE WINAPI SetWinMetaFileBits(UINT size, const BYTE *data, HDC reference, const METAFILEPICT *picture)
{
    HMETAFILE old = SetMetaFileBitsEx(size, data);
    HDC screen, dc;
    RECT frame;
    bool framed = picture && picture->xExt > 0 && picture->yExt > 0 && (picture->mm == MM_ISOTROPIC || picture->mm == MM_ANISOTROPIC);

    if (!old) return NULL;
    screen = reference ? reference : NtGdiOpenDC(1, 0);
    int width = NtGdiGetDeviceCaps(screen, HORZRES), height = NtGdiGetDeviceCaps(screen, VERTRES);
    int width_mm = NtGdiGetDeviceCaps(screen, HORZSIZE), height_mm = NtGdiGetDeviceCaps(screen, VERTSIZE);
    if (framed) frame = (RECT){ 0, 0, picture->xExt, picture->yExt };
    dc = CreateEnhMetaFileW(screen, NULL, framed ? &frame : NULL, NULL);
    if (!reference) NtGdiDeleteDC(screen);
    if (!dc) {
        DeleteMetaFile(old);
        return NULL;
    }
    SetMapMode(dc, picture ? picture->mm : MM_ANISOTROPIC);
    SetViewportOrgEx(dc, 0, 0, NULL);
    if (framed) SetViewportExtEx(dc, MulDiv(picture->xExt, width, width_mm * 100), MulDiv(picture->yExt, height, height_mm * 100), NULL);
    else SetViewportExtEx(dc, width, height, NULL);
    PlayMetaFile(dc, old);
    DeleteMetaFile(old);
    return CloseEnhMetaFile(dc);
}

/* The old form of an enhanced metafile, in the mapping mode asked for; bytes. What it has no record for is left out. */
UINT WINAPI GetWinMetaFileBits(HENHMETAFILE handle, UINT size, BYTE *out, INT mode, HDC reference)
{
    struct metafile *file = emf_get(handle);
    HDC dc;
    HMETAFILE old;
    UINT done;

    if (!file || mode < MM_TEXT || mode > MM_ANISOTROPIC || !(dc = CreateMetaFileW(NULL))) return FAIL(ERROR_INVALID_PARAMETER);
    const ENHMETAHEADER *header = (const ENHMETAHEADER *)file->data;
    int width = header->rclFrame.right - header->rclFrame.left, height = header->rclFrame.bottom - header->rclFrame.top;
    SetMapMode(dc, mode);
    /* window units: pixels of the device it was recorded on */
    RECT rect = { 0, 0, MulDiv(width, header->szlDevice.cx, header->szlMillimeters.cx * 100), MulDiv(height, header->szlDevice.cy, header->szlMillimeters.cy * 100) };
    SetWindowOrgEx(dc, 0, 0, NULL);
    SetWindowExtEx(dc, rect.right ? rect.right : 1, rect.bottom ? rect.bottom : 1, NULL);
    PlayEnhMetaFile(dc, handle, &rect);
    if (!(old = CloseMetaFile(dc))) return 0;
    done = GetMetaFileBitsEx(old, size, out);
    DeleteMetaFile(old);
    return done;
}
