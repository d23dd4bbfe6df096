/* What programs ask about fonts: metrics, widths, outlines, tables. */
#include "draw.h"
#include "font.h"

#include <math.h>
#include FT_TRUETYPE_TABLES_H
#include FT_OUTLINE_H

void font_plain_metrics(struct font *font, const LOGFONTW *logical, TEXTMETRICW *tm)
{
    struct face *face = font->face;
    TT_OS2 *os2 = FT_Get_Sfnt_Table(face->ft, FT_SFNT_OS2);
    double scale = font->em / face->ft->units_per_EM;

    memset(tm, 0, sizeof(*tm));
    tm->tmAscent = (int)(face->ascent * scale + 0.5);
    tm->tmDescent = (int)(face->descent * scale + 0.5);
    tm->tmHeight = tm->tmAscent + tm->tmDescent;
    tm->tmInternalLeading = tm->tmHeight - (int)(font->em + 0.5);
    if (tm->tmInternalLeading < 0) tm->tmInternalLeading = 0;
    TT_HoriHeader *hhea = FT_Get_Sfnt_Table(face->ft, FT_SFNT_HHEA);
    if (hhea) {
        int gap = hhea->Line_Gap - ((face->ascent + face->descent) - (hhea->Ascender - hhea->Descender));
        if (gap > 0) tm->tmExternalLeading = (int)(gap * scale + 0.5);
    }
    int average = os2 && os2->version != 0xffff && os2->xAvgCharWidth > 0 ? os2->xAvgCharWidth : face->ft->max_advance_width / 2;
    tm->tmAveCharWidth = (int)(average * scale * font->xscale + 0.5);
    if (tm->tmAveCharWidth < 1) tm->tmAveCharWidth = 1;
    tm->tmMaxCharWidth = (int)((face->ft->bbox.xMax - face->ft->bbox.xMin) * scale * font->xscale + 0.5);
    tm->tmWeight = font->bold ? FW_BOLD : face->weight ? face->weight : FW_NORMAL;
    if (font->bold) tm->tmOverhang = 0;
    tm->tmItalic = face->italic || font->oblique ? 255 : 0;
    tm->tmUnderlined = logical->lfUnderline ? 255 : 0;
    tm->tmStruckOut = logical->lfStrikeOut ? 255 : 0;
    tm->tmDigitizedAspectX = tm->tmDigitizedAspectY = gdi_dpi;
    uint32_t first = 0xffff, last = 0;
    if (os2 && os2->version != 0xffff) {
        first = os2->usFirstCharIndex, last = os2->usLastCharIndex;
        if (face->symbol) {
            tm->tmFirstChar = 0, tm->tmLastChar = last & 0xff, tm->tmBreakChar = 0x20, tm->tmDefaultChar = 0x1f;
        } else {
            tm->tmBreakChar = first < 0xf000 ? 0x20 : first;
            tm->tmDefaultChar = tm->tmBreakChar - 1;
            tm->tmFirstChar = tm->tmDefaultChar - 1;
            tm->tmLastChar = last > 0xfffc ? 0xfffc : last;
        }
    } else {
        tm->tmFirstChar = 0x20, tm->tmLastChar = 0xff, tm->tmBreakChar = 0x20, tm->tmDefaultChar = 0x1f;
    }
    tm->tmPitchAndFamily = TMPF_VECTOR | TMPF_TRUETYPE;
    if (!face->fixed) tm->tmPitchAndFamily |= TMPF_FIXED_PITCH; /* means variable (wingdi.h reference: TEXTMETRIC) */
    if (!FT_Get_Sfnt_Table(face->ft, FT_SFNT_HEAD)) tm->tmPitchAndFamily = (tm->tmPitchAndFamily & ~TMPF_TRUETYPE) | TMPF_DEVICE;
    int family = FF_SWISS;
    if (face->fixed) {
        family = FF_MODERN;
    } else if (os2 && os2->version != 0xffff) {
        int kind = os2->panose[0] == 2 ? os2->panose[1] : 0, class = os2->sFamilyClass >> 8;
        if (os2->panose[0] == 3 || class == 10) family = FF_SCRIPT;
        else if (os2->panose[0] == 4 || class == 9 || class == 12) family = FF_DECORATIVE;
        else if (kind >= 11 && kind <= 15) family = FF_SWISS;
        else if ((kind >= 2 && kind <= 10) || (class >= 1 && class <= 7)) family = FF_ROMAN;
    }
    tm->tmPitchAndFamily |= family;
    tm->tmCharSet = logical->lfCharSet == DEFAULT_CHARSET ? (face->symbol ? SYMBOL_CHARSET : ANSI_CHARSET) : face->symbol ? SYMBOL_CHARSET : logical->lfCharSet;
}

