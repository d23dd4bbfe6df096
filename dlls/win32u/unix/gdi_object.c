/* The table of objects, stock objects, GetObject. */
#include "gdi.h"

#include <pthread.h>
#include <stdio.h>

#define TABLE_SIZE 0x10000
#define FIRST_INDEX 0x40 /* low values are no handles on Windows either */

static struct {
    struct gdi_object *object;
    uint8_t unique;
} *table;
static uint32_t used = FIRST_INDEX, *free_list, free_first, free_count; /* a ring of free indices, the oldest first */
static pthread_mutex_t lock;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static HGDIOBJ stock[STOCK_LAST + 2];

int gdi_dpi = 96, gdi_screen_width = 1024, gdi_screen_height = 768, gdi_screen_width_mm = 270, gdi_screen_height_mm = 203;

static void make_stock(void);

static void init_once(void)
{
    pthread_mutexattr_t recursive;

    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&lock, &recursive);
    table = calloc(TABLE_SIZE, sizeof(*table));
    free_list = malloc(TABLE_SIZE * sizeof(*free_list));
    if (!table || !free_list) abort();
    make_stock();
}

void gdi_lock(void)
{
    pthread_once(&once, init_once);
    pthread_mutex_lock(&lock);
}

void gdi_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

void *copy_in(const void *from, size_t count, size_t size)
{
    void *copy;

    if (count > 0x40000000 / size) return NULL;
    copy = malloc(count * size + 1);
    if (copy && !virtual_read(copy, from, count * size)) {
        free(copy);
        return NULL;
    }
    return copy;
}

/* ---- table ---- */

HGDIOBJ gdi_add(struct gdi_object *object, enum gdi_type type)
{
    uint32_t index;

    if (free_count > 64 || (free_count && used == TABLE_SIZE)) { /* the oldest free one: stale handles stay wrong longer */
        index = free_list[free_first++ % TABLE_SIZE];
        free_count--;
    } else if (used < TABLE_SIZE) {
        index = used++;
    } else {
        return 0;
    }
    table[index].object = object;
    if (++table[index].unique > 0x7f) table[index].unique = 1;
    object->type = type;
    object->handle = (uint32_t)table[index].unique << 24 | (uint32_t)type << 16 | index;
    return gdi_handle(object);
}

struct gdi_object *gdi_get(HGDIOBJ handle, enum gdi_type type)
{
    uint32_t value = (uint32_t)(uintptr_t)handle, index = value & 0xffff;
    struct gdi_object *object = table[index].object;

    if (!object || (object->handle != value && value != index) || (type && object->type != type)) return NULL;
    if (object->deleted && type != GDI_DC) return NULL;
    return object;
}

void gdi_remove(struct gdi_object *object)
{
    uint32_t index = object->handle & 0xffff;

    if (index < FIRST_INDEX || table[index].object != object) return;
    table[index].object = NULL;
    free_list[(free_first + free_count++) % TABLE_SIZE] = index;
}

static void object_free(struct gdi_object *object)
{
    gdi_remove(object);
    switch (object->type) {
    case GDI_BITMAP: bitmap_free((struct bitmap *)object); break;
    case GDI_BRUSH: brush_free((struct brush *)object); break;
    case GDI_PEN:
    case GDI_EXTPEN: pen_free((struct pen *)object); break;
    case GDI_FONT: font_object_free((struct font_object *)object); break;
    case GDI_PALETTE: palette_free((struct palette *)object); break;
    case GDI_REGION: region_object_free((struct region_object *)object); break;
    default: free(object);
    }
}

void gdi_select(struct gdi_object *object)
{
    object->selected++;
}

void gdi_deselect(struct gdi_object *object)
{
    if (!--object->selected && object->deleted) object_free(object);
}

