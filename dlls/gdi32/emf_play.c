/* Enhanced metafiles: playing (MS-EMF). Records are checked to lie within their size before they are used. */
#include "emf.h"

/* The state of one playback, kept behind the handle table that callbacks see. */
struct play {
    XFORM start;             /* what the target had, after the picture was fitted into the rectangle */
    XFORM world;
    int map_mode;
    POINT window_org, viewport_org;
    SIZE window_ext, viewport_ext;
    SIZEL device, millimeters;
    struct play *saved;
    DWORD count;
    HANDLETABLE table;
};

static struct play *play_of(HANDLETABLE *table)
{
    return (struct play *)((char *)table - offsetof(struct play, table));
}

static void update_transform(HDC dc, struct play *play)
{
    double sx = play->map_mode == MM_TEXT ? 1 : (double)play->viewport_ext.cx / play->window_ext.cx;
    double sy = play->map_mode == MM_TEXT ? 1 : (double)play->viewport_ext.cy / play->window_ext.cy;
    XFORM page = { (FLOAT)sx, 0, 0, (FLOAT)sy, (FLOAT)(play->viewport_org.x - play->window_org.x * sx),
                   (FLOAT)(play->viewport_org.y - play->window_org.y * sy) };
    XFORM all;

    CombineTransform(&all, &play->world, &page);
    CombineTransform(&all, &all, &play->start);
    SetWorldTransform(dc, &all);
}

static void set_map_mode(struct play *play, int mode)
{
    int units;

    play->map_mode = mode;
    switch (mode) {
    case MM_LOMETRIC:
    case MM_ISOTROPIC: units = 100; break;
    case MM_HIMETRIC: units = 1000; break;
    case MM_LOENGLISH: units = 394; break;
    case MM_HIENGLISH: units = 3937; break;
    case MM_TWIPS: units = 5669; break;
    case MM_TEXT: play->window_ext = play->viewport_ext = (SIZE){ 1, 1 };
    default: return;
    }
    play->window_ext = (SIZE){ MulDiv(play->millimeters.cx, units, mode == MM_LOENGLISH || mode == MM_HIENGLISH || mode == MM_TWIPS ? 100 : 10),
                               MulDiv(play->millimeters.cy, units, mode == MM_LOENGLISH || mode == MM_HIENGLISH || mode == MM_TWIPS ? 100 : 10) };
    play->viewport_ext = (SIZE){ play->device.cx, -play->device.cy };
    if (!play->window_ext.cx) play->window_ext.cx = 1;
    if (!play->window_ext.cy) play->window_ext.cy = 1;
}

static HGDIOBJ object_of(HANDLETABLE *table, UINT count, DWORD index)
{
    if (index & 0x80000000) return NtGdiGetStockObject(index & 0x7fffffff);
    return index && index < count ? table->objectHandle[index] : NULL;
}

static bool set_object(HANDLETABLE *table, UINT count, DWORD index, HGDIOBJ object)
{
    if (!object || !index || index >= count) {
        if (object) DeleteObject(object);
        return false;
    }
    if (table->objectHandle[index]) DeleteObject(table->objectHandle[index]);
    table->objectHandle[index] = object;
    return true;
}

/* `count` items of `size` bytes lie at an offset of the record. */
static bool lies_within(const ENHMETARECORD *r, ULONGLONG offset, ULONGLONG count, SIZE_T size)
{
    return offset <= r->nSize && count <= (r->nSize - offset) / size;
}

/* Points of a record, of 16 or 32 bits, as 32-bit ones; freed by the caller. */
static POINT *points_of(const ENHMETARECORD *r, SIZE_T offset, DWORD count, bool small)
{
    POINT *points;

    if (!lies_within(r, offset, count, small ? 4 : 8) || !(points = mem_alloc((SIZE_T)count * sizeof(*points) + 1))) return NULL;
    if (!small) {
        memcpy(points, (BYTE *)r + offset, count * sizeof(*points));
    } else {
        const POINTS *from = (const POINTS *)((BYTE *)r + offset);
        for (DWORD i = 0; i < count; i++) points[i] = (POINT){ from[i].x, from[i].y };
    }
    return points;
}