static int scaled(double value, double scale)
{
    return scale == 1 ? (int)value : round_int(value / (scale ? scale : 1));
}

void font_text_metrics(struct dc *dc, struct font *font, TEXTMETRICW *tm)
{
    double x = dc_scale_x(dc), y = dc_scale_y(dc);

    font_plain_metrics(font, &dc->s.font->logical, tm);
    tm->tmHeight = scaled(tm->tmHeight, y), tm->tmAscent = scaled(tm->tmAscent, y);
    tm->tmDescent = tm->tmHeight - tm->tmAscent;
    tm->tmInternalLeading = scaled(tm->tmInternalLeading, y), tm->tmExternalLeading = scaled(tm->tmExternalLeading, y);
    tm->tmAveCharWidth = scaled(tm->tmAveCharWidth, x), tm->tmMaxCharWidth = scaled(tm->tmMaxCharWidth, x);
}

static struct font *font_of(HDC handle, struct dc **dc)
{
    *dc = dc_get(handle);
    return *dc ? dc_font(*dc) : NULL;
}

BOOL sys_NtGdiGetTextMetrics(HDC handle, TEXTMETRICW *out)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    TEXTMETRICW tm;

    if (!font) return FALSE;
    font_text_metrics(dc, font, &tm);
    return virtual_write(out, &tm, sizeof(tm));
}

/* kind 0: INT advances, 1: ABC, 2: FLOAT advances, 3: ABCFLOAT; for characters from `first`, or those of `chars` (UTF-16
 * units, or glyph indices). */
BOOL sys_NtGdiGetCharWidths(HDC handle, UINT first, UINT count, const WORD *chars, UINT kind, BOOL indices, void *out)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    double scale;

    if (!font || count > 0x20000 || kind > 3) return FALSE;
    scale = dc_scale_x(dc);
    for (UINT i = 0; i < count; i++) {
        WORD c = (WORD)(first + i);
        if (chars && !virtual_read(&c, chars + i, sizeof(c))) return FALSE;
        struct glyph_ref ref = indices ? (struct glyph_ref){ font, c } : font_char(font, c);
        struct glyph *glyph = font_glyph(ref.font, ref.index);
        if (!glyph) return FALSE;
        INT width = scaled(glyph->advance, scale), a = scaled(glyph->abc_a, scale), b = scaled(glyph->abc_b, scale);
        ABC abc = { a, b, width - a - b };
        FLOAT real = (FLOAT)(glyph->advance / scale);
        ABCFLOAT abcf = { (FLOAT)(glyph->abc_a / scale), (FLOAT)(glyph->abc_b / scale), (FLOAT)((glyph->advance - glyph->abc_a - glyph->abc_b) / scale) };
        const void *from = kind == 0 ? (void *)&width : kind == 1 ? (void *)&abc : kind == 2 ? (void *)&real : (void *)&abcf;
        size_t size = kind == 0 ? sizeof(width) : kind == 1 ? sizeof(abc) : kind == 2 ? sizeof(real) : sizeof(abcf);
        if (!virtual_write((char *)out + i * size, from, size)) return FALSE;
    }
    return TRUE;
}

/* Indices of the characters; those the font lacks are 0xffff with GGI_MARK_NONEXISTING_GLYPHS, else the default glyph. */
DWORD sys_NtGdiGetGlyphIndices(HDC handle, const WCHAR *text, int count, WORD *out, DWORD flags)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);

    if (!font || count < 0) return GDI_ERROR;
    for (int i = 0; i < count; i++) {
        WCHAR c;
        if (!virtual_read(&c, text + i, sizeof(c))) return GDI_ERROR;
        WORD index = FT_Get_Char_Index(font->face->ft, c);
        if (!index && font->face->symbol && c < 0x100) index = FT_Get_Char_Index(font->face->ft, 0xf000 | c);
        if (!index && flags & GGI_MARK_NONEXISTING_GLYPHS) index = 0xffff;
        if (!virtual_write(out + i, &index, sizeof(index))) return GDI_ERROR;
    }
    return count;
}

