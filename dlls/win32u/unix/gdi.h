/* Inside of the drawing half of win32u.so: objects and their handles, device contexts.
 *
 * One lock, gdi_lock, guards everything here (recursive, GDI_LOCK() holds it to the end of the scope). While it is held the
 * caller's memory is touched only by virtual_read and virtual_write, which survive bad addresses; pixels of DIB sections are
 * the exception, as those are memory that the drawing side itself made.
 */
#ifndef WIN32U_GDI_H
#define WIN32U_GDI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "ferry/win32u_table.h"
#include "dib.h"
#include "region.h"
#include "surface.h"
#include "virtual.h"

/* of ntdll.so */
NTSTATUS sys_NtUnmapViewOfSection(HANDLE process, void *address);

/* ---- lock ---- */

void gdi_lock(void);
void gdi_unlock(void);
static inline void gdi_unlock_guard(int *guard)
{
    gdi_unlock();
}
#define GDI_LOCK() __attribute__((cleanup(gdi_unlock_guard), unused)) int gdi_guard = (gdi_lock(), 0)

/* ---- objects ---- */

/* Bits 16 to 22 of a handle, as on Windows. */
enum gdi_type {
    GDI_DC = 0x01, GDI_ALTDC = 0x21, GDI_METADC = 0x66, GDI_REGION = 0x04, GDI_BITMAP = 0x05, GDI_PALETTE = 0x08,
    GDI_FONT = 0x0a, GDI_BRUSH = 0x10, GDI_PEN = 0x30, GDI_EXTPEN = 0x50, GDI_METAFILE = 0x26, GDI_ENHMETAFILE = 0x46,
};

struct gdi_object {
    uint8_t type;
    bool stock;
    bool deleted; /* DeleteObject was called while selected: freed when deselected */
    uint32_t handle;
    int selected; /* into how many DCs and saved states */
};

/* Gives the object a handle; 0: the table is full (the caller frees the object). */
HGDIOBJ gdi_add(struct gdi_object *object, enum gdi_type type);
/* The object of a handle with lock held, NULL: none, or another type (0: any). */
struct gdi_object *gdi_get(HGDIOBJ handle, enum gdi_type type);
/* Takes the handle out of the table; the object stays the caller's. */
void gdi_remove(struct gdi_object *object);
/* One more and one less DC that uses the object; the last one frees a deleted object. */
void gdi_select(struct gdi_object *object);
void gdi_deselect(struct gdi_object *object);
static inline HGDIOBJ gdi_handle(const void *object)
{
    return (HGDIOBJ)(intptr_t)(int32_t)((const struct gdi_object *)object)->handle;
}

struct bitmap {
    struct gdi_object header;
    struct dib dib;
    void *memory;        /* what is freed; NULL: none */
    enum { BITS_MALLOC, BITS_VIRTUAL, BITS_VIEW, BITS_FOREIGN } owner;
    bool section;        /* DIB section */
    BITMAPINFOHEADER info; /* of a DIB section, as it was asked for */
    uint32_t masks[3];
    uint64_t file_section; /* dshSection */
    uint32_t file_offset;
    RGBQUAD *colors;     /* dib.colors, of a DIB section of up to 8 bits */
    SIZE dimension;
    struct dc *dc;       /* selected into */
};

struct brush {
    struct gdi_object header;
    uint32_t style;  /* BS_SOLID, BS_NULL, BS_HATCHED, BS_PATTERN (8X8 folded), BS_DIBPATTERN… as created */
    COLORREF color;
    uint64_t hatch;  /* as GetObject tells it */
    struct dib tile; /* patterns: own copy */
    void *tile_bits;
    uint32_t usage;  /* DIB_PAL_COLORS: the tile's colours are found by palette_indices when it is used */
    uint16_t *palette_indices; /* 256 of them, in tile_bits */
};

struct pen {
    struct gdi_object header; /* GDI_PEN or GDI_EXTPEN */
    uint32_t style;  /* all PS_ bits */
    int width, height; /* logical; of a cosmetic ExtCreatePen pixels. height: lopnWidth.y */
    struct brush *brush; /* colour; own, no handle */
    COLORREF color;
    uint32_t dash_count;
    uint32_t dashes[16];
};

struct palette {
    struct gdi_object header;
    uint16_t version;
    uint32_t count;
    PALETTEENTRY *entries;
};

struct font_object {
    struct gdi_object header;
    LOGFONTW logical;
    struct font *font; /* realised last (font.h) */
    double realized_scale;
    double realized_xscale;
    int realized_generation;
};