static BOOL play_poly(HDC dc, const ENHMETARECORD *r, ULONG kind, bool small)
{
    bool many = kind == GDI_POLYPOLYGON || kind == GDI_POLYPOLYLINE;
    const DWORD *at = (const DWORD *)((const BYTE *)r + sizeof(EMR) + sizeof(RECTL));
    SIZE_T offset = sizeof(EMR) + sizeof(RECTL);
    DWORD polygons = 1, total;
    const INT *counts;
    POINT *points;

    if (!lies_within(r, offset, many ? 2 : 1, 4)) return FALSE;
    if (many) {
        polygons = at[0], total = at[1], counts = (const INT *)at + 2;
        offset += 8;
        if (!lies_within(r, offset, polygons, 4)) return FALSE;
        offset += (SIZE_T)polygons * 4;
        ULONGLONG sum = 0;
        for (DWORD i = 0; i < polygons; i++) sum += (DWORD)counts[i];
        if (sum != total) return FALSE;
    } else {
        total = at[0], counts = (const INT *)at;
        offset += 4;
    }
    if (!(points = points_of(r, offset, total, small))) return FALSE;
    BOOL done = draw_poly(dc, kind, points, counts, polygons);
    mem_free(points);
    return done;
}

static BOOL play_poly_draw(HDC dc, const ENHMETARECORD *r, bool small)
{
    SIZE_T offset = sizeof(EMR) + sizeof(RECTL) + 4;
    DWORD count = ((DWORD *)r)[6];
    POINT *points = lies_within(r, offset, count, (small ? 4 : 8) + 1) ? points_of(r, offset, count, small) : NULL;
    BOOL done = points && PolyDraw(dc, points, (BYTE *)r + offset + (SIZE_T)count * (small ? 4 : 8), count);

    mem_free(points);
    return done;
}

static BOOL play_text(HDC dc, const ENHMETARECORD *r, bool unicode)
{
    const EMREXTTEXTOUTW *t = (const EMREXTTEXTOUTW *)r;
    const EMRTEXT *text = &t->emrtext;
    RECT rect;

    if (r->nSize < sizeof(*t) || !lies_within(r, text->offString, text->nChars, unicode ? 2 : 1)) return FALSE;
    const INT *dx = text->offDx && lies_within(r, text->offDx, text->nChars, 4) ? (const INT *)((BYTE *)r + text->offDx) : NULL;
    memcpy(&rect, &text->rcl, sizeof(rect));
    const RECT *used = text->fOptions & (ETO_OPAQUE | ETO_CLIPPED) ? &rect : NULL;
    if (text->fOptions & ETO_PDY && dx && !lies_within(r, text->offDx, text->nChars, 8)) dx = NULL;
    if (unicode)
        return ExtTextOutW(dc, text->ptlReference.x, text->ptlReference.y, text->fOptions, used, (WCHAR *)((BYTE *)r + text->offString), text->nChars, dx);
    return ExtTextOutA(dc, text->ptlReference.x, text->ptlReference.y, text->fOptions, used, (char *)r + text->offString, text->nChars, dx);
}

/* A memory DC with the DIB of a record in it. */
static HDC source_dc(const ENHMETARECORD *r, DWORD info_offset, DWORD info_size, DWORD bits_offset, DWORD bits_size, DWORD usage,
                     HBITMAP *bitmap)
{
    const BITMAPINFO *info = (const BITMAPINFO *)((BYTE *)r + info_offset);
    void *bits;
    HDC dc;

    if (!lies_within(r, info_offset, info_size, 1) || !lies_within(r, bits_offset, bits_size, 1) || info_size < sizeof(BITMAPINFOHEADER)) return NULL;
    int height = info->bmiHeader.biHeight < 0 ? -info->bmiHeader.biHeight : info->bmiHeader.biHeight;
    ULONGLONG need = ((ULONGLONG)info->bmiHeader.biWidth * info->bmiHeader.biBitCount + 31) / 32 * 4 * height;
    if (need > bits_size || !(dc = CreateCompatibleDC(NULL))) return NULL;
    if (!(*bitmap = CreateDIBSection(dc, info, usage, &bits, NULL, 0))) {
        DeleteDC(dc);
        return NULL;
    }
    memcpy(bits, (BYTE *)r + bits_offset, (SIZE_T)need);
    SelectObject(dc, *bitmap);
    return dc;
}