/* `which` 0: the family as asked for or found, 1: full name, 2: style; the text with its terminator, in units. */
int sys_NtGdiGetTextFace(HDC handle, int room, WCHAR *out, UINT which)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    const WCHAR *name;
    int length = 0;

    if (!font) return 0;
    name = which == 1 ? font->face->full_name : which == 2 ? font->face->style : font->face->family;
    /* a substituted family goes by the name it was asked for */
    if (!which && dc->s.font->logical.lfFaceName[0] && !same_name(font->face->family, dc->s.font->logical.lfFaceName) &&
        font_substitute(dc->s.font->logical.lfFaceName, FW_NORMAL, false) )
        name = dc->s.font->logical.lfFaceName;
    while (name[length]) length++;
    length++;
    if (!out) return length;
    if (room <= 0) return 0;
    if (length > room) length = room;
    WCHAR end = 0;
    return virtual_write(out, name, length * sizeof(WCHAR)) && virtual_write(out + length - 1, &end, sizeof(end)) ? length : 0;
}

/* GetFontData: bytes of a table (0: the whole file). GDI_ERROR: there is none. */
DWORD sys_NtGdiGetFontData(HDC handle, DWORD table, DWORD offset, void *out, DWORD size)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    FT_ULong length = 0;
    DWORD tag = table >> 24 | (table >> 8 & 0xff00) | (table << 8 & 0xff0000) | table << 24;
    uint8_t *copy;

    if (!font || !FT_IS_SFNT(font->face->ft) || FT_Load_Sfnt_Table(font->face->ft, tag, 0, NULL, &length)) return GDI_ERROR;
    if (offset > length) return GDI_ERROR;
    if (!out || !size) return (DWORD)length - offset;
    length = length - offset < size ? length - offset : size;
    if (!(copy = malloc(length + 1))) return GDI_ERROR;
    bool done = !FT_Load_Sfnt_Table(font->face->ft, tag, offset, copy, &length) && virtual_write(out, copy, length);
    free(copy);
    return done ? (DWORD)length : GDI_ERROR;
}

/* Kerning pairs among the characters of the Latin code page, in logical units; how many. */
DWORD sys_NtGdiGetKerningPairs(HDC handle, DWORD room, KERNINGPAIR *out)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    DWORD count = 0;
    FT_UInt index[256];

    if (!font || !FT_HAS_KERNING(font->face->ft)) return 0;
    font_set_size(font);
    for (int c = 0x20; c < 0x100; c++) index[c] = FT_Get_Char_Index(font->face->ft, c);
    for (int a = 0x20; a < 0x100; a++)
        for (int b = 0x20; index[a] && b < 0x100; b++) {
            FT_Vector v;
            if (!index[b] || FT_Get_Kerning(font->face->ft, index[a], index[b], FT_KERNING_UNFITTED, &v)) continue;
            int amount = scaled(round_int(v.x / 64.0), dc_scale_x(dc));
            if (!amount) continue;
            KERNINGPAIR pair = { a, b, amount };
            if (out && (count >= room || !virtual_write(&out[count], &pair, sizeof(pair)))) return out ? count : 0;
            count++;
        }
    return count;
}

/* The font's signature, as FONTSIGNATURE; the character set. */
int sys_NtGdiGetTextCharsetInfo(HDC handle, FONTSIGNATURE *out)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    TEXTMETRICW tm;

    if (!font || (out && !virtual_write(out, &font->face->signature, sizeof(*out)))) return DEFAULT_CHARSET;
    font_plain_metrics(font, &dc->s.font->logical, &tm);
    return tm.tmCharSet;
}

/* Runs of characters below 0x10000 that the font has: how many runs; as many as there is room for are written. */
DWORD sys_NtGdiGetFontUnicodeRanges(HDC handle, DWORD room, WCRANGE *out, DWORD *glyphs)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    DWORD count = 0, all = 0;
    WCRANGE range = { 0, 0 };
    FT_UInt index;

    if (!font) return 0;
    for (FT_ULong c = FT_Get_First_Char(font->face->ft, &index);; c = FT_Get_Next_Char(font->face->ft, c, &index)) {
        bool ends = !index || c > 0xffff;
        if (range.cGlyphs && (ends || c != (FT_ULong)range.wcLow + range.cGlyphs)) {
            if (out && count < room && !virtual_write(&out[count], &range, sizeof(range))) return 0;
            count++;
            range.cGlyphs = 0;
        }
        if (ends) break;
        if (!range.cGlyphs) range.wcLow = c;
        range.cGlyphs++;
        all++;
    }
    return !glyphs || virtual_write(glyphs, &all, sizeof(all)) ? count : 0;
}

