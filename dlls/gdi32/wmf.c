/* Old metafiles: recording, and metafiles as objects. Coordinates are of 16 bits, parameters lie in reverse order. */
#include "wmf.h"

struct wmf *wmf_of(HDC dc)
{
    return is_wmf(dc) ? (struct wmf *)NtGdiGetClientObj(dc) : NULL;
}

/* A record with room for `words` parameters, zeroed; NULL: no memory. */
static WORD *add_record(struct wmf *wmf, WORD function, SIZE_T words)
{
    SIZE_T size = (3 + words) * sizeof(WORD);
    METARECORD *record;

    if (wmf->size + size > wmf->room) {
        SIZE_T room = (wmf->size + size) * 2;
        BYTE *larger = mem_resize(wmf->data, room);
        if (!larger) {
            wmf->failed = true;
            return NULL;
        }
        wmf->data = larger;
        wmf->room = room;
    }
    record = (METARECORD *)(wmf->data + wmf->size);
    memset(record, 0, size);
    record->rdSize = (DWORD)(3 + words);
    record->rdFunction = function;
    wmf->size += size;
    if (record->rdSize > wmf->largest) wmf->largest = record->rdSize;
    return record->rdParm;
}

/* `count` words, given in the order of the file. */
bool wmf_record(HDC dc, WORD function, int count, ...)
{
    struct wmf *wmf = wmf_of(dc);
    WORD *p = wmf ? add_record(wmf, function, count) : NULL;
    va_list list;

    if (!p) return false;
    va_start(list, count);
    for (int i = 0; i < count; i++) p[i] = (WORD)va_arg(list, int);
    va_end(list);
    return true;
}

bool wmf_value(HDC dc, UINT which, DWORD value)
{
    static const WORD functions[GDI_DC_VALUES] = {
        [GDI_DC_TEXT_COLOR] = META_SETTEXTCOLOR, [GDI_DC_BK_COLOR] = META_SETBKCOLOR, [GDI_DC_BK_MODE] = META_SETBKMODE,
        [GDI_DC_ROP2] = META_SETROP2, [GDI_DC_FILL_MODE] = META_SETPOLYFILLMODE, [GDI_DC_STRETCH_MODE] = META_SETSTRETCHBLTMODE,
        [GDI_DC_TEXT_ALIGN] = META_SETTEXTALIGN, [GDI_DC_MAP_MODE] = META_SETMAPMODE, [GDI_DC_CHAR_EXTRA] = META_SETTEXTCHAREXTRA,
    };
    if (which == GDI_DC_TEXT_COLOR || which == GDI_DC_BK_COLOR) return wmf_record(dc, functions[which], 2, LOWORD(value), HIWORD(value));
    return functions[which] && wmf_record(dc, functions[which], 1, value);
}

bool wmf_point(HDC dc, UINT which, int x, int y)
{
    static const WORD functions[GDI_DC_POINTS] = {
        [GDI_DC_POSITION] = META_MOVETO, [GDI_DC_WINDOW_ORG] = META_SETWINDOWORG, [GDI_DC_WINDOW_EXT] = META_SETWINDOWEXT,
        [GDI_DC_VIEWPORT_ORG] = META_SETVIEWPORTORG, [GDI_DC_VIEWPORT_EXT] = META_SETVIEWPORTEXT,
    };
    return functions[which] && wmf_record(dc, functions[which], 2, y, x);
}

