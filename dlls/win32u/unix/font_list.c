/* Which fonts there are, and which one a LOGFONT means. */
#include "font.h"

#include <fontconfig/fontconfig.h>
#include <stdio.h>
#include <strings.h>
#include FT_TRUETYPE_TABLES_H
#include FT_SFNT_NAMES_H

FT_Library font_library;
int font_generation = 1;

static struct face *faces;
static bool listed;

static void from_utf8(WCHAR *to, int room, const char *from)
{
    int n = 0;

    for (const uint8_t *p = (const uint8_t *)from; *p && n < room - 1;) {
        uint32_t c = *p++;
        int more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0 ? 1 : 0;
        if (more) c &= 0x3f >> more;
        while (more-- && (*p & 0xc0) == 0x80) c = c << 6 | (*p++ & 0x3f);
        if (c < 0x10000) {
            to[n++] = c;
        } else if (n < room - 2) {
            to[n++] = 0xd7c0 + (c >> 10);
            to[n++] = 0xdc00 | (c & 0x3ff);
        }
    }
    to[n] = 0;
}

static WCHAR lower(WCHAR c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool same_name(const WCHAR *a, const WCHAR *b)
{
    while (*a && lower(*a) == lower(*b)) a++, b++;
    return lower(*a) == lower(*b);
}

static bool is_name(const WCHAR *a, const char *b)
{
    while (*a && lower(*a) == lower((uint8_t)*b)) a++, b++;
    return lower(*a) == lower((uint8_t)*b);
}

static struct face *add_pattern(FcPattern *pattern)
{
    FcChar8 *file, *family, *style = NULL, *full = NULL;
    int index = 0, slant = FC_SLANT_ROMAN, spacing = FC_PROPORTIONAL, width = FC_WIDTH_NORMAL;
    double weight = FC_WEIGHT_REGULAR;
    FcBool scalable = FcFalse;
    struct face *face;

    if (FcPatternGetBool(pattern, FC_SCALABLE, 0, &scalable) != FcResultMatch || !scalable) return NULL;
    if (FcPatternGetString(pattern, FC_FILE, 0, &file) != FcResultMatch ||
        FcPatternGetString(pattern, FC_FAMILY, 0, &family) != FcResultMatch)
        return NULL;
    FcPatternGetInteger(pattern, FC_INDEX, 0, &index);
    if (index >> 16) return NULL; /* named instances of variable fonts */
    FcPatternGetInteger(pattern, FC_SLANT, 0, &slant);
    FcPatternGetInteger(pattern, FC_SPACING, 0, &spacing);
    FcPatternGetInteger(pattern, FC_WIDTH, 0, &width);
    FcPatternGetDouble(pattern, FC_WEIGHT, 0, &weight);
    FcPatternGetString(pattern, FC_STYLE, 0, &style);
    FcPatternGetString(pattern, FC_FULLNAME, 0, &full);
    if (!(face = calloc(1, sizeof(*face)))) return NULL;
    face->file = strdup((const char *)file);
    face->index = index;
    from_utf8(face->family, LF_FACESIZE, (const char *)family);
    from_utf8(face->style, LF_FACESIZE, style ? (const char *)style : "Regular");
    from_utf8(face->full_name, LF_FULLFACESIZE, full ? (const char *)full : (const char *)family);
    face->weight = (int)(FcWeightToOpenTypeDouble(weight) + 0.5);
    face->width = width;
    face->italic = slant != FC_SLANT_ROMAN;
    face->fixed = spacing >= FC_MONO;
    face->next = faces;
    faces = face;
    return face;
}

struct face *font_faces(void)
{
    if (listed) return faces;
    listed = true;
    if (FT_Init_FreeType(&font_library)) return NULL;
    FcConfig *config = FcInitLoadConfigAndFonts();
    FcFontSet *set = config ? FcConfigGetFonts(config, FcSetSystem) : NULL;
    if (config) FcConfigSetCurrent(config);
    for (int i = 0; set && i < set->nfont; i++) add_pattern(set->fonts[i]);
    return faces;
}

bool face_open(struct face *face)
{
    TT_OS2 *os2;

    if (face->opened) return face->ft != NULL;
    face->opened = true;
    if (face->memory ? FT_New_Memory_Face(font_library, face->memory, face->memory_size, face->index, &face->ft)
                     : FT_New_Face(font_library, face->file, face->index, &face->ft)) {
        face->ft = NULL;
        return false;
    }
    face->ascent = face->ft->ascender;
    face->descent = -face->ft->descender;
    if ((os2 = FT_Get_Sfnt_Table(face->ft, FT_SFNT_OS2)) && os2->version != 0xffff) {
        if (os2->usWinAscent + os2->usWinDescent) face->ascent = os2->usWinAscent, face->descent = (int16_t)os2->usWinDescent;
        face->signature = (FONTSIGNATURE){ { os2->ulUnicodeRange1, os2->ulUnicodeRange2, os2->ulUnicodeRange3, os2->ulUnicodeRange4 },
                                           { os2->ulCodePageRange1, os2->ulCodePageRange2 } };
    }
    if (!face->signature.fsCsb[0]) face->signature.fsCsb[0] = FS_LATIN1;
    if (FT_Select_Charmap(face->ft, FT_ENCODING_UNICODE)) {
        if (!FT_Select_Charmap(face->ft, FT_ENCODING_MS_SYMBOL)) face->symbol = true;
        else if (face->ft->num_charmaps) FT_Set_Charmap(face->ft, face->ft->charmaps[0]);
    }
    if (face->symbol) face->signature.fsCsb[0] = FS_SYMBOL;
    return true;
}

/* ---- matching ---- */

static struct face *best_of_family(const WCHAR *family, int weight, bool italic)
{
    struct face *best = NULL;
    int best_distance = 0;

    for (struct face *face = font_faces(); face; face = face->next) {
        if (!same_name(face->family, family) && !same_name(face->full_name, family)) continue;
        int distance = abs(face->weight - weight) + 20 * abs(face->width - 100) + (face->italic != italic ? 1000 : 0) + (same_name(face->family, family) ? 0 : 5000);
        if (!best || distance < best_distance) best = face, best_distance = distance;
    }
    return best && face_open(best) ? best : NULL;
}

/* Families that programs name and that are not free, and what has their widths (or is the nearest). */
static const struct {
    const char *name, *use[3];
} substitutes[] = {
    { "Arial", { "Liberation Sans", "Arimo", "DejaVu Sans" } },
    { "Arial Narrow", { "Liberation Sans Narrow", "Liberation Sans" } },
    { "Helvetica", { "Liberation Sans", "Nimbus Sans", "DejaVu Sans" } },
    { "Helv", { "Liberation Sans", "DejaVu Sans" } },
    { "MS Shell Dlg", { "Tahoma", "Liberation Sans", "DejaVu Sans" } },
    { "MS Shell Dlg 2", { "Tahoma", "Liberation Sans", "DejaVu Sans" } },
    { "MS Sans Serif", { "Liberation Sans", "DejaVu Sans" } },
    { "Microsoft Sans Serif", { "Liberation Sans", "DejaVu Sans" } },
    { "Tahoma", { "Liberation Sans", "DejaVu Sans" } },
    { "Segoe UI", { "Selawik", "Liberation Sans", "DejaVu Sans" } },
    { "Segoe UI Semibold", { "Liberation Sans", "DejaVu Sans" } },
    { "Trebuchet MS", { "Liberation Sans", "DejaVu Sans" } },
    { "System", { "Liberation Sans", "DejaVu Sans" } },
    { "Verdana", { "DejaVu Sans" } },
    { "Calibri", { "Carlito", "Liberation Sans" } },
    { "Cambria", { "Caladea", "Liberation Serif" } },
    { "Times New Roman", { "Liberation Serif", "Tinos", "DejaVu Serif" } },
    { "Times", { "Liberation Serif", "DejaVu Serif" } },
    { "Tms Rmn", { "Liberation Serif", "DejaVu Serif" } },
    { "MS Serif", { "Liberation Serif", "DejaVu Serif" } },
    { "Georgia", { "Gelasio", "DejaVu Serif", "Liberation Serif" } },
    { "Courier New", { "Liberation Mono", "Cousine", "DejaVu Sans Mono" } },
    { "Courier", { "Liberation Mono", "DejaVu Sans Mono" } },
    { "Consolas", { "DejaVu Sans Mono", "Liberation Mono" } },
    { "Lucida Console", { "DejaVu Sans Mono", "Liberation Mono" } },
    { "Terminal", { "Liberation Mono", "DejaVu Sans Mono" } },
    { "Fixedsys", { "Liberation Mono", "DejaVu Sans Mono" } },
    { "Symbol", { "Standard Symbols PS", "DejaVu Sans" } },
    { "Wingdings", { "D050000L", "DejaVu Sans" } },
    { "Marlett", { "DejaVu Sans" } },
};

struct face *font_substitute(const WCHAR *family, int weight, bool italic)
{
    for (size_t i = 0; i < sizeof(substitutes) / sizeof(*substitutes); i++) {
        if (!is_name(family, substitutes[i].name)) continue;
        for (int k = 0; k < 3 && substitutes[i].use[k]; k++) {
            WCHAR name[LF_FACESIZE];
            struct face *face;
            from_utf8(name, LF_FACESIZE, substitutes[i].use[k]);
            if ((face = best_of_family(name, weight, italic))) return face;
        }
    }
    return NULL;
}

static struct face *by_fontconfig(const LOGFONTW *logical, const char *family)
{
    FcPattern *pattern = FcPatternCreate(), *match;
    FcResult result;
    FcChar8 *file = NULL;
    int index = 0;
    struct face *found = NULL;

    if (!pattern) return NULL;
    FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)family);
    FcPatternAddInteger(pattern, FC_WEIGHT, logical->lfWeight > 550 ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    if (logical->lfItalic) FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ITALIC);
    FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
    FcConfigSubstitute(NULL, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);
    match = FcFontMatch(NULL, pattern, &result);
    FcPatternDestroy(pattern);
    if (!match) return NULL;
    FcPatternGetString(match, FC_FILE, 0, &file);
    FcPatternGetInteger(match, FC_INDEX, 0, &index);
    for (struct face *face = faces; face && file; face = face->next)
        if (face->file && face->index == (index & 0xffff) && !strcmp(face->file, (const char *)file)) found = face;
    FcPatternDestroy(match);
    return found && face_open(found) ? found : NULL;
}