/* Stock objects cannot be deleted and say so with success. A selected object goes when it is deselected. */
BOOL sys_NtGdiDeleteObjectApp(HGDIOBJ handle)
{
    GDI_LOCK();
    struct gdi_object *object = gdi_get(handle, 0);

    if (!object) return FALSE;
    if (object->stock) return TRUE;
    switch (object->type) {
    case GDI_DC:
    case GDI_ALTDC:
    case GDI_METADC: return sys_NtGdiDeleteDC((HDC)handle);
    case GDI_METAFILE:
    case GDI_ENHMETAFILE: return FALSE;
    }
    if (object->selected) object->deleted = true;
    else object_free(object);
    return TRUE;
}

/* OBJ_* of the handle, 0: not one. */
DWORD sys_NtGdiGetObjectType(HGDIOBJ handle)
{
    GDI_LOCK();
    struct gdi_object *object = gdi_get(handle, 0);

    if (!object) return 0;
    switch (object->type) {
    case GDI_DC: return ((struct dc *)object)->kind == DC_MEMORY ? OBJ_MEMDC : OBJ_DC;
    case GDI_ALTDC: return OBJ_ENHMETADC;
    case GDI_METADC: return OBJ_METADC;
    case GDI_REGION: return OBJ_REGION;
    case GDI_BITMAP: return OBJ_BITMAP;
    case GDI_PALETTE: return OBJ_PAL;
    case GDI_FONT: return OBJ_FONT;
    case GDI_BRUSH: return OBJ_BRUSH;
    case GDI_PEN: return OBJ_PEN;
    case GDI_EXTPEN: return OBJ_EXTPEN;
    case GDI_METAFILE: return OBJ_METAFILE;
    case GDI_ENHMETAFILE: return OBJ_ENHMETAFILE;
    }
    return 0;
}

/* ---- objects of the PE side: metafiles ---- */

struct client_object {
    struct gdi_object header;
    uint64_t data;
};

HGDIOBJ sys_NtGdiCreateClientObj(ULONG type, ULONG_PTR data)
{
    GDI_LOCK();
    struct client_object *object;
    HGDIOBJ handle;

    if (type != GDI_METAFILE && type != GDI_ENHMETAFILE) return 0;
    if (!(object = calloc(1, sizeof(*object)))) return 0;
    object->data = data;
    if (!(handle = gdi_add(&object->header, type))) free(object);
    return handle;
}

/* The value given at creation; 0: not such an object. */
ULONG_PTR sys_NtGdiGetClientObj(HGDIOBJ handle)
{
    GDI_LOCK();
    struct gdi_object *object = gdi_get(handle, 0);

    if (object && (object->type == GDI_METAFILE || object->type == GDI_ENHMETAFILE))
        return ((struct client_object *)object)->data;
    if (object && (object->type == GDI_ALTDC || object->type == GDI_METADC)) return ((struct dc *)object)->client_data;
    return 0;
}

BOOL sys_NtGdiDeleteClientObj(HGDIOBJ handle)
{
    GDI_LOCK();
    struct gdi_object *object = gdi_get(handle, 0);

    if (!object || (object->type != GDI_METAFILE && object->type != GDI_ENHMETAFILE)) return FALSE;
    object_free(object);
    return TRUE;
}

/* ---- stock objects ---- */

static void add_stock(int index, struct gdi_object *object, enum gdi_type type)
{
    gdi_add(object, type);
    table[object->handle & 0xffff].object = object;
    object->stock = true;
    object->handle |= 0x00800000;
    object->selected = 1;
    stock[index] = gdi_handle(object);
}

static void stock_font(int index, const char *face, int height, int weight, int charset, int pitch, int quality)
{
    struct font_object *font = calloc(1, sizeof(*font));

    font->logical = (LOGFONTW){ .lfHeight = height, .lfWeight = weight, .lfCharSet = charset, .lfPitchAndFamily = pitch,
                                .lfQuality = quality };
    for (int i = 0; face[i]; i++) font->logical.lfFaceName[i] = face[i];
    add_stock(index, &font->header, GDI_FONT);
}