static bool add_object(struct wmf *wmf, HGDIOBJ object)
{
    struct gdi_object_info info;
    WORD *p;

    if (!NtGdiGetObjectInfo(object, &info)) return false;
    switch (info.type) {
    case TYPE_PEN:
    case TYPE_EXTPEN: /* as the nearest simple pen */
        if (!(p = add_record(wmf, META_CREATEPENINDIRECT, 5))) return false;
        p[0] = info.pen.style & PS_STYLE_MASK;
        if (p[0] > PS_INSIDEFRAME) p[0] = PS_SOLID;
        p[1] = (WORD)info.pen.width;
        memcpy(p + 3, &info.pen.color, 4);
        return true;
    case TYPE_BRUSH:
        if (info.brush.style != BS_SOLID && info.brush.style != BS_HATCHED && info.brush.style != BS_NULL) return false;
        if (!(p = add_record(wmf, META_CREATEBRUSHINDIRECT, 4))) return false;
        p[0] = (WORD)info.brush.style;
        memcpy(p + 1, &info.brush.color, 4);
        p[3] = (WORD)info.brush.hatch;
        return true;
    case TYPE_FONT: {
        LOGFONTA font;
        if (!(p = add_record(wmf, META_CREATEFONTINDIRECT, 25))) return false;
        logfont_to_ansi(&font, &info.font);
        p[0] = (WORD)font.lfHeight, p[1] = (WORD)font.lfWidth, p[2] = (WORD)font.lfEscapement;
        p[3] = (WORD)font.lfOrientation, p[4] = (WORD)font.lfWeight;
        memcpy(p + 5, &font.lfItalic, 8);
        memcpy(p + 9, font.lfFaceName, 32);
        return true;
    }
    }
    return false;
}

bool wmf_select(HDC dc, HGDIOBJ object)
{
    struct wmf *wmf = wmf_of(dc);

    if (!wmf) return false;
    for (WORD i = 0; i < wmf->objects; i++)
        if (wmf->object[i] == object) return wmf_record(dc, META_SELECTOBJECT, 1, i);
    HGDIOBJ *larger = mem_resize(wmf->object, (wmf->objects + 1) * sizeof(*larger));
    if (!larger) return false;
    wmf->object = larger;
    if (!add_object(wmf, object)) return false;
    larger[wmf->objects] = object;
    return wmf_record(dc, META_SELECTOBJECT, 1, wmf->objects++);
}

bool wmf_poly(HDC dc, ULONG kind, const POINT *points, const INT *counts, int polygons)
{
    struct wmf *wmf = wmf_of(dc);
    INT total = 0;
    WORD *p;

    for (int i = 0; i < polygons; i++) total += counts[i];
    if (!wmf || total < 0 || total > 0x7fff) return false;
    switch (kind) {
    case GDI_POLYGON:
    case GDI_POLYLINE:
        if (!(p = add_record(wmf, kind == GDI_POLYGON ? META_POLYGON : META_POLYLINE, 1 + 2 * total))) return false;
        *p++ = (WORD)total;
        break;
    case GDI_POLYPOLYGON:
        if (!(p = add_record(wmf, META_POLYPOLYGON, 1 + polygons + 2 * total))) return false;
        *p++ = (WORD)polygons;
        for (int i = 0; i < polygons; i++) *p++ = (WORD)counts[i];
        break;
    default: return false; /* no such record */
    }
    for (INT i = 0; i < total; i++) *p++ = (WORD)points[i].x, *p++ = (WORD)points[i].y;
    return true;
}

bool wmf_arc(HDC dc, ULONG shape, const INT *b)
{
    WORD function = shape == GDI_SHAPE_ARC ? META_ARC : shape == GDI_SHAPE_CHORD ? META_CHORD : shape == GDI_SHAPE_PIE ? META_PIE : 0;
    return function && wmf_record(dc, function, 8, b[7], b[6], b[5], b[4], b[3], b[2], b[1], b[0]);
}

