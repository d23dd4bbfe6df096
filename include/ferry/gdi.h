/* What crosses the border for drawing, beside Windows' own structures: the same layout in 32-bit and 64-bit code. */
#ifndef FERRY_GDI_H
#define FERRY_GDI_H

#include <stdint.h>
#include "ferry/nt.h"

/* NtGdiGetObjectInfo: the union by `type`, bits 16 to 22 of the handle. */
struct gdi_object_info {
    uint32_t type;
    uint32_t padding;
    union {
        struct {
            int32_t width, height, bpp;
            uint32_t stride; /* bytes; 2-byte aligned rows of a device-dependent bitmap */
            uint32_t section; /* a DIB section: what follows is set */
            uint32_t file_offset;
            uint64_t bits, file_section;
            BITMAPINFOHEADER info;
            uint32_t masks[3];
            int32_t dimension_x, dimension_y;
        } bitmap;
        struct {
            uint32_t style, color;
            uint64_t hatch;
        } brush;
        struct {
            uint32_t style, color;
            int32_t width, height;
            uint64_t hatch;
            uint32_t brush_style, dash_count;
            uint32_t dashes[16];
        } pen;
        LOGFONTW font;
        uint32_t palette_count;
    };
};

/* NtGdiGetDCDword, NtGdiSetDCDword. */
enum gdi_dc_value {
    GDI_DC_TEXT_COLOR, GDI_DC_BK_COLOR, GDI_DC_BK_MODE, GDI_DC_ROP2, GDI_DC_FILL_MODE, GDI_DC_STRETCH_MODE,
    GDI_DC_TEXT_ALIGN, GDI_DC_CHAR_EXTRA, GDI_DC_ARC_DIRECTION, GDI_DC_MAP_MODE, GDI_DC_GRAPHICS_MODE,
    GDI_DC_LAYOUT, GDI_DC_MAPPER_FLAGS, GDI_DC_BRUSH_COLOR, GDI_DC_PEN_COLOR, GDI_DC_ICM_MODE, GDI_DC_REL_ABS,
    GDI_DC_BREAK_EXTRA, GDI_DC_BREAK_COUNT, GDI_DC_MITER_LIMIT, /* bits of a float */
    GDI_DC_VALUES
};

/* NtGdiGetDCPoint, NtGdiSetDCPoint. */
enum gdi_dc_point {
    GDI_DC_POSITION, GDI_DC_BRUSH_ORG, GDI_DC_WINDOW_ORG, GDI_DC_WINDOW_EXT, GDI_DC_VIEWPORT_ORG, GDI_DC_VIEWPORT_EXT,
    GDI_DC_ORIGIN, GDI_DC_SIZE, GDI_DC_POINTS
};

/* NtGdiRectangle's and NtGdiArc's kind. */
enum gdi_shape {
    GDI_SHAPE_RECTANGLE, GDI_SHAPE_ELLIPSE, GDI_SHAPE_ROUND_RECT, GDI_SHAPE_ARC, GDI_SHAPE_CHORD, GDI_SHAPE_PIE, GDI_SHAPE_ARC_TO
};

/* NtGdiPoly's kind. */
enum gdi_poly {
    GDI_POLYGON, GDI_POLYLINE, GDI_POLYLINE_TO, GDI_POLYBEZIER, GDI_POLYBEZIER_TO, GDI_POLYPOLYGON, GDI_POLYPOLYLINE
};

/* NtGdiPath's operation. */
enum gdi_path {
    GDI_PATH_BEGIN, GDI_PATH_END, GDI_PATH_ABORT, GDI_PATH_CLOSE_FIGURE, GDI_PATH_FILL, GDI_PATH_STROKE, GDI_PATH_STROKE_AND_FILL,
    GDI_PATH_FLATTEN, GDI_PATH_WIDEN
};

/* A blit: all kinds. Logical coordinates. */
struct gdi_blit {
    int32_t x, y, width, height;
    int32_t src_x, src_y, src_width, src_height;
    uint32_t rop;    /* of BitBlt: the whole ROP code; AlphaBlend: BLENDFUNCTION; TransparentBlt: the colour */
    uint32_t kind;   /* enum gdi_blit_kind */
    uint64_t source; /* HDC */
    uint64_t mask;   /* HBITMAP */
    int32_t mask_x, mask_y;
    int32_t points[6]; /* PlgBlt */
    uint32_t bk_color; /* source background: CLR_INVALID for the source DC's */
    uint32_t padding;
};
enum gdi_blit_kind { GDI_BLIT_STRETCH, GDI_BLIT_PLAIN, GDI_BLIT_MASK, GDI_BLIT_PLG, GDI_BLIT_TRANSPARENT, GDI_BLIT_ALPHA };

/* A DIB given by the caller: SetDIBits, SetDIBitsToDevice, StretchDIBits, CreateDIBitmap, pattern brushes. */
struct gdi_dib {
    uint64_t info;  /* BITMAPINFO or BITMAPCOREINFO */
    uint64_t bits;
    uint32_t usage; /* DIB_RGB_COLORS, DIB_PAL_COLORS */
    uint32_t rop;
    int32_t x, y, width, height;
    int32_t src_x, src_y, src_width, src_height;
    uint32_t start, lines;
};

/* NtGdiExtTextOut. */
struct gdi_text {
    int32_t x, y;
    uint32_t flags;
    uint32_t count;  /* UTF-16 units, or glyph indices with ETO_GLYPH_INDEX */
    uint64_t text;
    uint64_t dx;     /* INT per unit (two with ETO_PDY), or 0 */
    uint32_t has_rect;
    RECT rect;
};

/* NtGdiEnumFonts fills an array of these. */
struct gdi_font_info {
    ENUMLOGFONTEXW logical;
    NEWTEXTMETRICEXW metric;
    uint32_t type; /* TRUETYPE_FONTTYPE or RASTER_FONTTYPE, DEVICE_FONTTYPE */
};

/* NtGdiGetOutlineMetrics: OUTLINETEXTMETRIC without the names. */
struct gdi_outline_metrics {
    TEXTMETRICW text;
    uint8_t panose[10];
    uint16_t padding;
    uint32_t selection, type;
    int32_t slope_rise, slope_run, italic_angle;
    uint32_t em_square;
    int32_t ascent, descent;
    uint32_t line_gap, cap_height, x_height;
    RECT bounds;
    int32_t mac_ascent, mac_descent;
    uint32_t mac_line_gap, minimum_ppem;
    POINT subscript_size, subscript_offset, superscript_size, superscript_offset;
    uint32_t strikeout_size;
    int32_t strikeout_position;
    int32_t underscore_size, underscore_position;
};

#endif