struct face *font_match(const LOGFONTW *logical)
{
    int weight = logical->lfWeight ? logical->lfWeight : FW_NORMAL;
    const WCHAR *name = logical->lfFaceName;
    struct face *face = NULL;
    char family[LF_FACESIZE * 3];
    int n = 0;

    if (!font_faces()) return NULL;
    if (*name == '@') name++; /* vertical writing is not done; the font is the same */
    if (*name && ((face = best_of_family(name, weight, logical->lfItalic)) ||
                  (face = font_substitute(name, weight, logical->lfItalic))))
        return face;
    if (*name) { /* what fontconfig has rules for */
        for (const WCHAR *p = name; *p; p++) {
            if (*p < 0x80) family[n++] = *p;
            else if (*p < 0x800) family[n++] = 0xc0 | *p >> 6, family[n++] = 0x80 | (*p & 0x3f);
            else family[n++] = 0xe0 | *p >> 12, family[n++] = 0x80 | (*p >> 6 & 0x3f), family[n++] = 0x80 | (*p & 0x3f);
        }
        family[n] = 0;
    }
    static const char *const by_family[] = { "Arial", "Times New Roman", "Arial", "Courier New", "Arial", "Arial" };
    WCHAR generic[LF_FACESIZE];
    int kind = logical->lfPitchAndFamily >> 4;
    const char *use = (logical->lfPitchAndFamily & 3) == FIXED_PITCH ? "Courier New" : by_family[kind < 6 ? kind : 0];
    from_utf8(generic, LF_FACESIZE, use);
    if ((face = font_substitute(generic, weight, logical->lfItalic))) return face;
    if ((face = by_fontconfig(logical, *name ? family : "sans"))) return face;
    for (face = faces; face; face = face->next)
        if (face_open(face)) return face;
    return NULL;
}