bool wmf_text(HDC dc, const struct gdi_text *t)
{
    struct wmf *wmf = wmf_of(dc);
    const WCHAR *text = (const WCHAR *)(ULONG_PTR)t->text;
    int bytes = t->count ? WideCharToMultiByte(CP_ACP, 0, text, t->count, NULL, 0, NULL, NULL) : 0;
    bool boxed = t->has_rect && t->flags & (ETO_OPAQUE | ETO_CLIPPED), spaced = t->dx && bytes == (int)t->count;
    WORD *p;

    if (!wmf || t->flags & ETO_GLYPH_INDEX) return false;
    SIZE_T words = 4 + (boxed ? 4 : 0) + (bytes + 1) / 2 + (spaced ? t->count : 0);
    if (!(p = add_record(wmf, META_EXTTEXTOUT, words))) return false;
    p[0] = (WORD)t->y, p[1] = (WORD)t->x, p[2] = (WORD)bytes, p[3] = boxed ? (WORD)t->flags & (ETO_OPAQUE | ETO_CLIPPED) : 0;
    p += 4;
    if (boxed) {
        p[0] = (WORD)t->rect.left, p[1] = (WORD)t->rect.top, p[2] = (WORD)t->rect.right, p[3] = (WORD)t->rect.bottom;
        p += 4;
    }
    if (bytes) WideCharToMultiByte(CP_ACP, 0, text, t->count, (char *)p, bytes, NULL, NULL);
    p += (bytes + 1) / 2;
    for (UINT i = 0; spaced && i < t->count; i++) p[i] = (WORD)((INT *)(ULONG_PTR)t->dx)[i];
    return true;
}

bool wmf_dib(HDC dc, const struct gdi_dib *d, bool stretch)
{
    struct wmf *wmf = wmf_of(dc);
    const BITMAPINFOHEADER *header = (const BITMAPINFOHEADER *)(ULONG_PTR)d->info;
    WORD *p;

    if (!wmf || header->biSize < sizeof(*header)) return false;
    int colors = header->biBitCount <= 8 ? header->biClrUsed ? (int)header->biClrUsed : 1 << header->biBitCount : (int)header->biClrUsed;
    int lines = stretch ? header->biHeight < 0 ? -header->biHeight : header->biHeight : (int)d->lines;
    SIZE_T head = header->biSize + (SIZE_T)colors * (d->usage == DIB_PAL_COLORS ? 2 : 4) + (header->biCompression == BI_BITFIELDS && header->biSize == sizeof(*header) ? 12 : 0);
    SIZE_T bits = header->biCompression == BI_RLE4 || header->biCompression == BI_RLE8 ? header->biSizeImage :
        ((SIZE_T)header->biWidth * header->biBitCount + 31) / 32 * 4 * lines;
    if (!(p = add_record(wmf, stretch ? META_STRETCHDIB : META_SETDIBTODEV, (stretch ? 11 : 9) + (head + bits + 1) / 2))) return false;
    if (stretch) {
        memcpy(p, &d->rop, 4);
        p[2] = (WORD)d->usage, p[3] = (WORD)d->src_height, p[4] = (WORD)d->src_width, p[5] = (WORD)d->src_y, p[6] = (WORD)d->src_x;
        p[7] = (WORD)d->height, p[8] = (WORD)d->width, p[9] = (WORD)d->y, p[10] = (WORD)d->x;
        p += 11;
    } else {
        p[0] = (WORD)d->usage, p[1] = (WORD)d->lines, p[2] = (WORD)d->start, p[3] = (WORD)d->src_y, p[4] = (WORD)d->src_x;
        p[5] = (WORD)d->height, p[6] = (WORD)d->width, p[7] = (WORD)d->y, p[8] = (WORD)d->x;
        p += 9;
    }
    memcpy(p, header, head);
    memcpy((BYTE *)p + head, (void *)(ULONG_PTR)d->bits, bits);
    return true;
}