static BOOL play_blit(HDC dc, const ENHMETARECORD *record)
{
    const EMRSTRETCHBLT *r = (const EMRSTRETCHBLT *)record;
    bool plain = record->iType == EMR_BITBLT;
    HBITMAP bitmap;
    BOOL done = FALSE;

    if (record->nSize < (plain ? sizeof(EMRBITBLT) : sizeof(*r))) return FALSE;
    if (!r->cbBmiSrc) return PatBlt(dc, r->xDest, r->yDest, r->cxDest, r->cyDest, r->dwRop);
    HDC source = source_dc(record, r->offBmiSrc, r->cbBmiSrc, r->offBitsSrc, r->cbBitsSrc, r->iUsageSrc, &bitmap);
    if (!source) return FALSE;
    SetGraphicsMode(source, GM_ADVANCED);
    SetWorldTransform(source, &r->xformSrc);
    SetBkColor(source, r->crBkColorSrc);
    int width = plain ? r->cxDest : r->cxSrc, height = plain ? r->cyDest : r->cySrc;
    BLENDFUNCTION blend;
    memcpy(&blend, &r->dwRop, sizeof(blend));
    switch (record->iType) {
    case EMR_ALPHABLEND: done = GdiAlphaBlend(dc, r->xDest, r->yDest, r->cxDest, r->cyDest, source, r->xSrc, r->ySrc, width, height, blend); break;
    case EMR_TRANSPARENTBLT:
        done = GdiTransparentBlt(dc, r->xDest, r->yDest, r->cxDest, r->cyDest, source, r->xSrc, r->ySrc, width, height, r->dwRop);
        break;
    default: done = StretchBlt(dc, r->xDest, r->yDest, r->cxDest, r->cyDest, source, r->xSrc, r->ySrc, width, height, r->dwRop);
    }
    DeleteDC(source);
    DeleteObject(bitmap);
    return done;
}

static BOOL play_dib(HDC dc, const ENHMETARECORD *record)
{
    if (record->iType == EMR_STRETCHDIBITS) {
        const EMRSTRETCHDIBITS *r = (const EMRSTRETCHDIBITS *)record;
        if (record->nSize < sizeof(*r)) return FALSE;
        if (!r->cbBmiSrc) return PatBlt(dc, r->xDest, r->yDest, r->cxDest, r->cyDest, r->dwRop);
        if (!lies_within(record, r->offBmiSrc, r->cbBmiSrc, 1) || !lies_within(record, r->offBitsSrc, r->cbBitsSrc, 1)) return FALSE;
        return StretchDIBits(dc, r->xDest, r->yDest, r->cxDest, r->cyDest, r->xSrc, r->ySrc, r->cxSrc, r->cySrc,
                             (BYTE *)record + r->offBitsSrc, (BITMAPINFO *)((BYTE *)record + r->offBmiSrc), r->iUsageSrc, r->dwRop) != 0;
    }
    const EMRSETDIBITSTODEVICE *r = (const EMRSETDIBITSTODEVICE *)record;
    if (record->nSize < sizeof(*r) || !lies_within(record, r->offBmiSrc, r->cbBmiSrc, 1) || !lies_within(record, r->offBitsSrc, r->cbBitsSrc, 1))
        return FALSE;
    return SetDIBitsToDevice(dc, r->xDest, r->yDest, r->cxSrc, r->cySrc, r->xSrc, r->ySrc, r->iStartScan, r->cScans,
                             (BYTE *)record + r->offBitsSrc, (BITMAPINFO *)((BYTE *)record + r->offBmiSrc), r->iUsageSrc) != 0;
}

/* A region of a record: made from its data. */
static HRGN region_of(const ENHMETARECORD *r, SIZE_T offset, DWORD size)
{
    return size && lies_within(r, offset, size, 1) ? ExtCreateRegion(NULL, size, (RGNDATA *)((BYTE *)r + offset)) : NULL;
}

static BOOL play_region(HDC dc, HANDLETABLE *table, UINT count, const ENHMETARECORD *record)
{
    const EMRFRAMERGN *r = (const EMRFRAMERGN *)record; /* size of the data, brush, width and height */
    DWORD size = r->cbRgnData;
    HRGN region;
    BOOL done = FALSE;

    switch (record->iType) {
    case EMR_FILLRGN: region = region_of(record, offsetof(EMRFILLRGN, RgnData), size); break;
    case EMR_FRAMERGN: region = region_of(record, offsetof(EMRFRAMERGN, RgnData), size); break;
    default: region = region_of(record, offsetof(EMRINVERTRGN, RgnData), size);
    }
    if (!region) return FALSE;
    switch (record->iType) {
    case EMR_FILLRGN: done = FillRgn(dc, region, object_of(table, count, r->ihBrush)); break;
    case EMR_FRAMERGN: done = FrameRgn(dc, region, object_of(table, count, r->ihBrush), r->szlStroke.cx, r->szlStroke.cy); break;
    case EMR_INVERTRGN: done = InvertRgn(dc, region); break;
    default: done = PaintRgn(dc, region);
    }
    DeleteObject(region);
    return done;
}

