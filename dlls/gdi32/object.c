/* wingdi.h: objects of every type. */
#include "emf.h"

HGDIOBJ WINAPI GetStockObject(int index)
{
    return NtGdiGetStockObject(index);
}

BOOL WINAPI DeleteObject(HGDIOBJ object)
{
    return NtGdiDeleteObjectApp(object);
}

DWORD WINAPI GetObjectType(HGDIOBJ object)
{
    DWORD type = NtGdiGetObjectType(object);
    return type ? type : FAIL(ERROR_INVALID_HANDLE);
}

BOOL WINAPI UnrealizeObject(HGDIOBJ object)
{
    return NtGdiUnrealizeObject(object);
}

/* The previous object; a region instead gives the kind of the clip region. */
HGDIOBJ WINAPI SelectObject(HDC dc, HGDIOBJ object)
{
    if (handle_type(object) == TYPE_REGION) return (HGDIOBJ)(LONG_PTR)SelectClipRgn(dc, object);
    if (is_emf(dc) ? !emf_select(dc, object) : is_wmf(dc) && !wmf_select(dc, object)) return FAIL_NULL(ERROR_INVALID_HANDLE);
    HGDIOBJ old = NtGdiSelectObject(dc, object);
    if (!old) SetLastError(ERROR_INVALID_HANDLE);
    return old;
}

HGDIOBJ WINAPI GetCurrentObject(HDC dc, UINT type)
{
    HGDIOBJ object = NtGdiGetCurrentObject(dc, type);
    if (!object) SetLastError(ERROR_INVALID_PARAMETER);
    return object;
}

HPALETTE WINAPI SelectPalette(HDC dc, HPALETTE palette, BOOL background)
{
    if (is_emf(dc) ? !emf_select(dc, palette) : is_wmf(dc)) return FAIL_NULL(ERROR_INVALID_HANDLE);
    return NtGdiSelectPalette(dc, palette);
}

static int put(void *buffer, int size, const void *data, int need)
{
    if (!buffer) return need;
    if (size > need) size = need;
    if (size < need) return FAIL(ERROR_INVALID_PARAMETER);
    memcpy(buffer, data, need);
    return need;
}

static int get_bitmap(const struct gdi_object_info *info, int size, void *buffer)
{
    DIBSECTION d;

    memset(&d, 0, sizeof(d));
    d.dsBm = (BITMAP){ 0, info->bitmap.width, info->bitmap.height, info->bitmap.stride, 1, info->bitmap.bpp,
                       (void *)(ULONG_PTR)info->bitmap.bits };
    if (!buffer) return sizeof(BITMAP);
    if (size >= (int)sizeof(DIBSECTION) && info->bitmap.section) {
        d.dsBmih = info->bitmap.info;
        memcpy(d.dsBitfields, info->bitmap.masks, sizeof(d.dsBitfields));
        d.dshSection = (HANDLE)(ULONG_PTR)info->bitmap.file_section;
        d.dsOffset = info->bitmap.file_offset;
        memcpy(buffer, &d, sizeof(d));
        return sizeof(d);
    }
    return put(buffer, size, &d.dsBm, sizeof(BITMAP));
}

static int get_pen(const struct gdi_object_info *info, int size, void *buffer)
{
    if (info->type == TYPE_PEN) {
        LOGPEN pen = { info->pen.style, { info->pen.width, info->pen.height }, info->pen.color };
        if (info->pen.style == PS_NULL && size == sizeof(EXTLOGPEN)) { /* what ExtCreatePen asked for */
            EXTLOGPEN ext = { .elpPenStyle = PS_NULL };
            return put(buffer, size, &ext, sizeof(ext));
        }
        return put(buffer, size, &pen, sizeof(pen));
    }
    struct {
        EXTLOGPEN pen;
        DWORD more[16];
    } ext = { .pen = { info->pen.style, info->pen.width, info->pen.brush_style, info->pen.color, (ULONG_PTR)info->pen.hatch,
                       info->pen.dash_count, { 0 } } };
    memcpy(ext.pen.elpStyleEntry, info->pen.dashes, info->pen.dash_count * sizeof(DWORD));
    return put(buffer, size, &ext, offsetof(EXTLOGPEN, elpStyleEntry) + info->pen.dash_count * sizeof(DWORD));
}

/* Bytes stored, or needed where `buffer` is NULL; 0: an error. */
static int get_object(HGDIOBJ object, int size, void *buffer, bool unicode)
{
    struct gdi_object_info info;

    if (!NtGdiGetObjectInfo(object, &info)) {
        SetLastError(ERROR_INVALID_HANDLE);
        return 0;
    }
    switch (info.type) {
    case TYPE_BITMAP: return get_bitmap(&info, size, buffer);
    case TYPE_BRUSH: {
        LOGBRUSH brush = { info.brush.style, info.brush.color, (ULONG_PTR)info.brush.hatch };
        return put(buffer, size, &brush, sizeof(brush));
    }
    case TYPE_PEN:
    case TYPE_EXTPEN: return get_pen(&info, size, buffer);
    case TYPE_PALETTE: {
        WORD count = (WORD)info.palette_count;
        return put(buffer, size, &count, sizeof(count));
    }
    case TYPE_FONT: { /* as much as fits: old programs ask for less than the whole */
        LOGFONTA ansi;
        int need = unicode ? sizeof(LOGFONTW) : sizeof(ansi);
        if (!buffer) return need;
        if (!unicode) logfont_to_ansi(&ansi, &info.font);
        if (size > need) size = need;
        memcpy(buffer, unicode ? (void *)&info.font : (void *)&ansi, size);
        return size;
    }
    }
    return 0;
}

int WINAPI GetObjectW(HGDIOBJ object, int size, void *buffer)
{
    return get_object(object, size, buffer, true);
}

int WINAPI GetObjectA(HGDIOBJ object, int size, void *buffer)
{
    return get_object(object, size, buffer, false);
}

/* The pens or brushes that the device has: each colour of the sixteen, solid; brushes hatched too. */
int WINAPI EnumObjects(HDC dc, int type, GOBJENUMPROC callback, LPARAM param)
{
    static const COLORREF colors[16] = { 0, 0xffffff, 0xff, 0xff00, 0xff0000, 0xffff, 0xff00ff, 0xffff00, 0x80, 0x8000, 0x800000,
                                         0x8080, 0x800080, 0x808000, 0x808080, 0xc0c0c0 };
    int result = 0;

    if (type == OBJ_PEN) {
        for (int i = 0; i < 16 * 5; i++) {
            LOGPEN pen = { i / 16, { 1, 0 }, colors[i % 16] };
            if (!(result = callback(&pen, param))) break;
        }
    } else if (type == OBJ_BRUSH) {
        for (int i = 0; i < 16 * 7; i++) {
            LOGBRUSH brush = { i < 16 ? BS_SOLID : BS_HATCHED, colors[i % 16], i < 16 ? 0 : i / 16 - 1 };
            if (!(result = callback(&brush, param))) break;
        }
    }
    return result;
}

BOOL WINAPI GdiFlush(void)
{
    return NtGdiFlush();
}

/* Drawing is never batched, so the limit has no effect but is kept. */
static DWORD batch_limit = 20;

DWORD WINAPI GdiGetBatchLimit(void)
{
    return batch_limit;
}

DWORD WINAPI GdiSetBatchLimit(DWORD limit)
{
    DWORD old = batch_limit;
    batch_limit = limit ? limit : 20;
    return old;
}