int font_fallbacks(const struct face *face, struct face ***out)
{
    FcPattern *pattern = FcPatternCreate();
    FcResult result;
    FcFontSet *set;
    int count = 0;

    *out = NULL;
    if (!pattern) return 0;
    FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)(face->fixed ? "monospace" : "sans"));
    FcPatternAddInteger(pattern, FC_WEIGHT, face->weight > 550 ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    FcConfigSubstitute(NULL, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);
    set = FcFontSort(NULL, pattern, FcTrue, NULL, &result);
    FcPatternDestroy(pattern);
    if (!set) return 0;
    *out = calloc(set->nfont + 1, sizeof(**out));
    for (int i = 0; *out && i < set->nfont; i++) {
        FcChar8 *file = NULL;
        int index = 0;
        FcPatternGetString(set->fonts[i], FC_FILE, 0, &file);
        FcPatternGetInteger(set->fonts[i], FC_INDEX, 0, &index);
        for (struct face *f = faces; f && file; f = f->next)
            if (f->file && f->index == (index & 0xffff) && !strcmp(f->file, (const char *)file)) (*out)[count++] = f;
    }
    FcFontSetDestroy(set);
    return count;
}

/* ---- fonts that programs bring ---- */

static int resources;

static int add_fonts(const void *memory, size_t size, int resource, bool private)
{
    int count = 0, total = 1;

    font_faces();
    if (!font_library) return 0;
    for (int i = 0; i < total; i++) {
        struct face *face = calloc(1, sizeof(*face));
        if (!face) break;
        face->index = i;
        face->resource = resource;
        face->private = private;
        if ((face->memory = malloc(size))) {
            memcpy(face->memory, memory, size);
            face->memory_size = size;
        }
        if (!face_open(face) || !FT_IS_SCALABLE(face->ft)) {
            if (face->ft) FT_Done_Face(face->ft);
            free(face->memory);
            free(face);
            break;
        }
        total = (int)face->ft->num_faces;
        TT_OS2 *os2 = FT_Get_Sfnt_Table(face->ft, FT_SFNT_OS2);
        from_utf8(face->family, LF_FACESIZE, face->ft->family_name ? face->ft->family_name : "");
        from_utf8(face->style, LF_FACESIZE, face->ft->style_name ? face->ft->style_name : "Regular");
        from_utf8(face->full_name, LF_FULLFACESIZE, face->ft->family_name ? face->ft->family_name : "");
        face->width = 100;
        face->weight = os2 ? os2->usWeightClass : face->ft->style_flags & FT_STYLE_FLAG_BOLD ? 700 : 400;
        face->italic = face->ft->style_flags & FT_STYLE_FLAG_ITALIC;
        face->fixed = FT_IS_FIXED_WIDTH(face->ft);
        face->next = faces;
        faces = face;
        count++;
    }
    if (count) font_generation++;
    return count;
}