static HPEN ext_pen(const EMREXTCREATEPEN *r)
{
    const DWORD *pen = (const DWORD *)&r->elp;
    LOGBRUSH brush = { pen[2], pen[3], pen[4] };

    if (!lies_within((const ENHMETARECORD *)r, (const BYTE *)(pen + 6) - (const BYTE *)r, pen[5], 4)) return NULL;
    if (brush.lbStyle != BS_SOLID && brush.lbStyle != BS_HATCHED) brush.lbStyle = BS_SOLID;
    return ExtCreatePen(pen[0], pen[1], &brush, pen[5], pen[5] ? pen + 6 : NULL);
}

static HBRUSH dib_brush(const ENHMETARECORD *record)
{
    const EMRCREATEDIBPATTERNBRUSHPT *r = (const EMRCREATEDIBPATTERNBRUSHPT *)record;
    HBITMAP bitmap;
    HDC dc = record->nSize >= sizeof(*r) ? source_dc(record, r->offBmi, r->cbBmi, r->offBits, r->cbBits, r->iUsage, &bitmap) : NULL;
    HBRUSH brush = dc ? CreatePatternBrush(bitmap) : NULL;

    if (dc) {
        DeleteDC(dc);
        DeleteObject(bitmap);
    }
    return brush;
}

static BOOL play_state(HDC dc, struct play *play, const ENHMETARECORD *r)
{
    const DWORD *p = r->dParm;
    const INT *i = (const INT *)p;

    switch (r->iType) {
    case EMR_SETWINDOWORGEX: play->window_org = (POINT){ i[0], i[1] }; break;
    case EMR_SETWINDOWEXTEX:
        if (i[0] && i[1]) play->window_ext = (SIZE){ i[0], i[1] };
        break;
    case EMR_SETVIEWPORTORGEX: play->viewport_org = (POINT){ i[0], i[1] }; break;
    case EMR_SETVIEWPORTEXTEX:
        if (i[0] && i[1]) play->viewport_ext = (SIZE){ i[0], i[1] };
        break;
    case EMR_SCALEWINDOWEXTEX:
        if (i[1] && i[3]) play->window_ext = (SIZE){ MulDiv(play->window_ext.cx, i[0], i[1]), MulDiv(play->window_ext.cy, i[2], i[3]) };
        break;
    case EMR_SCALEVIEWPORTEXTEX:
        if (i[1] && i[3]) play->viewport_ext = (SIZE){ MulDiv(play->viewport_ext.cx, i[0], i[1]), MulDiv(play->viewport_ext.cy, i[2], i[3]) };
        break;
    case EMR_SETMAPMODE: set_map_mode(play, i[0]); break;
    case EMR_SETWORLDTRANSFORM: memcpy(&play->world, p, sizeof(XFORM)); break;
    case EMR_MODIFYWORLDTRANSFORM: {
        static const XFORM identity = { 1, 0, 0, 1, 0, 0 };
        XFORM x;
        memcpy(&x, p, sizeof(x));
        if (p[6] == MWT_IDENTITY) play->world = identity;
        else if (p[6] == MWT_LEFTMULTIPLY) CombineTransform(&play->world, &x, &play->world);
        else if (p[6] == MWT_RIGHTMULTIPLY) CombineTransform(&play->world, &play->world, &x);
        break;
    }
    }
    if (!play->window_ext.cx) play->window_ext.cx = 1;
    if (!play->window_ext.cy) play->window_ext.cy = 1;
    update_transform(dc, play);
    return TRUE;
}

static void save_state(struct play *play)
{
    struct play *saved = mem_alloc(sizeof(*saved));

    if (!saved) return;
    memcpy(saved, play, offsetof(struct play, count));
    play->saved = saved;
}

static void restore_state(struct play *play, int level)
{
    while (level++ < 0 && play->saved) {
        struct play *saved = play->saved;
        memcpy(play, saved, offsetof(struct play, count));
        mem_free(saved);
    }
}

