/* Enhanced metafiles: recording (MS-EMF). */
#include "emf.h"

#define VARIABLE(type, field) ((SIZE_T)offsetof(type, field))

struct emf *emf_of(HDC dc)
{
    return is_emf(dc) ? (struct emf *)NtGdiGetClientObj(dc) : NULL;
}

void *emf_record(struct emf *emf, DWORD type, SIZE_T size)
{
    EMR *record;

    size = (size + 3) & ~(SIZE_T)3;
    if (emf->size + size > emf->room) {
        SIZE_T room = (emf->size + size) * 2;
        BYTE *larger = mem_resize(emf->data, room);
        if (!larger) {
            emf->failed = true;
            return NULL;
        }
        emf->data = larger;
        emf->room = room;
    }
    record = (EMR *)(emf->data + emf->size);
    memset(record, 0, size);
    record->iType = type;
    record->nSize = (DWORD)size;
    emf->size += size;
    emf->records++;
    return record;
}

RECTL emf_bounds(HDC dc, struct emf *emf, const POINT *points, DWORD count)
{
    RECTL r = { 0, 0, -1, -1 };
    struct gdi_object_info info;
    int grow = 0;

    if (NtGdiGetObjectInfo(NtGdiGetCurrentObject(dc, OBJ_PEN), &info)) grow = info.pen.width / 2;
    for (DWORD i = 0; i < count; i++) {
        POINT p = points[i];
        NtGdiTransformPoints(dc, &p, 1, FALSE);
        if (!i || p.x - grow < r.left) r.left = p.x - grow;
        if (!i || p.y - grow < r.top) r.top = p.y - grow;
        if (!i || p.x + grow > r.right) r.right = p.x + grow;
        if (!i || p.y + grow > r.bottom) r.bottom = p.y + grow;
    }
    if (r.left > r.right || r.top > r.bottom) return r;
    if (!emf->bounded) {
        emf->bounds = r;
        emf->bounded = true;
    } else {
        if (r.left < emf->bounds.left) emf->bounds.left = r.left;
        if (r.top < emf->bounds.top) emf->bounds.top = r.top;
        if (r.right > emf->bounds.right) emf->bounds.right = r.right;
        if (r.bottom > emf->bounds.bottom) emf->bounds.bottom = r.bottom;
    }
    return r;
}

/* ---- objects ---- */

static bool add_dib_brush(HDC dc, struct emf *emf, DWORD index, const struct gdi_object_info *brush)
{
    struct { BITMAPINFOHEADER header; RGBQUAD colors[256]; } info = { .header = { .biSize = sizeof(BITMAPINFOHEADER) } };
    HBITMAP bitmap = (HBITMAP)(ULONG_PTR)brush->brush.hatch;
    HDC memory = NtGdiCreateCompatibleDC(NULL);
    EMRCREATEDIBPATTERNBRUSHPT *record = NULL;

    if (memory && brush->brush.style == BS_PATTERN && GetDIBits(memory, bitmap, 0, 0, NULL, (BITMAPINFO *)&info, DIB_RGB_COLORS)) {
        int height = info.header.biHeight;
        if (info.header.biBitCount > 8) info.header.biBitCount = 24, info.header.biCompression = BI_RGB;
        SIZE_T colors = info.header.biBitCount <= 8 ? 4u << info.header.biBitCount : 0, head = sizeof(BITMAPINFOHEADER) + colors;
        SIZE_T bits = ((SIZE_T)info.header.biWidth * info.header.biBitCount + 31) / 32 * 4 * height;
        info.header.biClrUsed = 0;
        if ((record = emf_record(emf, info.header.biBitCount == 1 ? EMR_CREATEMONOBRUSH : EMR_CREATEDIBPATTERNBRUSHPT, sizeof(*record) + head + bits))) {
            BYTE *at = (BYTE *)(record + 1);
            record->ihBrush = index;
            record->iUsage = DIB_RGB_COLORS;
            record->offBmi = sizeof(*record), record->cbBmi = (DWORD)head;
            record->offBits = (DWORD)(sizeof(*record) + head), record->cbBits = (DWORD)bits;
            GetDIBits(memory, bitmap, 0, height, at + head, (BITMAPINFO *)&info, DIB_RGB_COLORS);
            memcpy(at, &info, head);
        }
    }
    if (memory) NtGdiDeleteDC(memory);
    return record != NULL;
}