static void stock_pen(int index, int style, COLORREF color)
{
    struct pen *pen = calloc(1, sizeof(*pen));

    pen->style = style;
    pen->color = color;
    pen->width = 0;
    pen->brush = brush_create_solid(color);
    add_stock(index, &pen->header, GDI_PEN);
}

static void make_stock(void)
{
    static const PALETTEENTRY defaults[20] = {
        { 0, 0, 0, 0 }, { 0x80, 0, 0, 0 }, { 0, 0x80, 0, 0 }, { 0x80, 0x80, 0, 0 }, { 0, 0, 0x80, 0 },
        { 0x80, 0, 0x80, 0 }, { 0, 0x80, 0x80, 0 }, { 0xc0, 0xc0, 0xc0, 0 }, { 0xc0, 0xdc, 0xc0, 0 },
        { 0xa6, 0xca, 0xf0, 0 }, { 0xff, 0xfb, 0xf0, 0 }, { 0xa0, 0xa0, 0xa4, 0 }, { 0x80, 0x80, 0x80, 0 },
        { 0xff, 0, 0, 0 }, { 0, 0xff, 0, 0 }, { 0xff, 0xff, 0, 0 }, { 0, 0, 0xff, 0 }, { 0xff, 0, 0xff, 0 },
        { 0, 0xff, 0xff, 0 }, { 0xff, 0xff, 0xff, 0 },
    };
    static const COLORREF brushes[] = { 0xffffff, 0xc0c0c0, 0x808080, 0x404040, 0 };

    for (int i = WHITE_BRUSH; i <= BLACK_BRUSH; i++) add_stock(i, &brush_create_solid(brushes[i])->header, GDI_BRUSH);
    struct brush *null = brush_create_solid(0);
    null->style = BS_NULL;
    add_stock(NULL_BRUSH, &null->header, GDI_BRUSH);
    stock_pen(WHITE_PEN, PS_SOLID, 0xffffff);
    stock_pen(BLACK_PEN, PS_SOLID, 0);
    stock_pen(NULL_PEN, PS_NULL, 0);
    int em = -(8 * gdi_dpi / 72);
    stock_font(OEM_FIXED_FONT, "Terminal", 12, FW_NORMAL, OEM_CHARSET, FIXED_PITCH | FF_MODERN, DEFAULT_QUALITY);
    stock_font(ANSI_FIXED_FONT, "Courier", 12, FW_NORMAL, ANSI_CHARSET, FIXED_PITCH | FF_MODERN, DEFAULT_QUALITY);
    stock_font(ANSI_VAR_FONT, "MS Sans Serif", 12, FW_NORMAL, ANSI_CHARSET, VARIABLE_PITCH | FF_SWISS, DEFAULT_QUALITY);
    stock_font(SYSTEM_FONT, "System", 16, FW_BOLD, ANSI_CHARSET, VARIABLE_PITCH | FF_SWISS, DEFAULT_QUALITY);
    stock_font(DEVICE_DEFAULT_FONT, "System", 16, FW_BOLD, ANSI_CHARSET, VARIABLE_PITCH | FF_SWISS, DEFAULT_QUALITY);
    stock_font(SYSTEM_FIXED_FONT, "Fixedsys", 15, FW_NORMAL, ANSI_CHARSET, FIXED_PITCH | FF_MODERN, DEFAULT_QUALITY);
    stock_font(DEFAULT_GUI_FONT, "MS Shell Dlg", em, FW_NORMAL, DEFAULT_CHARSET, VARIABLE_PITCH | FF_SWISS, DEFAULT_QUALITY);
    add_stock(DEFAULT_PALETTE, &palette_create(defaults, 20, 0x300)->header, GDI_PALETTE);
    add_stock(DC_BRUSH, &brush_create_solid(0xffffff)->header, GDI_BRUSH);
    stock_pen(DC_PEN, PS_SOLID, 0);
    add_stock(STOCK_LAST + 1, &bitmap_create(1, 1, 1)->header, GDI_BITMAP);
}