/* Faces stay in memory when their resource goes, as realised fonts may hold them; they only leave the list. */
static bool remove_resource(int resource)
{
    bool found = false;

    for (struct face **at = &faces; *at;) {
        struct face *face = *at;
        bool match = face->resource && face->resource == resource;
        if (match) *at = face->next;
        else at = &face->next;
        found |= match;
    }
    if (found) font_generation++;
    return found;
}

/* The fonts of a file's content: a number to remove them by, and how many; 0: no font in there. `private`: not enumerated. */
ULONG sys_NtGdiAddFontMemory(const void *memory, ULONG size, DWORD *count, BOOL private)
{
    GDI_LOCK();
    void *copy = copy_in(memory, size, 1);
    int resource = ++resources;
    DWORD added;

    if (!copy) return 0;
    added = add_fonts(copy, size, resource, private);
    free(copy);
    if (!added || !virtual_write(count, &added, sizeof(added))) return 0;
    return resource;
}

BOOL sys_NtGdiRemoveFontMemory(ULONG resource)
{
    GDI_LOCK();
    return remove_resource(resource);
}

/* ---- enumeration ---- */

static void describe(struct face *face, const WCHAR *name, BYTE charset, struct gdi_font_info *info)
{
    struct font font = { .face = face, .em = face->ft->units_per_EM, .xscale = 1 };
    LOGFONTW *l = &info->logical.elfLogFont;

    /* as large as the device likes it: 32 pixels */
    font.em = 32.0 * face->ft->units_per_EM / (face->ascent + face->descent ? face->ascent + face->descent : 1);
    LOGFONTW none = { 0 };
    none.lfCharSet = charset;
    memset(info, 0, sizeof(*info));
    font_plain_metrics(&font, &none, (TEXTMETRICW *)&info->metric.ntmTm);
    NEWTEXTMETRICW *tm = &info->metric.ntmTm;
    tm->ntmFlags = (tm->tmItalic ? NTM_ITALIC : 0) | (tm->tmWeight > 550 ? NTM_BOLD : 0);
    if (!tm->ntmFlags) tm->ntmFlags = NTM_REGULAR;
    tm->ntmFlags |= FT_Get_Sfnt_Table(face->ft, FT_SFNT_HEAD) ? 0 : NTM_TYPE1;
    tm->ntmSizeEM = face->ft->units_per_EM;
    tm->ntmCellHeight = face->ascent + face->descent;
    TT_OS2 *os2 = FT_Get_Sfnt_Table(face->ft, FT_SFNT_OS2);
    tm->ntmAvgWidth = os2 ? os2->xAvgCharWidth : face->ft->max_advance_width / 2;
    info->metric.ntmFontSig = face->signature;
    l->lfHeight = tm->tmHeight;
    l->lfWidth = tm->tmAveCharWidth;
    l->lfWeight = tm->tmWeight;
    l->lfItalic = tm->tmItalic;
    l->lfCharSet = charset;
    l->lfOutPrecision = OUT_STROKE_PRECIS;
    l->lfClipPrecision = CLIP_STROKE_PRECIS;
    l->lfQuality = DRAFT_QUALITY;
    l->lfPitchAndFamily = (tm->tmPitchAndFamily & 0xf0) | (face->fixed ? FIXED_PITCH : VARIABLE_PITCH);
    memcpy(l->lfFaceName, name, LF_FACESIZE * sizeof(WCHAR));
    memcpy(info->logical.elfFullName, face->full_name, sizeof(face->full_name));
    memcpy(info->logical.elfStyle, face->style, sizeof(face->style));
    info->type = TRUETYPE_FONTTYPE;
}