static bool add_object(HDC dc, struct emf *emf, HGDIOBJ object, DWORD index)
{
    struct gdi_object_info info;

    if (!NtGdiGetObjectInfo(object, &info)) return false;
    switch (info.type) {
    case TYPE_PEN: {
        EMRCREATEPEN *r = emf_record(emf, EMR_CREATEPEN, sizeof(*r));
        if (!r) return false;
        r->ihPen = index;
        r->lopn = (LOGPEN){ info.pen.style, { info.pen.width, info.pen.height }, info.pen.color };
        return true;
    }
    case TYPE_EXTPEN: {
        DWORD dashes = info.pen.dash_count;
        EMREXTCREATEPEN *r = emf_record(emf, EMR_EXTCREATEPEN, sizeof(*r) + dashes * sizeof(DWORD));
        if (!r) return false;
        r->ihPen = index;
        /* EXTLOGPEN with a hatch of 32 bits, as files have it */
        DWORD *pen = (DWORD *)&r->elp;
        pen[0] = info.pen.style, pen[1] = info.pen.width, pen[2] = info.pen.brush_style, pen[3] = info.pen.color;
        pen[4] = (DWORD)info.pen.hatch, pen[5] = dashes;
        memcpy(pen + 6, info.pen.dashes, dashes * sizeof(DWORD));
        return true;
    }
    case TYPE_BRUSH: {
        if (info.brush.style != BS_SOLID && info.brush.style != BS_HATCHED && info.brush.style != BS_NULL)
            return add_dib_brush(dc, emf, index, &info);
        EMRCREATEBRUSHINDIRECT *r = emf_record(emf, EMR_CREATEBRUSHINDIRECT, sizeof(*r));
        if (!r) return false;
        r->ihBrush = index;
        r->lb.lbStyle = info.brush.style;
        r->lb.lbColor = info.brush.color;
        r->lb.lbHatch = (ULONG)info.brush.hatch;
        return true;
    }
    case TYPE_FONT: {
        EMREXTCREATEFONTINDIRECTW *r = emf_record(emf, EMR_EXTCREATEFONTINDIRECTW, sizeof(*r));
        if (!r) return false;
        r->ihFont = index;
        r->elfw.elfLogFont = info.font;
        r->elfw.elfCulture = 0;
        return true;
    }
    case TYPE_PALETTE: {
        DWORD count = info.palette_count;
        EMRCREATEPALETTE *r = emf_record(emf, EMR_CREATEPALETTE, sizeof(*r) + count * sizeof(PALETTEENTRY));
        if (!r) return false;
        r->ihPal = index;
        r->lgpl.palVersion = 0x300;
        r->lgpl.palNumEntries = (WORD)count;
        NtGdiDoPalette(object, 0, count, r->lgpl.palPalEntry, 1);
        return true;
    }
    }
    return false;
}

DWORD emf_object(HDC dc, struct emf *emf, HGDIOBJ object)
{
    for (int i = 0; i <= STOCK_LAST; i++)
        if (NtGdiGetStockObject(i) == object) return 0x80000000 | i;
    for (DWORD i = 1; i < emf->handles; i++)
        if (emf->objects[i] == object) return i;
    if (emf->handles == emf->object_room) {
        DWORD room = emf->object_room * 2;
        HGDIOBJ *larger = mem_resize(emf->objects, room * sizeof(*larger));
        if (!larger) return 0;
        emf->objects = larger;
        emf->object_room = room;
    }
    if (!add_object(dc, emf, object, emf->handles)) return 0;
    emf->objects[emf->handles] = object;
    return emf->handles++;
}

bool emf_select(HDC dc, HGDIOBJ object)
{
    struct emf *emf = emf_of(dc);
    DWORD index = emf ? emf_object(dc, emf, object) : 0;
    EMRSELECTOBJECT *r = index ? emf_record(emf, handle_type(object) == TYPE_PALETTE ? EMR_SELECTPALETTE : EMR_SELECTOBJECT, sizeof(*r)) : NULL;

    if (r) r->ihObject = index;
    return r != NULL;
}