/* As META_STRETCHDIB with the bitmap of the source. */
bool wmf_blit(HDC dc, const struct gdi_blit *b)
{
    struct { BITMAPINFOHEADER header; RGBQUAD colors[256]; } info = { .header = { .biSize = sizeof(BITMAPINFOHEADER) } };
    HDC source = (HDC)(ULONG_PTR)b->source;
    struct gdi_dib dib = { .info = (ULONG_PTR)&info, .rop = b->rop, .x = b->x, .y = b->y, .width = b->width, .height = b->height,
                           .src_x = b->src_x, .src_width = b->src_width, .src_height = b->src_height };
    BYTE rop3 = b->rop >> 16;
    bool done = false;

    if (b->kind > GDI_BLIT_PLAIN) return false;
    if (((rop3 >> 2) & 0x33) == (rop3 & 0x33))
        return wmf_record(dc, META_PATBLT, 6, LOWORD(b->rop), HIWORD(b->rop), b->height, b->width, b->y, b->x);
    HBITMAP bitmap = NtGdiGetCurrentObject(source, OBJ_BITMAP);
    if (NtGdiGetObjectType(source) != OBJ_MEMDC || !GetDIBits(source, bitmap, 0, 0, NULL, (BITMAPINFO *)&info, DIB_RGB_COLORS)) return false;
    if (info.header.biBitCount > 8) info.header.biBitCount = 24, info.header.biCompression = BI_RGB;
    info.header.biClrUsed = 0;
    BYTE *bits = mem_alloc(((SIZE_T)info.header.biWidth * info.header.biBitCount + 31) / 32 * 4 * info.header.biHeight);
    if (bits && GetDIBits(source, bitmap, 0, info.header.biHeight, bits, (BITMAPINFO *)&info, DIB_RGB_COLORS)) {
        dib.bits = (ULONG_PTR)bits;
        dib.src_y = info.header.biHeight - b->src_y - b->src_height;
        done = wmf_dib(dc, &dib, true);
    }
    mem_free(bits);
    return done;
}

/* ---- objects ---- */

HMETAFILE wmf_create(BYTE *data, SIZE_T size)
{
    struct metafile *file = mem_alloc(sizeof(*file));
    HGDIOBJ handle = 0;

    if (file) {
        file->data = data;
        file->size = size;
        if (!(handle = NtGdiCreateClientObj(TYPE_METAFILE, (ULONG_PTR)file))) mem_free(file);
    }
    if (!handle) mem_free(data);
    return (HMETAFILE)handle;
}

static struct metafile *wmf_get(HMETAFILE handle)
{
    return handle_type(handle) == TYPE_METAFILE ? (struct metafile *)NtGdiGetClientObj(handle) : NULL;
}

static void free_recorder(struct wmf *wmf)
{
    mem_free(wmf->data);
    mem_free(wmf->object);
    mem_free(wmf->file);
    mem_free(wmf);
}

HDC WINAPI CreateMetaFileW(const WCHAR *name)
{
    struct wmf *wmf = mem_alloc(sizeof(*wmf));
    HDC dc = NULL;

    if (!wmf) return NULL;
    memset(wmf, 0, sizeof(*wmf));
    wmf->room = 4096;
    if ((wmf->data = mem_alloc(wmf->room))) {
        wmf->size = sizeof(METAHEADER);
        memset(wmf->data, 0, wmf->size);
        WCHAR path[MAX_PATH];
        DWORD length = name ? GetFullPathNameW(name, MAX_PATH, path, NULL) : 0;
        if (length && length < MAX_PATH && (wmf->file = mem_alloc((length + 1) * sizeof(WCHAR))))
            memcpy(wmf->file, path, (length + 1) * sizeof(WCHAR));
        if (!name || wmf->file) dc = NtGdiOpenDC(3, (ULONG_PTR)wmf);
    }
    if (!dc) free_recorder(wmf);
    return dc;
}

HDC WINAPI CreateMetaFileA(const char *name)
{
    WCHAR path[MAX_PATH];

    if (name && !MultiByteToWideChar(CP_ACP, 0, name, -1, path, MAX_PATH)) return NULL;
    return CreateMetaFileW(name ? path : NULL);
}

static bool write_file(const WCHAR *name, const void *data, DWORD size)
{
    HANDLE file = CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD written = 0;

    if (file == INVALID_HANDLE_VALUE) return false;
    if (!WriteFile(file, data, size, &written, NULL)) written = 0;
    CloseHandle(file);
    return written == size;
}

