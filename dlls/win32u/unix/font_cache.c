/* Fonts at a size: metrics, glyphs, what stands in for missing characters. */
#include "font.h"

#include <math.h>
#include FT_OUTLINE_H
#include FT_BITMAP_H
#include FT_TRUETYPE_TABLES_H

#define FONT_LIMIT 256 /* realised fonts; programs that turn text through every angle would fill memory */

static struct font *fonts;
static int font_count;

/* Forgets all realised fonts. Only where none is in use: font_generation tells LOGFONT objects to look again. */
static void drop_fonts(void)
{
    while (fonts) {
        struct font *font = fonts;
        fonts = font->next;
        for (int i = 0; i < 256; i++) {
            for (int k = 0; font->pages[i] && k < 256; k++) {
                struct glyph *glyph = font->pages[i][k];
                if (glyph) free(glyph->coverage);
                free(glyph);
            }
            free(font->pages[i]);
            free(font->chars[i]);
        }
        free(font->fallback_faces);
        free(font);
    }
    font_count = 0;
    font_generation++;
}

void font_object_free(struct font_object *font)
{
    free(font);
}

/* CreateFontIndirectEx. */
HFONT sys_NtGdiCreateFont(const LOGFONTW *in)
{
    GDI_LOCK();
    struct font_object *font = calloc(1, sizeof(*font));
    HGDIOBJ handle = 0;

    if (!font || !virtual_read(&font->logical, in, sizeof(font->logical)) || !(handle = gdi_add(&font->header, GDI_FONT)))
        free(font);
    return (HFONT)handle;
}

void font_set_size(struct font *font)
{
    FT_Face ft = font->face->ft;
    FT_F26Dot6 height = (FT_F26Dot6)(font->em * 64 + 0.5), width = (FT_F26Dot6)(font->em * font->xscale * 64 + 0.5);

    FT_Set_Char_Size(ft, width < 1 ? 1 : width, height < 1 ? 1 : height, 72, 72);
    if (font->rotated || font->oblique) {
        double slant = font->oblique ? 0.25 : 0;
        FT_Matrix m = { (FT_Fixed)(font->cosine * 65536), (FT_Fixed)((-font->sine + slant * font->cosine) * 65536),
                        (FT_Fixed)(font->sine * 65536), (FT_Fixed)((font->cosine + slant * font->sine) * 65536) };
        FT_Set_Transform(ft, &m, NULL);
    } else {
        FT_Set_Transform(ft, NULL, NULL);
    }
}

int font_load_flags(const struct font *font)
{
    if (font->rotated) return FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP;
    if (font->aliased) return FT_LOAD_TARGET_MONO | FT_LOAD_NO_BITMAP;
    return FT_LOAD_DEFAULT | FT_LOAD_NO_BITMAP;
}

static void make_metrics(struct font *font)
{
    FT_Face ft = font->face->ft;
    TT_OS2 *os2 = FT_Get_Sfnt_Table(ft, FT_SFNT_OS2);
    TT_HoriHeader *hhea = FT_Get_Sfnt_Table(ft, FT_SFNT_HHEA);
    double scale = font->em / ft->units_per_EM;

    font->ascent = (int)(font->face->ascent * scale + 0.5);
    font->descent = (int)(font->face->descent * scale + 0.5);
    font->internal_leading = font->ascent + font->descent - (int)(font->em + 0.5);
    if (font->internal_leading < 0) font->internal_leading = 0;
    font->external_leading = 0;
    if (hhea) { /* what the horizontal header's line is longer than the Windows one */
        int gap = hhea->Line_Gap - ((font->face->ascent + font->face->descent) - (hhea->Ascender - hhea->Descender));
        if (gap > 0) font->external_leading = (int)(gap * scale + 0.5);
    }
    int average = os2 && os2->version != 0xffff && os2->xAvgCharWidth ? os2->xAvgCharWidth : ft->max_advance_width / 2;
    font->ave_width = (int)(average * scale * font->xscale + 0.5);
    if (font->ave_width < 1) font->ave_width = 1;
    font->max_width = (int)((ft->bbox.xMax - ft->bbox.xMin) * scale * font->xscale + 0.5);
}

static struct font *realize(struct face *face, double em, double xscale, bool bold, bool oblique, bool aliased, double sine, double cosine)
{
    struct font *font;