/* ---- state ---- */

bool emf_simple(HDC dc, DWORD type, int count, ...)
{
    struct emf *emf = emf_of(dc);
    DWORD *r = emf ? emf_record(emf, type, sizeof(EMR) + count * sizeof(DWORD)) : NULL;
    va_list list;

    if (!r) return false;
    va_start(list, count);
    for (int i = 0; i < count; i++) r[2 + i] = va_arg(list, DWORD);
    va_end(list);
    return true;
}

bool emf_value(HDC dc, UINT which, DWORD value)
{
    static const BYTE types[GDI_DC_VALUES] = {
        [GDI_DC_TEXT_COLOR] = EMR_SETTEXTCOLOR, [GDI_DC_BK_COLOR] = EMR_SETBKCOLOR, [GDI_DC_BK_MODE] = EMR_SETBKMODE,
        [GDI_DC_ROP2] = EMR_SETROP2, [GDI_DC_FILL_MODE] = EMR_SETPOLYFILLMODE, [GDI_DC_STRETCH_MODE] = EMR_SETSTRETCHBLTMODE,
        [GDI_DC_TEXT_ALIGN] = EMR_SETTEXTALIGN, [GDI_DC_ARC_DIRECTION] = EMR_SETARCDIRECTION, [GDI_DC_MAP_MODE] = EMR_SETMAPMODE,
        [GDI_DC_LAYOUT] = EMR_SETLAYOUT, [GDI_DC_MAPPER_FLAGS] = EMR_SETMAPPERFLAGS, [GDI_DC_ICM_MODE] = EMR_SETICMMODE,
        [GDI_DC_MITER_LIMIT] = EMR_SETMITERLIMIT,
    };
    return !types[which] || emf_simple(dc, types[which], 1, value);
}

bool emf_point(HDC dc, UINT which, int x, int y)
{
    static const BYTE types[GDI_DC_POINTS] = {
        [GDI_DC_POSITION] = EMR_MOVETOEX, [GDI_DC_BRUSH_ORG] = EMR_SETBRUSHORGEX, [GDI_DC_WINDOW_ORG] = EMR_SETWINDOWORGEX,
        [GDI_DC_WINDOW_EXT] = EMR_SETWINDOWEXTEX, [GDI_DC_VIEWPORT_ORG] = EMR_SETVIEWPORTORGEX, [GDI_DC_VIEWPORT_EXT] = EMR_SETVIEWPORTEXTEX,
    };
    return !types[which] || emf_simple(dc, types[which], 2, x, y);
}

bool emf_transform(HDC dc, const XFORM *transform, DWORD mode)
{
    struct emf *emf = emf_of(dc);
    static const XFORM identity = { 1, 0, 0, 1, 0, 0 };
    EMRMODIFYWORLDTRANSFORM *r = emf ? emf_record(emf, mode == 4 ? EMR_SETWORLDTRANSFORM : EMR_MODIFYWORLDTRANSFORM,
                                                  mode == 4 ? sizeof(EMRSETWORLDTRANSFORM) : sizeof(*r)) : NULL;

    if (!r) return false;
    r->xform = transform ? *transform : identity;
    if (mode != 4) r->iMode = mode;
    return true;
}

/* ---- drawing ---- */

bool emf_shape(HDC dc, ULONG shape, int left, int top, int right, int bottom, int width, int height)
{
    struct emf *emf = emf_of(dc);
    POINT corners[2] = { { left, top }, { right - 1, bottom - 1 } };

    if (emf && GetGraphicsMode(dc) == GM_ADVANCED) right++, bottom++; /* both edges are drawn then; records have them inside */
    if (!emf || left == right || top == bottom) return emf != NULL;
    emf_bounds(dc, emf, corners, 2);
    if (shape == GDI_SHAPE_ROUND_RECT) return emf_simple(dc, EMR_ROUNDRECT, 6, left, top, right - 1, bottom - 1, width, height);
    return emf_simple(dc, shape == GDI_SHAPE_ELLIPSE ? EMR_ELLIPSE : EMR_RECTANGLE, 4, left, top, right - 1, bottom - 1);
}