/* Fewest DWORDs of parameters that the fixed records have, which are read without looking again. */
static UINT least_parameters(DWORD type)
{
    switch (type) {
    case EMR_SETWORLDTRANSFORM: return 6;
    case EMR_MODIFYWORLDTRANSFORM: return 7;
    case EMR_ELLIPSE:
    case EMR_RECTANGLE:
    case EMR_INTERSECTCLIPRECT:
    case EMR_EXCLUDECLIPRECT:
    case EMR_SCALEVIEWPORTEXTEX:
    case EMR_SCALEWINDOWEXTEX:
    case EMR_EXTFLOODFILL: return 4;
    case EMR_ROUNDRECT: return 6;
    case EMR_ARC:
    case EMR_ARCTO:
    case EMR_CHORD:
    case EMR_PIE: return 8;
    case EMR_ANGLEARC:
    case EMR_CREATEPEN: return 5;
    case EMR_CREATEBRUSHINDIRECT: return 4;
    case EMR_SETPIXELV: return 3;
    case EMR_LINETO:
    case EMR_MOVETOEX:
    case EMR_SETWINDOWORGEX:
    case EMR_SETWINDOWEXTEX:
    case EMR_SETVIEWPORTORGEX:
    case EMR_SETVIEWPORTEXTEX:
    case EMR_SETBRUSHORGEX:
    case EMR_OFFSETCLIPRGN:
    case EMR_RESIZEPALETTE:
    case EMR_EXTSELECTCLIPRGN: return 2;
    case EMR_POLYDRAW:
    case EMR_POLYDRAW16:
    case EMR_FILLRGN:
    case EMR_FRAMERGN:
    case EMR_INVERTRGN:
    case EMR_PAINTRGN: return 6;
    case EMR_EXTCREATEPEN: return 10;
    case EMR_CREATEPALETTE: return 2;
    case EMR_EXTCREATEFONTINDIRECTW: return 1 + sizeof(LOGFONTW) / 4;
    case EMR_HEADER:
    case EMR_EOF:
    case EMR_SETMETARGN:
    case EMR_SAVEDC:
    case EMR_REALIZEPALETTE:
    case EMR_BEGINPATH:
    case EMR_ENDPATH:
    case EMR_CLOSEFIGURE:
    case EMR_FLATTENPATH:
    case EMR_WIDENPATH:
    case EMR_ABORTPATH:
    case EMR_FILLPATH:
    case EMR_STROKEPATH:
    case EMR_STROKEANDFILLPATH:
    case EMR_GDICOMMENT: return 0;
    }
    return 1;
}