struct region_object {
    struct gdi_object header;
    region_t region;
};

/* ---- device contexts ---- */

struct matrix { /* x' = a x + c y + dx, y' = b x + d y + dy */
    double a, b, c, d, dx, dy;
};

struct path {
    POINT *points; /* device units */
    uint8_t *types; /* PT_* */
    int count, room;
};

struct dc_state {
    struct dc_state *next; /* saved before */
    COLORREF text_color, bk_color, dc_brush_color, dc_pen_color;
    int bk_mode, rop2, fill_mode, stretch_mode, arc_direction, map_mode, graphics_mode, icm_mode, rel_abs;
    uint32_t text_align, layout, mapper_flags;
    int char_extra, break_extra, break_count;
    float miter_limit;
    POINT position; /* logical */
    POINT brush_org;
    POINT window_org, viewport_org;
    SIZE window_ext, viewport_ext, virtual_size_mm, virtual_size;
    struct matrix world;
    struct pen *pen;
    struct brush *brush;
    struct font_object *font;
    struct palette *palette;
    bool clipped, metaed; /* whether these are in force */
    region_t clip, meta; /* device coordinates */
    bool has_path, path_open;
    struct path path;
};

enum dc_kind { DC_MEMORY, DC_WINDOW, DC_DISPLAY, DC_INFO };

struct dc {
    struct gdi_object header;
    enum dc_kind kind;
    struct dc_state s;
    int save_level;
    struct bitmap *bitmap;   /* memory DC */
    struct surface *surface; /* window DC */
    uint64_t window;
    POINT origin;            /* of device coordinates on the target */
    SIZE size;
    region_t visible;        /* on the target; memory DCs: the bitmap */
    struct dib dib;          /* the target; top NULL: nothing is drawn */
    bool clip_valid;
    region_t effective;      /* visible, clip and meta together, on the target */
    bool transform_valid, identity, translation; /* translation: whole numbers, no scaling */
    struct matrix to_device, to_logical;
    uint32_t bounds_flags;
    RECT bounds;
    POINT bounds_unused;
    uint64_t client_data;    /* of metafile DCs */
};

struct dc *dc_get(HDC handle);
/* The region to draw in, on the target. */
const region_t *dc_clip(struct dc *dc);
/* Before and after touching pixels of dc->dib; begin is false where there is nothing to draw on. `left`… is the changed
 * rectangle on the target. */
bool dc_begin(struct dc *dc);
void dc_end(struct dc *dc, int left, int top, int right, int bottom);
void dc_free(struct dc *dc);
void dc_invalidate_clip(struct dc *dc);
struct dc *dc_create(enum dc_kind kind);
void dc_set_bitmap(struct dc *dc, struct bitmap *bitmap);
void dc_reset_state(struct dc *dc);

/* ---- coordinates (transform.c) ---- */

void dc_update_transform(struct dc *dc);
void lp_to_dp(struct dc *dc, POINT *points, int count);
void dp_to_lp(struct dc *dc, POINT *points, int count);
/* As a rectangle with ordered edges. */
RECT lp_to_dp_rect(struct dc *dc, int left, int top, int right, int bottom);
double dc_scale_x(struct dc *dc); /* device units per logical unit, of lengths along x */
double dc_scale_y(struct dc *dc);
bool dc_rotated(struct dc *dc);
static inline int round_int(double value)
{
    double r = __builtin_floor(value + 0.5);
    return r >= 2147483647.0 ? 2147483647 : r <= -2147483648.0 ? (-2147483647 - 1) : (int)r;
}

/* ---- settings ---- */
extern int gdi_dpi, gdi_screen_width, gdi_screen_height, gdi_screen_width_mm, gdi_screen_height_mm;

/* ---- stock objects ---- */
HGDIOBJ gdi_stock(int index);
void gdi_init(void);

/* ---- freeing, by type ---- */
void bitmap_free(struct bitmap *bitmap);
void brush_free(struct brush *brush);
void pen_free(struct pen *pen);
void font_object_free(struct font_object *font);
void palette_free(struct palette *palette);
void region_object_free(struct region_object *region);

struct bitmap *bitmap_create(int width, int height, int bpp); /* device-dependent; NULL: no memory */
struct brush *brush_create_solid(COLORREF color);
struct palette *palette_create(const PALETTEENTRY *entries, int count, uint16_t version);
void path_free(struct path *path);
bool path_copy(struct path *to, const struct path *from);

/* malloc for counted arrays from a caller: NULL if count is negative or absurd, or unreadable. */
void *copy_in(const void *from, size_t count, size_t size);

#endif