    for (struct font **at = &fonts; (font = *at); at = &font->next) {
        if (font->face != face || font->em != em || font->xscale != xscale || font->bold != bold || font->oblique != oblique ||
            font->aliased != aliased || font->sine != sine || font->cosine != cosine)
            continue;
        *at = font->next; /* to the front */
        font->next = fonts;
        return fonts = font;
    }
    if (!face_open(face) || !(font = calloc(1, sizeof(*font)))) return NULL;
    font->face = face;
    font->em = em, font->xscale = xscale;
    font->bold = bold, font->oblique = oblique, font->aliased = aliased;
    font->sine = sine, font->cosine = cosine;
    font->rotated = sine != 0 || cosine != 1;
    make_metrics(font);
    font->next = fonts;
    font_count++;
    return fonts = font;
}

/* The size of the em in pixels that a LOGFONT's height means at a scale. */
static double em_of(const struct face *face, const LOGFONTW *logical, double scale)
{
    int cell = face->ascent + face->descent;

    if (logical->lfHeight < 0) return -(double)logical->lfHeight * scale;
    if (!logical->lfHeight) return 16.0 * gdi_dpi / 96 * face->ft->units_per_EM / (cell ? cell : face->ft->units_per_EM);
    return logical->lfHeight * scale * face->ft->units_per_EM / (cell ? cell : face->ft->units_per_EM);
}

struct font *dc_font(struct dc *dc)
{
    struct font_object *object = dc->s.font;
    const LOGFONTW *logical = &object->logical;
    struct face *face;
    double scale = dc_scale_y(dc), xscale = 1, sine = 0, cosine = 1;

    if (font_count > FONT_LIMIT) drop_fonts(); /* every call begins here, so none is in use */
    bool turned = dc_rotated(dc) || logical->lfEscapement;
    bool mono = dc->dib.bpp == 1 || logical->lfQuality == NONANTIALIASED_QUALITY;
    if (object->font && object->realized_scale == scale && object->realized_generation == font_generation && !turned &&
        object->realized_xscale == dc_scale_x(dc) && object->font->aliased == mono && !object->font->rotated)
        return object->font;
    if (!(face = font_match(logical))) return NULL;
    double em = em_of(face, logical, scale);
    if (em < 1) em = 1;
    if (em > 4000) em = 4000;
    em = floor(em * 64 + 0.5) / 64;
    if (logical->lfHeight < 0 && scale == 1) em = -logical->lfHeight > 4000 ? 4000 : -logical->lfHeight;
    else em = floor(em + 0.5) > 0 ? floor(em + 0.5) : 1;
    if (dc->s.graphics_mode == GM_ADVANCED && scale > 0) xscale = dc_scale_x(dc) / scale;
    if (logical->lfWidth) { /* the average width that is asked for */
        TT_OS2 *os2 = FT_Get_Sfnt_Table(face->ft, FT_SFNT_OS2);
        double average = (os2 && os2->xAvgCharWidth > 0 ? os2->xAvgCharWidth : face->ft->max_advance_width / 2.0) * em / face->ft->units_per_EM;
        double wanted = abs(logical->lfWidth) * dc_scale_x(dc);
        if (average > 0) xscale = floor(wanted / floor(average + 0.5 > 1 ? average + 0.5 : 1) * 1024 + 0.5) / 1024;
        if (xscale < 0.05) xscale = 0.05;
        if (xscale > 20) xscale = 20;
    }
    if (turned) {
        double angle = logical->lfEscapement * M_PI / 1800;
        sine = sin(angle), cosine = cos(angle);
        if (dc_rotated(dc)) {
            struct matrix *m = &dc->to_device;
            double x = cosine * m->a - sine * m->c, y = cosine * m->b - sine * m->d, length = hypot(x, y); /* device y is down */
            if (length > 0) cosine = x / length, sine = -y / length;
        }
        sine = floor(sine * 65536 + 0.5) / 65536, cosine = floor(cosine * 65536 + 0.5) / 65536;
    }
    bool bold = logical->lfWeight > 550 && face->weight <= 550, oblique = logical->lfItalic && !face->italic;
    object->font = realize(face, em, xscale, bold, oblique, mono, sine, cosine);
    object->realized_scale = scale;
    object->realized_xscale = dc_scale_x(dc);
    object->realized_generation = font_generation;
    return object->font;
}

static uint32_t char_index(struct face *face, uint32_t unicode)
{
    uint32_t index = FT_Get_Char_Index(face->ft, unicode);

    if (!index && face->symbol && unicode < 0x100) index = FT_Get_Char_Index(face->ft, 0xf000 | unicode);
    return index;
}