BOOL WINAPI PlayEnhMetaFileRecord(HDC dc, HANDLETABLE *table, const ENHMETARECORD *r, UINT count)
{
    struct play *play = play_of(table);
    const DWORD *p = r->dParm;
    const INT *i = (const INT *)p;

    if (r->nSize < sizeof(EMR) + least_parameters(r->iType) * 4) return FALSE;
    switch (r->iType) {
    case EMR_HEADER:
    case EMR_EOF:
    case EMR_GDICOMMENT:
    case EMR_SETCOLORADJUSTMENT:
    case EMR_SETMAPPERFLAGS:
    case EMR_REALIZEPALETTE: return TRUE;
    case EMR_SETWINDOWORGEX:
    case EMR_SETWINDOWEXTEX:
    case EMR_SETVIEWPORTORGEX:
    case EMR_SETVIEWPORTEXTEX:
    case EMR_SCALEWINDOWEXTEX:
    case EMR_SCALEVIEWPORTEXTEX:
    case EMR_SETMAPMODE:
    case EMR_SETWORLDTRANSFORM:
    case EMR_MODIFYWORLDTRANSFORM: return play_state(dc, play, r);
    case EMR_SAVEDC:
        save_state(play);
        return SaveDC(dc) != 0;
    case EMR_RESTOREDC:
        restore_state(play, i[0]);
        return i[0] < 0 && RestoreDC(dc, i[0]);
    case EMR_SETBKMODE: return SetBkMode(dc, p[0]) != 0;
    case EMR_SETROP2: return SetROP2(dc, p[0]) != 0;
    case EMR_SETPOLYFILLMODE: return SetPolyFillMode(dc, p[0]) != 0;
    case EMR_SETSTRETCHBLTMODE: return SetStretchBltMode(dc, p[0]) != 0;
    case EMR_SETTEXTALIGN: return SetTextAlign(dc, p[0]) != GDI_ERROR;
    case EMR_SETTEXTCOLOR: return SetTextColor(dc, p[0]) != CLR_INVALID;
    case EMR_SETBKCOLOR: return SetBkColor(dc, p[0]) != CLR_INVALID;
    case EMR_SETARCDIRECTION: return SetArcDirection(dc, p[0]) != 0;
    case EMR_SETLAYOUT: return SetLayout(dc, p[0]) != GDI_ERROR;
    case EMR_SETICMMODE: return SetICMMode(dc, p[0]) != 0;
    case EMR_SETMITERLIMIT: return SetMiterLimit(dc, *(FLOAT *)p, NULL);
    case EMR_SETBRUSHORGEX: return SetBrushOrgEx(dc, i[0], i[1], NULL);
    case EMR_MOVETOEX: return MoveToEx(dc, i[0], i[1], NULL);
    case EMR_LINETO: return LineTo(dc, i[0], i[1]);
    case EMR_SETMETARGN: return SetMetaRgn(dc) != ERROR;
    case EMR_INTERSECTCLIPRECT: return IntersectClipRect(dc, i[0], i[1], i[2], i[3]) != ERROR;
    case EMR_EXCLUDECLIPRECT: return ExcludeClipRect(dc, i[0], i[1], i[2], i[3]) != ERROR;
    case EMR_OFFSETCLIPRGN: return OffsetClipRgn(dc, i[0], i[1]) != ERROR;
    case EMR_EXTSELECTCLIPRGN: {
        HRGN region = region_of(r, sizeof(EMR) + 8, p[0]);
        if (!region && p[1] != RGN_COPY) return FALSE;
        if (region) { /* recorded in device units of the recorder: follow the picture */
            DWORD size = GetRegionData(region, 0, NULL);
            RGNDATA *data = mem_alloc(size);
            XFORM all;
            if (data && GetRegionData(region, size, data) && NtGdiGetTransform(dc, 0x204, &all)) {
                HRGN moved = ExtCreateRegion(&play->start, size, data);
                if (moved) DeleteObject(region), region = moved;
            }
            mem_free(data);
        }
        BOOL done = ExtSelectClipRgn(dc, region, p[1]) != ERROR;
        if (region) DeleteObject(region);
        return done;
    }
    case EMR_SELECTCLIPPATH: return SelectClipPath(dc, p[0]);
    /* boxes are inclusive in the record, while GM_ADVANCED draws both edges too */
    case EMR_ELLIPSE: return Ellipse(dc, i[0], i[1], i[2], i[3]);
    case EMR_RECTANGLE: return Rectangle(dc, i[0], i[1], i[2], i[3]);
    case EMR_ROUNDRECT: return RoundRect(dc, i[0], i[1], i[2], i[3], i[4], i[5]);
    case EMR_ARC: return Arc(dc, i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]);
    case EMR_ARCTO: return ArcTo(dc, i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]);
    case EMR_CHORD: return Chord(dc, i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]);
    case EMR_PIE: return Pie(dc, i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7]);
    case EMR_ANGLEARC: return AngleArc(dc, i[0], i[1], p[2], *(FLOAT *)&p[3], *(FLOAT *)&p[4]);
    case EMR_SETPIXELV: return SetPixelV(dc, i[0], i[1], p[2]);
    case EMR_EXTFLOODFILL: return ExtFloodFill(dc, i[0], i[1], p[2], p[3]);
    case EMR_POLYGON: return play_poly(dc, r, GDI_POLYGON, false);
    case EMR_POLYGON16: return play_poly(dc, r, GDI_POLYGON, true);
    case EMR_POLYLINE: return play_poly(dc, r, GDI_POLYLINE, false);
    case EMR_POLYLINE16: return play_poly(dc, r, GDI_POLYLINE, true);
    case EMR_POLYLINETO: return play_poly(dc, r, GDI_POLYLINE_TO, false);
    case EMR_POLYLINETO16: return play_poly(dc, r, GDI_POLYLINE_TO, true);
    case EMR_POLYBEZIER: return play_poly(dc, r, GDI_POLYBEZIER, false);
    case EMR_POLYBEZIER16: return play_poly(dc, r, GDI_POLYBEZIER, true);
    case EMR_POLYBEZIERTO: return play_poly(dc, r, GDI_POLYBEZIER_TO, false);
    case EMR_POLYBEZIERTO16: return play_poly(dc, r, GDI_POLYBEZIER_TO, true);
    case EMR_POLYPOLYGON: return play_poly(dc, r, GDI_POLYPOLYGON, false);
    case EMR_POLYPOLYGON16: return play_poly(dc, r, GDI_POLYPOLYGON, true);
    case EMR_POLYPOLYLINE: return play_poly(dc, r, GDI_POLYPOLYLINE, false);
    case EMR_POLYPOLYLINE16: return play_poly(dc, r, GDI_POLYPOLYLINE, true);
    case EMR_POLYDRAW: return play_poly_draw(dc, r, false);
    case EMR_POLYDRAW16: return play_poly_draw(dc, r, true);
    case EMR_BEGINPATH: return BeginPath(dc);
    case EMR_ENDPATH: return EndPath(dc);
    case EMR_ABORTPATH: return AbortPath(dc);
    case EMR_CLOSEFIGURE: return CloseFigure(dc);
    case EMR_FILLPATH: return FillPath(dc);
    case EMR_STROKEPATH: return StrokePath(dc);
    case EMR_STROKEANDFILLPATH: return StrokeAndFillPath(dc);
    case EMR_FLATTENPATH: return FlattenPath(dc);
    case EMR_WIDENPATH: return WidenPath(dc);
    case EMR_FILLRGN:
    case EMR_FRAMERGN:
    case EMR_INVERTRGN:
    case EMR_PAINTRGN: return play_region(dc, table, count, r);
    case EMR_EXTTEXTOUTW: return play_text(dc, r, true);
    case EMR_EXTTEXTOUTA: return play_text(dc, r, false);
    case EMR_BITBLT:
    case EMR_STRETCHBLT:
    case EMR_ALPHABLEND:
    case EMR_TRANSPARENTBLT: return play_blit(dc, r);
    case EMR_STRETCHDIBITS:
    case EMR_SETDIBITSTODEVICE: return play_dib(dc, r);
    case EMR_GRADIENTFILL: {
        const EMRGRADIENTFILL *g = (const EMRGRADIENTFILL *)r;
        SIZE_T head = offsetof(EMRGRADIENTFILL, Ver), per = g->ulMode == GRADIENT_FILL_TRIANGLE ? 12 : 8;
        if (r->nSize < head || !lies_within(r, head, g->nVer, sizeof(TRIVERTEX)) ||
            !lies_within(r, head + (ULONGLONG)g->nVer * sizeof(TRIVERTEX), g->nTri, per))
            return FALSE;
        return GdiGradientFill(dc, (TRIVERTEX *)g->Ver, g->nVer, (void *)(g->Ver + g->nVer), g->nTri, g->ulMode);
    }
    case EMR_SELECTOBJECT: {
        HGDIOBJ object = object_of(table, count, p[0]);
        return object && SelectObject(dc, object);
    }
    case EMR_SELECTPALETTE: {
        HGDIOBJ object = object_of(table, count, p[0]);
        return object && SelectPalette(dc, object, TRUE);
    }
    case EMR_DELETEOBJECT: {
        HGDIOBJ object = p[0] & 0x80000000 ? NULL : object_of(table, count, p[0]);
        if (!object) return FALSE;
        table->objectHandle[p[0]] = NULL;
        return DeleteObject(object);
    }
    case EMR_CREATEPEN: return set_object(table, count, p[0], CreatePenIndirect((const LOGPEN *)(p + 1)));
    case EMR_EXTCREATEPEN: return set_object(table, count, p[0], ext_pen((const EMREXTCREATEPEN *)r));
    case EMR_CREATEBRUSHINDIRECT: {
        LOGBRUSH brush = { p[1], p[2], p[3] };
        if (brush.lbStyle > BS_HATCHED) return FALSE; /* others would hold a pointer */
        return set_object(table, count, p[0], CreateBrushIndirect(&brush));
    }
    case EMR_CREATEMONOBRUSH:
    case EMR_CREATEDIBPATTERNBRUSHPT: return set_object(table, count, p[0], dib_brush(r));
    case EMR_EXTCREATEFONTINDIRECTW: return set_object(table, count, p[0], CreateFontIndirectW((const LOGFONTW *)(p + 1)));
    case EMR_CREATEPALETTE: {
        const LOGPALETTE *palette = (const LOGPALETTE *)(p + 1);
        if (!lies_within(r, 16, palette->palNumEntries, sizeof(PALETTEENTRY))) return FALSE;
        return set_object(table, count, p[0], CreatePalette(palette));
    }
    case EMR_RESIZEPALETTE: return ResizePalette(object_of(table, count, p[0]), p[1]);
    }
    return FALSE; /* colour spaces, OpenGL, escapes: nothing of ours */
}