/* Bits of a font signature and their character sets and scripts. */
static const struct {
    uint32_t bit;
    BYTE charset;
    const char *script;
} scripts[] = {
    { FS_LATIN1, ANSI_CHARSET, "Western" }, { FS_LATIN2, EASTEUROPE_CHARSET, "Central European" },
    { FS_CYRILLIC, RUSSIAN_CHARSET, "Cyrillic" }, { FS_GREEK, GREEK_CHARSET, "Greek" }, { FS_TURKISH, TURKISH_CHARSET, "Turkish" },
    { FS_HEBREW, HEBREW_CHARSET, "Hebrew" }, { FS_ARABIC, ARABIC_CHARSET, "Arabic" }, { FS_BALTIC, BALTIC_CHARSET, "Baltic" },
    { FS_VIETNAMESE, VIETNAMESE_CHARSET, "Vietnamese" }, { FS_THAI, THAI_CHARSET, "Thai" }, { FS_JISJAPAN, SHIFTJIS_CHARSET, "Japanese" },
    { FS_CHINESESIMP, GB2312_CHARSET, "CHINESE_GB2312" }, { FS_WANSUNG, HANGUL_CHARSET, "Hangul" },
    { FS_CHINESETRAD, CHINESEBIG5_CHARSET, "CHINESE_BIG5" }, { FS_SYMBOL, SYMBOL_CHARSET, "Symbol" },
};

/* EnumFontFamiliesEx: entries from `start` on into `out`, of a face name or, where that is empty, one of each family; by
 * character set (DEFAULT_CHARSET: all). How many there are in all. */
ULONG sys_NtGdiEnumFonts(const LOGFONTW *in, ULONG start, ULONG room, struct gdi_font_info *out, BOOL every_charset)
{
    GDI_LOCK();
    LOGFONTW want;
    ULONG count = 0;
    struct face *substitute = NULL;

    if (!virtual_read(&want, in, sizeof(want))) return 0;
    want.lfFaceName[LF_FACESIZE - 1] = 0;
    bool named = want.lfFaceName[0], found = false;
    for (struct face *face = font_faces(); face; face = face->next) found |= named && same_name(face->family, want.lfFaceName);
    if (named && !found) substitute = font_substitute(want.lfFaceName, FW_NORMAL, false);
    for (struct face *face = font_faces(); face; face = face->next) {
        if (face->private) continue;
        if (named) {
            if (substitute ? !same_name(face->family, substitute->family) : !same_name(face->family, want.lfFaceName)) continue;
        } else { /* one face stands for its family: the most regular */
            bool better = false;
            for (struct face *other = font_faces(); other && !better; other = other->next) {
                if (other == face || other->private || !same_name(other->family, face->family)) continue;
                int a = abs(face->weight - 400) + 20 * abs(face->width - 100) + face->italic * 1000;
                int b = abs(other->weight - 400) + 20 * abs(other->width - 100) + other->italic * 1000;
                better = b < a || (b == a && other < face);
            }
            if (better) continue;
        }
        if (!face_open(face)) continue;
        for (size_t s = 0; s < sizeof(scripts) / sizeof(*scripts); s++) {
            if (!(face->signature.fsCsb[0] & scripts[s].bit)) continue;
            if (want.lfCharSet != DEFAULT_CHARSET && want.lfCharSet != scripts[s].charset) continue;
            if (count >= start && count - start < room) {
                struct gdi_font_info info;
                describe(face, substitute ? want.lfFaceName : face->family, scripts[s].charset, &info);
                from_utf8(info.logical.elfScript, LF_FACESIZE, scripts[s].script);
                if (!virtual_write(&out[count - start], &info, sizeof(info))) return 0;
            }
            count++;
            if (!every_charset) break;
        }
    }
    return count;
}
