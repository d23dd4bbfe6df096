/* Fonts: files that fontconfig or the program names, realised at a size, glyphs cached. Callers hold the drawing lock. */
#ifndef WIN32U_FONT_H
#define WIN32U_FONT_H

#include <ft2build.h>
#include FT_FREETYPE_H
#include "gdi.h"

/* One font of a file. */
struct face {
    struct face *next;
    char *file;
    int index;
    void *memory;          /* AddFontMemResourceEx: own copy */
    size_t memory_size;
    int resource;          /* 0: of the system; else the number of the AddFontResource call */
    bool private;          /* not enumerated */
    WCHAR family[LF_FACESIZE];
    WCHAR full_name[LF_FULLFACESIZE], style[LF_FACESIZE];
    int weight;            /* 100…900 */
    int width;             /* 100: normal */
    bool italic, fixed;
    bool opened;
    FT_Face ft;            /* once opened; NULL: cannot be used */
    int ascent, descent;   /* of the Windows metrics, font units */
    FONTSIGNATURE signature;
    bool symbol;
};

struct glyph {
    int left, top, width, height; /* bitmap: offset of its upper left from the origin, y upwards */
    int advance;                  /* along the baseline, pixels */
    int abc_a, abc_b;             /* pixels */
    bool mono;
    uint8_t *coverage;            /* width × height bytes, NULL: empty */
};

#define GLYPH_PAGES 256

struct glyph_ref {
    struct font *font;
    uint32_t index;
};

/* A face at a size. */
struct font {
    struct font *next;
    struct face *face;
    double em, xscale;      /* pixels per em along y; x by the factor */
    bool bold, oblique, aliased; /* made up: emboldened, slanted; without anti-aliasing */
    double sine, cosine;    /* of the direction of writing */
    bool rotated;
    int ascent, descent, internal_leading, external_leading, ave_width, max_width; /* pixels */
    struct glyph **pages[GLYPH_PAGES];
    struct glyph_ref *chars[256]; /* what font_char found, of characters below 0x10000; font NULL: not asked yet */
    bool fallback_sorted;   /* faces for characters that this one lacks, tried in order */
    struct face **fallback_faces;
    int fallback_count;
};

extern FT_Library font_library;
extern int font_generation; /* changes when fonts are added or removed */

/* All faces; the list is made by the first call. */
struct face *font_faces(void);
bool face_open(struct face *face);
/* The best face for a LOGFONT; never NULL while any font exists. */
struct face *font_match(const LOGFONTW *logical);
/* Faces in the order fontconfig would fall back; malloced array. */
int font_fallbacks(const struct face *face, struct face ***out);
/* A face that a substitution table names for this family; NULL: none. */
struct face *font_substitute(const WCHAR *family, int weight, bool italic);
bool same_name(const WCHAR *a, const WCHAR *b);

/* The selected font at the DC's scale; NULL: no font on this machine. */
struct font *dc_font(struct dc *dc);
struct glyph_ref font_char(struct font *font, uint32_t unicode);
struct glyph *font_glyph(struct font *font, uint32_t index);
void font_set_size(struct font *font); /* makes FreeType's face ready */
int font_load_flags(const struct font *font);
void font_text_metrics(struct dc *dc, struct font *font, TEXTMETRICW *metrics);
void font_plain_metrics(struct font *font, const LOGFONTW *logical, TEXTMETRICW *metrics);

#endif