/* What OUTLINETEXTMETRIC has beside TEXTMETRIC; the names come by NtGdiGetTextFace. False: not an outline font. */
BOOL sys_NtGdiGetOutlineMetrics(HDC handle, struct gdi_outline_metrics *out)
{
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    struct gdi_outline_metrics m = { 0 };

    if (!font) return FALSE;
    FT_Face ft = font->face->ft;
    TT_OS2 *os2 = FT_Get_Sfnt_Table(ft, FT_SFNT_OS2);
    TT_HoriHeader *hhea = FT_Get_Sfnt_Table(ft, FT_SFNT_HHEA);
    double y = font->em / ft->units_per_EM / dc_scale_y(dc), x = font->em * font->xscale / ft->units_per_EM / dc_scale_x(dc);
    font_text_metrics(dc, font, &m.text);
    m.em_square = ft->units_per_EM;
    m.line_gap = hhea ? round_int(hhea->Line_Gap * y) : 0;
    m.ascent = round_int((hhea ? hhea->Ascender : ft->ascender) * y);
    m.descent = round_int((hhea ? hhea->Descender : ft->descender) * y);
    m.bounds = (RECT){ round_int(ft->bbox.xMin * x), round_int(ft->bbox.yMax * y), round_int(ft->bbox.xMax * x), round_int(ft->bbox.yMin * y) };
    m.minimum_ppem = 9;
    m.underscore_size = round_int(ft->underline_thickness * y);
    m.underscore_position = round_int((ft->underline_position + ft->underline_thickness / 2) * y);
    if (hhea) {
        m.slope_rise = hhea->caret_Slope_Rise;
        m.slope_run = hhea->caret_Slope_Run;
        if (hhea->caret_Slope_Run) m.italic_angle = (int)(-10 * atan2(hhea->caret_Slope_Run, hhea->caret_Slope_Rise) * 180 / M_PI);
    }
    if (os2 && os2->version != 0xffff) {
        memcpy(m.panose, os2->panose, 10);
        m.selection = os2->fsSelection;
        m.type = os2->fsType & 0x30e;
        m.cap_height = os2->version >= 2 ? round_int(os2->sCapHeight * y) : 0;
        m.x_height = os2->version >= 2 ? round_int(os2->sxHeight * y) : 0;
        m.ascent = round_int(os2->sTypoAscender * y), m.descent = round_int(os2->sTypoDescender * y), m.line_gap = round_int(os2->sTypoLineGap * y);
        m.subscript_size = (POINT){ round_int(os2->ySubscriptXSize * x), round_int(os2->ySubscriptYSize * y) };
        m.subscript_offset = (POINT){ round_int(os2->ySubscriptXOffset * x), round_int(os2->ySubscriptYOffset * y) };
        m.superscript_size = (POINT){ round_int(os2->ySuperscriptXSize * x), round_int(os2->ySuperscriptYSize * y) };
        m.superscript_offset = (POINT){ round_int(os2->ySuperscriptXOffset * x), round_int(os2->ySuperscriptYOffset * y) };
        m.strikeout_size = round_int(os2->yStrikeoutSize * y);
        m.strikeout_position = round_int(os2->yStrikeoutPosition * y);
    }
    m.mac_ascent = m.text.tmAscent, m.mac_descent = -m.text.tmDescent;
    return virtual_write(out, &m, sizeof(m));
}

/* ---- GetGlyphOutline ---- */

struct outline_sink {
    uint8_t *data;
    size_t size, room;
    size_t header, curve; /* offsets of the polygon and curve at hand; 0: none (the first is at 0 + 1) */
    FT_Vector start, at, control;
    bool bezier, failed, conic; /* conic: the last piece was one, with that control point */
};

static void *grow(struct outline_sink *sink, size_t bytes)
{
    if (sink->size + bytes > sink->room) {
        size_t room = (sink->room + bytes) * 2 + 256;
        uint8_t *larger = realloc(sink->data, room);
        if (!larger) {
            sink->failed = true;
            return NULL;
        }
        sink->data = larger;
        sink->room = room;
    }
    sink->size += bytes;
    return sink->data + sink->size - bytes;
}