bool emf_arc(HDC dc, ULONG shape, const INT *b)
{
    static const BYTE types[] = { [GDI_SHAPE_ARC] = EMR_ARC, [GDI_SHAPE_CHORD] = EMR_CHORD, [GDI_SHAPE_PIE] = EMR_PIE, [GDI_SHAPE_ARC_TO] = EMR_ARCTO };
    struct emf *emf = emf_of(dc);
    POINT corners[2] = { { b[0], b[1] }, { b[2] - 1, b[3] - 1 } };

    if (!emf) return false;
    emf_bounds(dc, emf, corners, 2);
    return emf_simple(dc, types[shape], 8, b[0], b[1], b[2] - 1, b[3] - 1, b[4], b[5], b[6], b[7]);
}

/* Points of 16 bits where they fit, as Windows writes them. */
bool emf_poly(HDC dc, ULONG kind, const POINT *points, const INT *counts, int polygons)
{
    static const BYTE types[7][2] = {
        [GDI_POLYGON] = { EMR_POLYGON, EMR_POLYGON16 }, [GDI_POLYLINE] = { EMR_POLYLINE, EMR_POLYLINE16 },
        [GDI_POLYLINE_TO] = { EMR_POLYLINETO, EMR_POLYLINETO16 }, [GDI_POLYBEZIER] = { EMR_POLYBEZIER, EMR_POLYBEZIER16 },
        [GDI_POLYBEZIER_TO] = { EMR_POLYBEZIERTO, EMR_POLYBEZIERTO16 }, [GDI_POLYPOLYGON] = { EMR_POLYPOLYGON, EMR_POLYPOLYGON16 },
        [GDI_POLYPOLYLINE] = { EMR_POLYPOLYLINE, EMR_POLYPOLYLINE16 },
    };
    struct emf *emf = emf_of(dc);
    bool many = kind == GDI_POLYPOLYGON || kind == GDI_POLYPOLYLINE, small = true;
    DWORD total = 0;

    if (!emf || polygons <= 0) return false;
    for (int i = 0; i < polygons; i++) {
        if (counts[i] < 0) return false;
        total += counts[i];
    }
    for (DWORD i = 0; i < total; i++) small &= points[i].x == (SHORT)points[i].x && points[i].y == (SHORT)points[i].y;
    SIZE_T head = sizeof(EMR) + sizeof(RECTL) + (many ? 8 + 4 * polygons : 4);
    RECTL bounds = emf_bounds(dc, emf, points, total);
    BYTE *r = emf_record(emf, types[kind][small], head + (SIZE_T)total * (small ? 4 : 8));
    if (!r) return false;
    memcpy(r + sizeof(EMR), &bounds, sizeof(bounds));
    DWORD *at = (DWORD *)(r + sizeof(EMR) + sizeof(RECTL));
    if (many) {
        *at++ = polygons;
        *at++ = total;
        memcpy(at, counts, polygons * sizeof(*counts));
        at += polygons;
    } else {
        *at++ = total;
    }
    if (!small) {
        memcpy(at, points, total * sizeof(*points));
    } else {
        POINTS *to = (POINTS *)at;
        for (DWORD i = 0; i < total; i++) to[i] = (POINTS){ (SHORT)points[i].x, (SHORT)points[i].y };
    }
    return true;
}

bool emf_path(HDC dc, ULONG operation)
{
    static const BYTE types[] = {
        [GDI_PATH_BEGIN] = EMR_BEGINPATH, [GDI_PATH_END] = EMR_ENDPATH, [GDI_PATH_ABORT] = EMR_ABORTPATH,
        [GDI_PATH_CLOSE_FIGURE] = EMR_CLOSEFIGURE, [GDI_PATH_FILL] = EMR_FILLPATH, [GDI_PATH_STROKE] = EMR_STROKEPATH,
        [GDI_PATH_STROKE_AND_FILL] = EMR_STROKEANDFILLPATH, [GDI_PATH_FLATTEN] = EMR_FLATTENPATH, [GDI_PATH_WIDEN] = EMR_WIDENPATH,
    };
    if (operation == GDI_PATH_FILL || operation == GDI_PATH_STROKE || operation == GDI_PATH_STROKE_AND_FILL)
        return emf_simple(dc, types[operation], 4, 0, 0, -1, -1);
    return emf_simple(dc, types[operation], 0);
}