/* ---- the whole ---- */

static int CALLBACK play_record(HDC dc, HANDLETABLE *table, const ENHMETARECORD *record, int count, LPARAM param)
{
    PlayEnhMetaFileRecord(dc, table, record, count);
    return TRUE;
}

/* The picture's frame becomes `rect` (logical); with no DC the records are only shown to the callback. */
BOOL WINAPI EnumEnhMetaFile(HDC dc, HENHMETAFILE handle, ENHMFENUMPROC callback, void *param, const RECT *rect)
{
    struct metafile *file = emf_get(handle);
    struct play *play;
    BOOL result = TRUE;

    if (!file) return FAIL(ERROR_INVALID_HANDLE);
    if (dc && !rect) return FAIL(ERROR_INVALID_PARAMETER);
    const ENHMETAHEADER *header = (const ENHMETAHEADER *)file->data;
    UINT count = header->nHandles ? header->nHandles : 1;
    SIZE_T size = sizeof(*play) + count * sizeof(HGDIOBJ);
    if (!(play = mem_alloc(size))) return FAIL(ERROR_NOT_ENOUGH_MEMORY);
    memset(play, 0, size);
    play->table.objectHandle[0] = handle;
    play->world = (XFORM){ 1, 0, 0, 1, 0, 0 };
    play->start = play->world;
    play->map_mode = MM_TEXT;
    play->window_ext = play->viewport_ext = (SIZE){ 1, 1 };
    play->device = header->szlDevice;
    play->millimeters = header->szlMillimeters;
    if (!play->device.cx || !play->device.cy || !play->millimeters.cx || !play->millimeters.cy)
        play->device = (SIZEL){ 1024, 768 }, play->millimeters = (SIZEL){ 270, 203 };
    int saved = dc ? SaveDC(dc) : 0;
    if (dc) {
        XFORM before = play->world, fit;
        double px = (double)play->device.cx / play->millimeters.cx / 100, py = (double)play->device.cy / play->millimeters.cy / 100;
        double left = header->rclFrame.left * px, top = header->rclFrame.top * py;
        double width = (header->rclFrame.right - header->rclFrame.left) * px, height = (header->rclFrame.bottom - header->rclFrame.top) * py;
        double sx = width ? (rect->right - rect->left) / width : 1, sy = height ? (rect->bottom - rect->top) / height : 1;
        if (GetGraphicsMode(dc) == GM_ADVANCED) GetWorldTransform(dc, &before);
        SetGraphicsMode(dc, GM_ADVANCED);
        fit = (XFORM){ (FLOAT)sx, 0, 0, (FLOAT)sy, (FLOAT)(rect->left - left * sx), (FLOAT)(rect->top - top * sy) };
        CombineTransform(&play->start, &fit, &before);
        update_transform(dc, play);
        SelectObject(dc, GetStockObject(BLACK_PEN));
        SelectObject(dc, GetStockObject(WHITE_BRUSH));
        SelectObject(dc, GetStockObject(DEVICE_DEFAULT_FONT));
        SetBkMode(dc, OPAQUE);
        SetROP2(dc, R2_COPYPEN);
        SetPolyFillMode(dc, ALTERNATE);
        SetTextAlign(dc, 0);
        SetTextColor(dc, 0);
        SetBkColor(dc, 0xffffff);
        SetArcDirection(dc, AD_COUNTERCLOCKWISE);
        SetStretchBltMode(dc, BLACKONWHITE);
    }
    for (SIZE_T at = 0; at + sizeof(EMR) <= header->nBytes && result;) {
        const ENHMETARECORD *record = (const ENHMETARECORD *)(file->data + at);
        result = callback(dc, &play->table, record, count, (LPARAM)param);
        if (record->iType == EMR_EOF) break;
        at += record->nSize;
    }
    if (dc) {
        if (GetGraphicsMode(dc) == GM_ADVANCED) ModifyWorldTransform(dc, NULL, MWT_IDENTITY);
        RestoreDC(dc, saved);
    }
    for (UINT i = 1; i < count; i++)
        if (play->table.objectHandle[i]) DeleteObject(play->table.objectHandle[i]);
    restore_state(play, -0x7fffffff);
    mem_free(play);
    return result;
}

BOOL WINAPI PlayEnhMetaFile(HDC dc, HENHMETAFILE handle, const RECT *rect)
{
    return EnumEnhMetaFile(dc, handle, play_record, NULL, rect);
}