static POINTFX fixed_point(const FT_Vector *v)
{
    POINTFX p;
    int32_t x = (int32_t)v->x * 1024, y = (int32_t)v->y * 1024;

    memcpy(&p.x, &x, 4);
    memcpy(&p.y, &y, 4);
    return p;
}

static void add_point(struct outline_sink *sink, int type, const FT_Vector *v, bool new_curve)
{
    TTPOLYCURVE *curve = sink->curve ? (TTPOLYCURVE *)(sink->data + sink->curve - 1) : NULL;
    POINTFX p = fixed_point(v);
    void *to;

    if (!curve || curve->wType != type || new_curve) {
        WORD *head = grow(sink, 4);
        if (!head) return;
        sink->curve = sink->size - 4 + 1;
        head[0] = type, head[1] = 0;
    }
    if (!(to = grow(sink, sizeof(p)))) return;
    memcpy(to, &p, sizeof(p));
    ((TTPOLYCURVE *)(sink->data + sink->curve - 1))->cpfx++;
    sink->at = *v;
}

static void end_polygon(struct outline_sink *sink)
{
    if (!sink->header) return;
    if (sink->failed) return;
    TTPOLYCURVE *last = sink->curve ? (TTPOLYCURVE *)(sink->data + sink->curve - 1) : NULL;
    if (last && last->wType == TT_PRIM_LINE && sink->at.x == sink->start.x && sink->at.y == sink->start.y) {
        sink->size -= sizeof(POINTFX); /* the line that closes the polygon is understood */
        if (!--last->cpfx) sink->size -= 4;
    }
    ((TTPOLYGONHEADER *)(sink->data + sink->header - 1))->cb = (DWORD)(sink->size - (sink->header - 1));
    sink->header = sink->curve = 0;
}

static int outline_move(const FT_Vector *to, void *user)
{
    struct outline_sink *sink = user;
    TTPOLYGONHEADER *header;

    end_polygon(sink);
    if (!(header = grow(sink, sizeof(*header)))) return 1;
    sink->header = sink->size - sizeof(*header) + 1;
    header->dwType = TT_POLYGON_TYPE;
    header->pfxStart = fixed_point(to);
    sink->start = sink->at = *to;
    sink->conic = false;
    return 0;
}

static int outline_line(const FT_Vector *to, void *user)
{
    struct outline_sink *sink = user;
    add_point(sink, TT_PRIM_LINE, to, false);
    sink->conic = false;
    return sink->failed;
}

static int outline_cubic(const FT_Vector *a, const FT_Vector *b, const FT_Vector *to, void *user)
{
    struct outline_sink *sink = user;
    add_point(sink, TT_PRIM_CSPLINE, a, false);
    add_point(sink, TT_PRIM_CSPLINE, b, false);
    add_point(sink, TT_PRIM_CSPLINE, to, false);
    return sink->failed;
}

static int outline_conic(const FT_Vector *c, const FT_Vector *to, void *user)
{
    struct outline_sink *sink = user;
    if (sink->bezier) {
        FT_Vector a = { (sink->at.x + 2 * c->x) / 3, (sink->at.y + 2 * c->y) / 3 }, b = { (to->x + 2 * c->x) / 3, (to->y + 2 * c->y) / 3 };
        return outline_cubic(&a, &b, to, user);
    }
    /* a point half-way between two control points is implied: it is left out, and the curve goes on */
    bool implied = sink->conic && sink->curve && sink->at.x == (sink->control.x + c->x) / 2 && sink->at.y == (sink->control.y + c->y) / 2;
    if (implied) {
        sink->size -= sizeof(POINTFX);
        ((TTPOLYCURVE *)(sink->data + sink->curve - 1))->cpfx--;
    }
    add_point(sink, TT_PRIM_QSPLINE, c, !implied);
    sink->control = *c;
    add_point(sink, TT_PRIM_QSPLINE, to, false);
    sink->conic = true;
    return sink->failed;
}