bool emf_text(HDC dc, const struct gdi_text *t)
{
    struct emf *emf = emf_of(dc);
    SIZE_T text_bytes = (t->count * sizeof(WCHAR) + 3) & ~(SIZE_T)3, dx_count = t->flags & ETO_PDY ? t->count * 2 : t->count;
    SIZE size = { 0, 0 };
    EMREXTTEXTOUTW *r;

    if (!emf || !(r = emf_record(emf, EMR_EXTTEXTOUTW, sizeof(*r) + text_bytes + dx_count * sizeof(INT)))) return false;
    SIZE_T at = (BYTE *)r - emf->data;
    r->iGraphicsMode = GetGraphicsMode(dc);
    r->exScale = r->eyScale = 1;
    r->emrtext.ptlReference.x = t->x, r->emrtext.ptlReference.y = t->y;
    r->emrtext.nChars = t->count;
    r->emrtext.offString = sizeof(*r);
    r->emrtext.fOptions = t->flags;
    if (t->has_rect) memcpy(&r->emrtext.rcl, &t->rect, sizeof(RECTL));
    else r->emrtext.rcl = (RECTL){ 0, 0, -1, -1 };
    r->emrtext.offDx = (DWORD)(sizeof(*r) + text_bytes);
    memcpy(r + 1, (void *)(ULONG_PTR)t->text, t->count * sizeof(WCHAR));
    INT *dx = (INT *)((BYTE *)(r + 1) + text_bytes);
    if (t->dx) {
        memcpy(dx, (void *)(ULONG_PTR)t->dx, dx_count * sizeof(INT));
    } else if (t->count && NtGdiGetTextExtent(dc, (const WCHAR *)(r + 1), t->count, 0, NULL, dx, &size, (t->flags & ETO_GLYPH_INDEX) != 0)) {
        for (UINT i = t->count; i-- > 1;) dx[i] -= dx[i - 1];
    }
    POINT box[2] = { { t->x, t->y }, { t->x + size.cx, t->y + size.cy } };
    RECTL bounds = emf_bounds(dc, emf, box, 2);
    ((EMREXTTEXTOUTW *)(emf->data + at))->rclBounds = bounds;
    return true;
}

static bool region_record(HDC dc, DWORD type, HRGN region, const DWORD *fields, int count)
{
    struct emf *emf = emf_of(dc);
    DWORD need = region ? NtGdiGetRegionData(region, 0, NULL) : 0;
    RECT box = { 0, 0, -1, -1 };
    bool bounded = type != EMR_EXTSELECTCLIPRGN;
    SIZE_T head = sizeof(EMR) + (bounded ? sizeof(RECTL) : 0) + 4 + count * 4;
    DWORD *r = emf ? emf_record(emf, type, head + need) : NULL;

    if (!r) return false;
    DWORD *at = r + 2;
    if (bounded) {
        SIZE_T offset = (BYTE *)r - emf->data;
        NtGdiGetRgnBox(region, &box);
        RECTL bounds = emf_bounds(dc, emf, (POINT *)&box, 2);
        at = (DWORD *)(emf->data + offset) + 2;
        memcpy(at, &bounds, sizeof(bounds));
        at += 4;
    }
    *at++ = need;
    for (int i = 0; i < count; i++) *at++ = fields[i];
    return !need || NtGdiGetRegionData(region, need, (RGNDATA *)at);
}

bool emf_region(HDC dc, DWORD type, HRGN region, HBRUSH brush, int width, int height)
{
    struct emf *emf = emf_of(dc);
    DWORD fields[3] = { 0, width, height };

    if (!emf) return false;
    if (brush && !(fields[0] = emf_object(dc, emf, brush))) return false;
    return region_record(dc, type, region, fields, type == EMR_FRAMERGN ? 3 : type == EMR_FILLRGN ? 1 : 0);
}