static struct glyph_ref find_char(struct font *font, uint32_t unicode)
{
    uint32_t index = char_index(font->face, unicode);

    if (index || unicode < 0x20 || font->face->symbol) return (struct glyph_ref){ font, index };
    if (!font->fallback_sorted) {
        font->fallback_sorted = true;
        font->fallback_count = font_fallbacks(font->face, &font->fallback_faces);
    }
    for (int i = 0; i < font->fallback_count; i++) {
        struct face *face = font->fallback_faces[i];
        if (face == font->face || !face_open(face) || !(index = char_index(face, unicode))) continue;
        struct font *other = realize(face, font->em, font->xscale, false, font->oblique, font->aliased, font->sine, font->cosine);
        if (other) return (struct glyph_ref){ other, index };
    }
    return (struct glyph_ref){ font, 0 };
}

struct glyph_ref font_char(struct font *font, uint32_t unicode)
{
    struct glyph_ref *page, ref;

    if (unicode > 0xffff) return find_char(font, unicode);
    page = font->chars[unicode >> 8];
    if (page && page[unicode & 255].font) return page[unicode & 255];
    if (!page) page = font->chars[unicode >> 8] = calloc(256, sizeof(*page));
    ref = find_char(font, unicode);
    if (page) page[unicode & 255] = ref;
    return ref;
}

static void copy_bitmap(struct glyph *glyph, const FT_Bitmap *bitmap)
{
    glyph->width = bitmap->width;
    glyph->height = bitmap->rows;
    if (!glyph->width || !glyph->height || !(glyph->coverage = malloc((size_t)glyph->width * glyph->height))) {
        glyph->width = glyph->height = 0;
        return;
    }
    for (int y = 0; y < glyph->height; y++) {
        const uint8_t *from = bitmap->buffer + y * bitmap->pitch;
        uint8_t *to = glyph->coverage + (size_t)y * glyph->width;
        if (bitmap->pixel_mode == FT_PIXEL_MODE_MONO)
            for (int x = 0; x < glyph->width; x++) to[x] = from[x / 8] & (0x80 >> (x & 7)) ? 255 : 0;
        else
            memcpy(to, from, glyph->width);
    }
}

/* NULL: no memory. A glyph that cannot be loaded is empty. */
struct glyph *font_glyph(struct font *font, uint32_t index)
{
    struct glyph **page, *glyph;
    FT_Face ft = font->face->ft;

    if (index >= GLYPH_PAGES * 256) index = 0;
    if (!(page = font->pages[index >> 8])) {
        page = font->pages[index >> 8] = calloc(256, sizeof(*page));
        if (!page) return NULL;
    }
    if ((glyph = page[index & 255])) return glyph;
    if (!(glyph = calloc(1, sizeof(*glyph)))) return NULL;
    page[index & 255] = glyph;
    font_set_size(font);
    FT_Set_Transform(ft, NULL, NULL);
    if (!FT_Load_Glyph(ft, index, font_load_flags(font))) { /* measures lie along the line of writing */
        const FT_Glyph_Metrics *m = &ft->glyph->metrics;
        glyph->advance = font->rotated ? (int)floor(ft->glyph->linearHoriAdvance / 65536.0 + 0.5) : (int)((m->horiAdvance + 32) >> 6);
        glyph->abc_a = (int)(m->horiBearingX >> 6);
        int right = (int)((m->horiBearingX + m->width + 63) >> 6);
        glyph->abc_b = m->width ? right - glyph->abc_a : 0;
        if (font->bold) glyph->advance++, glyph->abc_b++;
    }
    if (font->rotated || font->oblique) {
        font_set_size(font);
        if (FT_Load_Glyph(ft, index, font_load_flags(font))) return glyph;
    }
    if (ft->glyph->format == FT_GLYPH_FORMAT_OUTLINE && font->bold) FT_Outline_EmboldenXY(&ft->glyph->outline, 64, 0);
    if (!FT_Render_Glyph(ft->glyph, font->aliased ? FT_RENDER_MODE_MONO : FT_RENDER_MODE_NORMAL)) {
        glyph->left = ft->glyph->bitmap_left;
        glyph->top = ft->glyph->bitmap_top;
        copy_bitmap(glyph, &ft->glyph->bitmap);
    }
    return glyph;
}