/* Size in bytes of the data, which is written if it fits; GDI_ERROR: no such glyph or format. */
DWORD sys_NtGdiGetGlyphOutline(HDC handle, UINT character, UINT format, GLYPHMETRICS *metrics, DWORD size, void *out, const MAT2 *matrix)
{
    static const FT_Outline_Funcs functions = { outline_move, outline_line, outline_conic, outline_cubic, 0, 0 };
    GDI_LOCK();
    struct dc *dc;
    struct font *font = font_of(handle, &dc);
    MAT2 m;
    FT_Matrix ft_matrix;
    int flags;

    if (!font || !virtual_read(&m, matrix, sizeof(m))) return GDI_ERROR;
    FT_Face ft = font->face->ft;
    bool unhinted = format & GGO_UNHINTED;
    UINT index = format & GGO_GLYPH_INDEX ? character : FT_Get_Char_Index(ft, character);
    if (!index && font->face->symbol && character < 0x100) index = FT_Get_Char_Index(ft, 0xf000 | character);
    format &= ~(GGO_GLYPH_INDEX | GGO_UNHINTED);
    int32_t e[4];
    memcpy(e, &m, sizeof(e)); /* 16.16: eM11, eM12, eM21, eM22 */
    ft_matrix = (FT_Matrix){ e[0], e[2], e[1], e[3] };
    bool identity = e[0] == 0x10000 && e[3] == 0x10000 && !e[1] && !e[2];
    font_set_size(font);
    flags = font_load_flags(font);
    if (unhinted || format == GGO_NATIVE || format == GGO_BEZIER) flags = unhinted ? flags | FT_LOAD_NO_HINTING : flags;
    if (!identity) flags |= FT_LOAD_NO_HINTING;
    if (format == GGO_BITMAP) flags = (flags & ~FT_LOAD_TARGET_(15)) | FT_LOAD_TARGET_MONO;
    if (FT_Load_Glyph(ft, index, flags) || ft->glyph->format != FT_GLYPH_FORMAT_OUTLINE) return GDI_ERROR;
    FT_Outline *outline = &ft->glyph->outline;
    FT_Vector advance = ft->glyph->advance;
    if (!identity) {
        FT_Outline_Transform(outline, &ft_matrix);
        FT_Vector_Transform(&advance, &ft_matrix);
    }
    FT_BBox box;
    FT_Outline_Get_CBox(outline, &box);
    box.xMin &= ~63, box.yMin &= ~63;
    box.xMax = (box.xMax + 63) & ~63, box.yMax = (box.yMax + 63) & ~63;
    int width = (int)(box.xMax - box.xMin) / 64, height = (int)(box.yMax - box.yMin) / 64;
    GLYPHMETRICS gm = { width > 0 ? width : 1, height > 0 ? height : 1, { (int)(box.xMin / 64), (int)(box.yMax / 64) },
                        (short)((advance.x + 32) >> 6), (short)((advance.y + 32) >> 6) };
    if (metrics && !virtual_write(metrics, &gm, sizeof(gm))) return GDI_ERROR;
    if (format == GGO_METRICS) return 0;
    if (format == GGO_NATIVE || format == GGO_BEZIER) {
        struct outline_sink sink = { .bezier = format == GGO_BEZIER };
        DWORD need;
        FT_Outline_Decompose(outline, &functions, &sink);
        end_polygon(&sink);
        need = sink.failed ? GDI_ERROR : (DWORD)sink.size;
        if (!sink.failed && out && size) need = size < need || !virtual_write(out, sink.data, need) ? GDI_ERROR : need;
        free(sink.data);
        return need;
    }
    int levels = format == GGO_BITMAP ? 1 : format == GGO_GRAY2_BITMAP ? 4 : format == GGO_GRAY4_BITMAP ? 16 : format == GGO_GRAY8_BITMAP ? 64 : 0;
    if (!levels) return GDI_ERROR;
    size_t stride = levels == 1 ? ((size_t)width + 31) / 32 * 4 : ((size_t)width + 3) & ~(size_t)3;
    DWORD need = (DWORD)(stride * height);
    if (!out || !size || !need) return need;
    if (size < need) return GDI_ERROR;
    FT_Bitmap bitmap = { .rows = height, .width = width, .pitch = (int)stride, .num_grays = 256,
                         .pixel_mode = levels == 1 ? FT_PIXEL_MODE_MONO : FT_PIXEL_MODE_GRAY };
    if (!(bitmap.buffer = calloc(1, need))) return GDI_ERROR;
    FT_Outline_Translate(outline, -box.xMin, -box.yMin);
    bool done = !FT_Outline_Get_Bitmap(font_library, outline, &bitmap);
    if (levels > 1) for (DWORD i = 0; i < need; i++) bitmap.buffer[i] = (bitmap.buffer[i] * levels + 127) / 255;
    done = done && virtual_write(out, bitmap.buffer, need);
    free(bitmap.buffer);
    return done ? need : GDI_ERROR;
}