bool emf_clip_region(HDC dc, HRGN region, int mode)
{
    DWORD field = mode;
    return region_record(dc, EMR_EXTSELECTCLIPRGN, region, &field, 1);
}

/* ---- bitmaps ---- */


/* Describes the source's bitmap as a DIB: header and colours to `info`; bytes of the bits. 0: it has none. */
static SIZE_T describe_source(HDC source, HBITMAP *bitmap, BITMAPINFO *info, SIZE_T *head, bool keep_alpha)
{
    memset(info, 0, sizeof(BITMAPINFOHEADER));
    info->bmiHeader.biSize = sizeof(BITMAPINFOHEADER);
    *bitmap = NtGdiGetCurrentObject(source, OBJ_BITMAP);
    if (NtGdiGetObjectType(source) != OBJ_MEMDC || !GetDIBits(source, *bitmap, 0, 0, NULL, info, DIB_RGB_COLORS)) return 0;
    if (info->bmiHeader.biBitCount > 8) {
        info->bmiHeader.biBitCount = keep_alpha ? 32 : 24;
        info->bmiHeader.biCompression = BI_RGB;
    }
    info->bmiHeader.biClrUsed = 0;
    *head = sizeof(BITMAPINFOHEADER) + (info->bmiHeader.biBitCount <= 8 ? 4u << info->bmiHeader.biBitCount : 0);
    SIZE_T bits = ((SIZE_T)info->bmiHeader.biWidth * info->bmiHeader.biBitCount + 31) / 32 * 4 * info->bmiHeader.biHeight;
    info->bmiHeader.biSizeImage = (DWORD)bits;
    return bits;
}

bool emf_blit(HDC dc, const struct gdi_blit *b)
{
    struct emf *emf = emf_of(dc);
    struct { BITMAPINFOHEADER header; RGBQUAD colors[256]; } info;
    HDC source = (HDC)(ULONG_PTR)b->source;
    SIZE_T head = 0, bits = 0;
    HBITMAP bitmap;
    POINT corners[2] = { { b->x, b->y }, { b->x + b->width - 1, b->y + b->height - 1 } };
    BYTE rop3 = b->rop >> 16;
    bool needs_source = b->kind > GDI_BLIT_PLAIN || ((rop3 >> 2) & 0x33) != (rop3 & 0x33);

    if (!emf || b->kind == GDI_BLIT_PLG || (b->kind == GDI_BLIT_MASK && b->mask)) return false;
    if (needs_source && !(bits = describe_source(source, &bitmap, (BITMAPINFO *)&info, &head, b->kind == GDI_BLIT_ALPHA))) return false;
    DWORD type = b->kind == GDI_BLIT_ALPHA ? EMR_ALPHABLEND : b->kind == GDI_BLIT_TRANSPARENT ? EMR_TRANSPARENTBLT :
        b->kind == GDI_BLIT_STRETCH ? EMR_STRETCHBLT : EMR_BITBLT;
    SIZE_T fixed = type == EMR_BITBLT ? sizeof(EMRBITBLT) : sizeof(EMRSTRETCHBLT);
    RECTL bounds = emf_bounds(dc, emf, corners, 2);
    EMRSTRETCHBLT *r = emf_record(emf, type, fixed + head + bits);
    if (!r) return false;
    r->rclBounds = bounds;
    r->xDest = b->x, r->yDest = b->y, r->cxDest = b->width, r->cyDest = b->height;
    r->dwRop = b->rop;
    r->xSrc = b->src_x, r->ySrc = b->src_y;
    r->xformSrc = (XFORM){ 1, 0, 0, 1, 0, 0 };
    if (needs_source) {
        NtGdiGetTransform(source, 0x204, &r->xformSrc);
        r->crBkColorSrc = GetBkColor(source);
        r->offBmiSrc = (DWORD)fixed, r->cbBmiSrc = (DWORD)head;
        r->offBitsSrc = (DWORD)(fixed + head), r->cbBitsSrc = (DWORD)bits;
        GetDIBits(source, bitmap, 0, info.header.biHeight, (BYTE *)r + fixed + head, (BITMAPINFO *)&info, DIB_RGB_COLORS);
        memcpy((BYTE *)r + fixed, &info, head);
    }
    if (type != EMR_BITBLT) r->cxSrc = b->src_width, r->cySrc = b->src_height;
    return true;
}