HGDIOBJ gdi_stock(int index)
{
    return index < 0 || index > STOCK_LAST + 1 ? 0 : stock[index];
}

HGDIOBJ sys_NtGdiGetStockObject(int index)
{
    GDI_LOCK();
    return index == STOCK_LAST + 1 ? 0 : gdi_stock(index);
}

void gdi_set_dpi(int dpi)
{
    GDI_LOCK();
    gdi_dpi = dpi;
    struct font_object *font = (struct font_object *)gdi_get(stock[DEFAULT_GUI_FONT], GDI_FONT);
    font->logical.lfHeight = -(8 * dpi / 72);
}

void gdi_set_screen(int width, int height, int width_mm, int height_mm)
{
    GDI_LOCK();
    gdi_screen_width = width;
    gdi_screen_height = height;
    gdi_screen_width_mm = width_mm;
    gdi_screen_height_mm = height_mm;
}

/* ---- GetObject ---- */

/* Fills `info` (struct gdi_object_info of win32u.h). False: not an object that GetObject knows. */
BOOL sys_NtGdiGetObjectInfo(HGDIOBJ handle, struct gdi_object_info *out)
{
    struct gdi_object_info info = { 0 };
    GDI_LOCK();
    struct gdi_object *object = gdi_get(handle, 0);

    if (!object) return FALSE;
    info.type = object->type;
    switch (object->type) {
    case GDI_BITMAP: {
        struct bitmap *bitmap = (struct bitmap *)object;
        info.bitmap.width = bitmap->dib.width;
        info.bitmap.height = bitmap->dib.height;
        info.bitmap.bpp = bitmap->dib.bpp;
        info.bitmap.section = bitmap->section;
        if (bitmap->section) {
            info.bitmap.stride = (uint32_t)dib_stride(bitmap->dib.width, bitmap->dib.bpp);
            info.bitmap.bits = (uintptr_t)(bitmap->dib.stride < 0 ? dib_row(&bitmap->dib, bitmap->dib.height - 1) : bitmap->dib.top);
            info.bitmap.info = bitmap->info;
            memcpy(info.bitmap.masks, bitmap->masks, sizeof(info.bitmap.masks));
            info.bitmap.file_section = bitmap->file_section;
            info.bitmap.file_offset = bitmap->file_offset;
        } else {
            info.bitmap.stride = (bitmap->dib.width * bitmap->dib.bpp + 15) / 16 * 2;
        }
        info.bitmap.dimension_x = bitmap->dimension.cx;
        info.bitmap.dimension_y = bitmap->dimension.cy;
        break;
    }
    case GDI_BRUSH: {
        struct brush *brush = (struct brush *)object;
        info.brush.style = brush->style;
        info.brush.color = brush->color;
        info.brush.hatch = brush->hatch;
        break;
    }
    case GDI_PEN:
    case GDI_EXTPEN: {
        struct pen *pen = (struct pen *)object;
        info.pen.style = pen->style;
        info.pen.width = pen->width;
        info.pen.height = pen->height;
        info.pen.color = pen->color;
        info.pen.brush_style = pen->brush ? pen->brush->style : BS_SOLID;
        info.pen.hatch = pen->brush ? pen->brush->hatch : 0;
        info.pen.dash_count = pen->dash_count;
        memcpy(info.pen.dashes, pen->dashes, sizeof(info.pen.dashes));
        break;
    }
    case GDI_FONT: info.font = ((struct font_object *)object)->logical; break;
    case GDI_PALETTE: info.palette_count = ((struct palette *)object)->count; break;
    default: return FALSE;
    }
    return virtual_write(out, &info, sizeof(info));
}

/* Handles of the program's objects: how many there are; for leak tests and GetGuiResources. */
ULONG sys_NtGdiObjectCount(void)
{
    GDI_LOCK();
    ULONG count = 0;

    for (uint32_t i = FIRST_INDEX; i < used; i++)
        if (table[i].object && !table[i].object->stock) count++;
    return count;
}