HMETAFILE WINAPI CloseMetaFile(HDC dc)
{
    struct wmf *wmf = wmf_of(dc);
    HMETAFILE handle = NULL;

    if (!wmf) return FAIL_NULL(ERROR_INVALID_HANDLE);
    add_record(wmf, 0, 0);
    if (!wmf->failed) {
        METAHEADER *header = (METAHEADER *)wmf->data;
        *header = (METAHEADER){ wmf->file ? 2 : 1, sizeof(METAHEADER) / 2, 0x300, (DWORD)(wmf->size / 2), wmf->objects, wmf->largest, 0 };
        if (!wmf->file || write_file(wmf->file, wmf->data, (DWORD)wmf->size)) {
            header->mtType = 1;
            handle = wmf_create(wmf->data, wmf->size);
            wmf->data = NULL;
        }
    }
    NtGdiDeleteDC(dc);
    free_recorder(wmf);
    return handle;
}

BOOL WINAPI DeleteMetaFile(HMETAFILE handle)
{
    struct metafile *file = wmf_get(handle);

    if (!file || !NtGdiDeleteClientObj(handle)) return FAIL(ERROR_INVALID_HANDLE);
    mem_free(file->data);
    mem_free(file);
    return TRUE;
}

static bool is_valid(const BYTE *data, SIZE_T size)
{
    const METAHEADER *header = (const METAHEADER *)data;

    if (size < sizeof(*header) || (header->mtType != 1 && header->mtType != 2) || header->mtHeaderSize != sizeof(*header) / 2 ||
        (header->mtVersion != 0x100 && header->mtVersion != 0x300))
        return false;
    for (SIZE_T at = sizeof(*header); at + 6 <= size;) {
        const METARECORD *r = (const METARECORD *)(data + at);
        if (r->rdSize < 3 || r->rdSize > (size - at) / 2) return false;
        if (!r->rdFunction) return true;
        at += (SIZE_T)r->rdSize * 2;
    }
    return false;
}

HMETAFILE WINAPI SetMetaFileBitsEx(UINT size, const BYTE *data)
{
    BYTE *copy;

    if (!data || !is_valid(data, size) || !(copy = mem_alloc(size))) return FAIL_NULL(ERROR_INVALID_DATA);
    memcpy(copy, data, size);
    ((METAHEADER *)copy)->mtType = 1;
    return wmf_create(copy, size);
}

UINT WINAPI GetMetaFileBitsEx(HMETAFILE handle, UINT size, void *out)
{
    struct metafile *file = wmf_get(handle);

    if (!file) return FAIL(ERROR_INVALID_HANDLE);
    if (!out) return (UINT)file->size;
    if (size > file->size) size = (UINT)file->size;
    memcpy(out, file->data, size);
    return size;
}

HMETAFILE WINAPI GetMetaFileW(const WCHAR *name)
{
    HANDLE file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HMETAFILE handle = NULL;
    LARGE_INTEGER size;
    DWORD got;

    if (file == INVALID_HANDLE_VALUE) return NULL;
    BYTE *data = GetFileSizeEx(file, &size) && size.QuadPart < 0x20000000 ? mem_alloc((SIZE_T)size.QuadPart + 4) : NULL;
    if (data && ReadFile(file, data, (DWORD)size.QuadPart, &got, NULL) && got == size.QuadPart) handle = SetMetaFileBitsEx(got, data);
    mem_free(data);
    CloseHandle(file);
    return handle;
}

HMETAFILE WINAPI GetMetaFileA(const char *name)
{
    WCHAR path[MAX_PATH];
    return MultiByteToWideChar(CP_ACP, 0, name, -1, path, MAX_PATH) ? GetMetaFileW(path) : NULL;
}

HMETAFILE WINAPI CopyMetaFileW(HMETAFILE handle, const WCHAR *name)
{
    struct metafile *file = wmf_get(handle);

    if (!file || (name && !write_file(name, file->data, (DWORD)file->size))) return NULL;
    return SetMetaFileBitsEx((UINT)file->size, file->data);
}

HMETAFILE WINAPI CopyMetaFileA(HMETAFILE handle, const char *name)
{
    WCHAR path[MAX_PATH];

    if (name && !MultiByteToWideChar(CP_ACP, 0, name, -1, path, MAX_PATH)) return NULL;
    return CopyMetaFileW(handle, name ? path : NULL);
}
