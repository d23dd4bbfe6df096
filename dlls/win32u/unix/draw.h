/* Filling and stroking on a DC's target. Coordinates are those of the device unless said otherwise. Callers hold the lock. */
#ifndef WIN32U_DRAW_H
#define WIN32U_DRAW_H

#include "gdi.h"

struct vertex {
    double x, y;
};

/* A brush made ready for a target. */
struct paint {
    enum { PAINT_NONE, PAINT_SOLID, PAINT_TILE } kind;
    uint32_t pixel;
    int width, height;      /* of the tile */
    int org_x, org_y;       /* on the target */
    uint32_t *pixels;
    uint8_t *opaque;        /* NULL: all; else per pixel whether it is drawn */
    uint32_t small[64];
    uint8_t small_opaque[64];
};

bool paint_init(struct paint *paint, struct dc *dc, struct brush *brush);
void paint_init_color(struct paint *paint, struct dc *dc, COLORREF color);
void paint_fini(struct paint *paint);
/* Colour of the DC as a pixel of its target: COLORREF with all its forms (PALETTEINDEX, DIBINDEX). */
uint32_t dc_pixel(struct dc *dc, COLORREF color);
uint32_t dc_rgb(struct dc *dc, COLORREF color); /* 0x00RRGGBB */

/* Boxes of the target, cut to the clip region, by a rop3 without source. Between dc_begin and dc_end. */
void paint_boxes(struct dc *dc, const struct paint *paint, int rop3, const pixman_box32_t *boxes, int count);

/* A device rectangle, or a region in device coordinates; whole operations. False: nothing can be drawn. */
bool draw_rect(struct dc *dc, struct brush *brush, int rop3, int left, int top, int right, int bottom);
bool draw_region(struct dc *dc, struct brush *brush, int rop3, const region_t *region);
bool draw_region_paint(struct dc *dc, const struct paint *paint, int rop3, const region_t *region);

/* Regions of shapes: initialised by these. */
bool polygon_region(region_t *region, const POINT *points, const INT *counts, int polygons, int mode);
/* Only the rows of `limits`, which NULL does not restrict. */
bool polygon_region_within(region_t *region, const POINT *points, const INT *counts, int polygons, int mode,
                           const pixman_box32_t *limits);
bool vertices_region(region_t *region, const struct vertex *vertices, const int *counts, int polygons, int mode,
                     const pixman_box32_t *limits);
/* What can be drawn on, in device coordinates. */
pixman_box32_t dc_limits(struct dc *dc);
void round_rect_region(region_t *region, int left, int top, int right, int bottom, int width, int height); /* edges inside */

/* The pen along lines. `closed`: the last point joins the first. */
bool stroke_lines(struct dc *dc, const POINT *points, int count, bool closed);
/* Region that a wide pen covers. */
bool widen_lines(struct dc *dc, region_t *region, const POINT *points, int count, bool closed, const pixman_box32_t *limits);
bool pen_is_wide(struct dc *dc);
struct pen *dc_pen(struct dc *dc);
int pen_device_width(struct dc *dc);

/* Points of a Bézier spline as lines; `out` malloced, count returned. */
int flatten_bezier(const POINT *points, int count, POINT **out);

/* The DC's path. */
bool path_add(struct path *path, POINT point, uint8_t type);
bool path_lines(struct dc *dc, const POINT *device, int count, bool move_first);

/* ---- DIBs of the caller (dibsource.c) ---- */

struct dib_source {
    struct dib dib;   /* own copy of the rows that were given */
    int full_height;  /* of the description, positive */
    bool top_down;
    RGBQUAD colors[256];
    uint16_t palette_indices[256];
    void *bits;
};

/* What a BITMAPINFO or BITMAPCOREINFO says. */
struct dib_format {
    BITMAPINFOHEADER header; /* biHeight keeps its sign */
    bool core;
    uint32_t masks[3];
    int color_count;         /* entries that are there */
    uint64_t colors;         /* where: address in the caller's memory */
    uint32_t size;           /* of header, masks and colours together, bytes, with `usage` RGB */
};
bool dib_format_read(struct dib_format *format, uint64_t info, uint32_t usage);

/* `args->lines` rows from `args->bits` (0 lines: the whole bitmap). `dc`: for DIB_PAL_COLORS, may be NULL. */
bool dib_source_init(struct dib_source *source, const struct gdi_dib *args, struct dc *dc);
void dib_source_fini(struct dib_source *source);
const RGBQUAD *default_colors(int bpp); /* 4 or 8 */

/* ---- blits (blit.c, stretch.c) ---- */

struct fetch { /* delivers rows of a source as they shall appear on a target */
    const struct dib *source;
    const struct translation *translation; /* NULL: raw pixels */
    const struct dib *target;
    int x, y, width, height;               /* on the target, positive */
    int sx, sy, swidth, sheight;           /* on the source, positive */
    bool flip_x, flip_y;
    int mode;                              /* stretch mode; 0: no stretching */
    uint32_t *row;                         /* scratch */
    uint64_t *sum;
    int *columns;                          /* source columns of the target's from columns_from on */
    int columns_from, columns_count;
    int last_y;
};

/* Negative sizes mirror. `box` receives the part of the target that the source reaches. False: nothing to do. */
bool fetch_init(struct fetch *fetch, const struct dib *target, const struct dib *source, const struct translation *translation,
                int x, int y, int width, int height, int sx, int sy, int swidth, int sheight, int mode, pixman_box32_t *box);
void fetch_fini(struct fetch *fetch);
void fetch_row(struct fetch *fetch, int x1, int x2, int y, uint32_t *pixels);

/* Whole drawing of a source with a rop3, device coordinates of the DC. */
bool blit_dib(struct dc *dc, int x, int y, int width, int height, const struct dib *source, int sx, int sy, int swidth, int sheight,
              int rop3, const struct translation *translation, int mode);

#endif