bool emf_dib(HDC dc, const struct gdi_dib *d, bool stretch)
{
    struct emf *emf = emf_of(dc);
    const BITMAPINFOHEADER *header = (const BITMAPINFOHEADER *)(ULONG_PTR)d->info;
    POINT corners[2] = { { d->x, d->y }, { d->x + d->width - 1, d->y + d->height - 1 } };
    SIZE_T head, bits, fixed = stretch ? sizeof(EMRSTRETCHDIBITS) : sizeof(EMRSETDIBITSTODEVICE);

    if (!emf || header->biSize < sizeof(*header)) return false;
    int colors = header->biBitCount <= 8 ? header->biClrUsed ? (int)header->biClrUsed : 1 << header->biBitCount : (int)header->biClrUsed;
    int lines = stretch ? header->biHeight < 0 ? -header->biHeight : header->biHeight : (int)d->lines;
    head = header->biSize + (SIZE_T)colors * (d->usage == DIB_PAL_COLORS ? 2 : 4) + (header->biCompression == BI_BITFIELDS && header->biSize == sizeof(*header) ? 12 : 0);
    head = (head + 3) & ~(SIZE_T)3;
    bits = header->biCompression == BI_RLE4 || header->biCompression == BI_RLE8 ? header->biSizeImage :
        ((SIZE_T)header->biWidth * header->biBitCount + 31) / 32 * 4 * lines;
    RECTL bounds = emf_bounds(dc, emf, corners, 2);
    BYTE *r = emf_record(emf, stretch ? EMR_STRETCHDIBITS : EMR_SETDIBITSTODEVICE, fixed + head + bits);
    if (!r) return false;
    if (stretch) {
        EMRSTRETCHDIBITS *s = (EMRSTRETCHDIBITS *)r;
        s->rclBounds = bounds;
        s->xDest = d->x, s->yDest = d->y, s->cxDest = d->width, s->cyDest = d->height;
        s->xSrc = d->src_x, s->ySrc = d->src_y, s->cxSrc = d->src_width, s->cySrc = d->src_height;
        s->offBmiSrc = (DWORD)fixed, s->cbBmiSrc = (DWORD)head, s->offBitsSrc = (DWORD)(fixed + head), s->cbBitsSrc = (DWORD)bits;
        s->iUsageSrc = d->usage, s->dwRop = d->rop;
    } else {
        EMRSETDIBITSTODEVICE *s = (EMRSETDIBITSTODEVICE *)r;
        s->rclBounds = bounds;
        s->xDest = d->x, s->yDest = d->y, s->xSrc = d->src_x, s->ySrc = d->src_y, s->cxSrc = d->width, s->cySrc = d->height;
        s->offBmiSrc = (DWORD)fixed, s->cbBmiSrc = (DWORD)head, s->offBitsSrc = (DWORD)(fixed + head), s->cbBitsSrc = (DWORD)bits;
        s->iUsageSrc = d->usage, s->iStartScan = d->start, s->cScans = d->lines;
    }
    memcpy(r + fixed, header, head);
    memcpy(r + fixed + head, (void *)(ULONG_PTR)d->bits, bits);
    return true;
}

bool emf_gradient(HDC dc, const TRIVERTEX *vertices, ULONG count, const void *mesh, ULONG meshes, ULONG mode)
{
    struct emf *emf = emf_of(dc);
    SIZE_T per = mode == GRADIENT_FILL_TRIANGLE ? 12 : 8, head = VARIABLE(EMRGRADIENTFILL, Ver);
    EMRGRADIENTFILL *r = emf ? emf_record(emf, EMR_GRADIENTFILL, head + count * sizeof(TRIVERTEX) + meshes * 12) : NULL;

    if (!r) return false;
    r->rclBounds = (RECTL){ 0, 0, -1, -1 };
    r->nVer = count, r->nTri = meshes, r->ulMode = mode;
    memcpy(r->Ver, vertices, count * sizeof(TRIVERTEX));
    memcpy(r->Ver + count, mesh, meshes * per);
    return true;
}
