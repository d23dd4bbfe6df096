/* wingdi.h: fonts. */
#include "gdi32.h"

HFONT WINAPI CreateFontIndirectW(const LOGFONTW *font)
{
    return font ? NtGdiCreateFont(font) : NULL;
}

HFONT WINAPI CreateFontIndirectA(const LOGFONTA *font)
{
    LOGFONTW wide;

    if (!font) return NULL;
    logfont_to_unicode(&wide, font);
    return NtGdiCreateFont(&wide);
}

HFONT WINAPI CreateFontIndirectExW(const ENUMLOGFONTEXDVW *font)
{
    return font ? NtGdiCreateFont(&font->elfEnumLogfontEx.elfLogFont) : NULL;
}

HFONT WINAPI CreateFontIndirectExA(const ENUMLOGFONTEXDVA *font)
{
    return font ? CreateFontIndirectA(&font->elfEnumLogfontEx.elfLogFont) : NULL;
}

HFONT WINAPI CreateFontW(int height, int width, int escapement, int orientation, int weight, DWORD italic, DWORD underline,
                         DWORD strike_out, DWORD charset, DWORD out_precision, DWORD clip_precision, DWORD quality, DWORD pitch,
                         const WCHAR *face)
{
    LOGFONTW font = { height, width, escapement, orientation, weight, (BYTE)italic, (BYTE)underline, (BYTE)strike_out,
                      (BYTE)charset, (BYTE)out_precision, (BYTE)clip_precision, (BYTE)quality, (BYTE)pitch, { 0 } };

    for (int i = 0; face && face[i] && i < LF_FACESIZE - 1; i++) font.lfFaceName[i] = face[i];
    return NtGdiCreateFont(&font);
}

HFONT WINAPI CreateFontA(int height, int width, int escapement, int orientation, int weight, DWORD italic, DWORD underline,
                         DWORD strike_out, DWORD charset, DWORD out_precision, DWORD clip_precision, DWORD quality, DWORD pitch,
                         const char *face)
{
    WCHAR name[LF_FACESIZE] = { 0 };

    if (face) MultiByteToWideChar(CP_ACP, 0, face, -1, name, LF_FACESIZE - 1);
    return CreateFontW(height, width, escapement, orientation, weight, italic, underline, strike_out, charset, out_precision,
                       clip_precision, quality, pitch, name);
}

/* ---- metrics ---- */

BOOL WINAPI GetTextMetricsW(HDC dc, TEXTMETRICW *metrics)
{
    return NtGdiGetTextMetrics(dc, metrics) || FAIL(ERROR_INVALID_HANDLE);
}

static BYTE ansi_char(WCHAR c, BYTE failed)
{
    char byte;
    BOOL defaulted = FALSE;
    return WideCharToMultiByte(CP_ACP, 0, &c, 1, &byte, 1, NULL, &defaulted) == 1 && !defaulted ? (BYTE)byte : failed;
}

static void metrics_to_ansi(TEXTMETRICA *to, const TEXTMETRICW *from)
{
    memcpy(to, from, offsetof(TEXTMETRICW, tmFirstChar));
    to->tmFirstChar = from->tmFirstChar > 0xff ? 0xff : (BYTE)from->tmFirstChar;
    to->tmLastChar = from->tmLastChar > 0xff ? 0xff : (BYTE)from->tmLastChar;
    to->tmDefaultChar = ansi_char(from->tmDefaultChar, 0x1f);
    to->tmBreakChar = ansi_char(from->tmBreakChar, ' ');
    to->tmItalic = from->tmItalic;
    to->tmUnderlined = from->tmUnderlined;
    to->tmStruckOut = from->tmStruckOut;
    to->tmPitchAndFamily = from->tmPitchAndFamily;
    to->tmCharSet = from->tmCharSet;
}

BOOL WINAPI GetTextMetricsA(HDC dc, TEXTMETRICA *metrics)
{
    TEXTMETRICW wide;

    if (!NtGdiGetTextMetrics(dc, &wide)) return FAIL(ERROR_INVALID_HANDLE);
    metrics_to_ansi(metrics, &wide);
    return TRUE;
}

static void fill_outline(OUTLINETEXTMETRICW *o, const struct gdi_outline_metrics *m)
{
    o->otmTextMetrics = m->text;
    memcpy(&o->otmPanoseNumber, m->panose, sizeof(m->panose));
    o->otmfsSelection = m->selection, o->otmfsType = m->type;
    o->otmsCharSlopeRise = m->slope_rise, o->otmsCharSlopeRun = m->slope_run, o->otmItalicAngle = m->italic_angle;
    o->otmEMSquare = m->em_square;
    o->otmAscent = m->ascent, o->otmDescent = m->descent, o->otmLineGap = m->line_gap;
    o->otmsCapEmHeight = m->cap_height, o->otmsXHeight = m->x_height;
    o->otmrcFontBox = m->bounds;
    o->otmMacAscent = m->mac_ascent, o->otmMacDescent = m->mac_descent, o->otmMacLineGap = m->mac_line_gap;
    o->otmusMinimumPPEM = m->minimum_ppem;
    o->otmptSubscriptSize = m->subscript_size, o->otmptSubscriptOffset = m->subscript_offset;
    o->otmptSuperscriptSize = m->superscript_size, o->otmptSuperscriptOffset = m->superscript_offset;
    o->otmsStrikeoutSize = m->strikeout_size, o->otmsStrikeoutPosition = m->strikeout_position;
    o->otmsUnderscoreSize = m->underscore_size, o->otmsUnderscorePosition = m->underscore_position;
}

/* The names in order: family, face (full name), style, full name; their offsets stand in the pointers. */
static UINT outline_metrics(HDC dc, UINT size, void *out, bool unicode)
{
    struct gdi_outline_metrics m;
    WCHAR names[4][LF_FULLFACESIZE];
    UINT header = unicode ? sizeof(OUTLINETEXTMETRICW) : sizeof(OUTLINETEXTMETRICA), need = header;
    int lengths[4];
    static const UINT which[4] = { 0, 0, 2, 1 };

    if (!NtGdiGetOutlineMetrics(dc, &m)) return 0;
    for (int i = 0; i < 4; i++) {
        lengths[i] = NtGdiGetTextFace(dc, LF_FULLFACESIZE, names[i], which[i]);
        if (!unicode) lengths[i] = WideCharToMultiByte(CP_ACP, 0, names[i], lengths[i], NULL, 0, NULL, NULL);
        need += lengths[i] * (unicode ? sizeof(WCHAR) : 1);
    }
    need = (need + 3) & ~3u;
    if (!out) return need;
    char *to = mem_alloc(need);
    if (!to) return 0;
    memset(to, 0, need);
    UINT offsets[4], at = header;
    for (int i = 0; i < 4; i++) {
        offsets[i] = at;
        if (unicode) memcpy(to + at, names[i], lengths[i] * sizeof(WCHAR));
        else WideCharToMultiByte(CP_ACP, 0, names[i], -1, to + at, lengths[i], NULL, NULL);
        at += lengths[i] * (unicode ? sizeof(WCHAR) : 1);
    }
    OUTLINETEXTMETRICW wide;
    memset(&wide, 0, sizeof(wide));
    fill_outline(&wide, &m);
    if (unicode) {
        OUTLINETEXTMETRICW *o = (OUTLINETEXTMETRICW *)to;
        *o = wide;
        o->otmSize = need;
        o->otmpFamilyName = (char *)(ULONG_PTR)offsets[0], o->otmpFaceName = (char *)(ULONG_PTR)offsets[1];
        o->otmpStyleName = (char *)(ULONG_PTR)offsets[2], o->otmpFullName = (char *)(ULONG_PTR)offsets[3];
    } else {
        OUTLINETEXTMETRICA *o = (OUTLINETEXTMETRICA *)to;
        metrics_to_ansi(&o->otmTextMetrics, &wide.otmTextMetrics);
        memcpy(&o->otmPanoseNumber, &wide.otmPanoseNumber, offsetof(OUTLINETEXTMETRICW, otmpFamilyName) - offsetof(OUTLINETEXTMETRICW, otmPanoseNumber));
        o->otmSize = need;
        o->otmpFamilyName = (char *)(ULONG_PTR)offsets[0], o->otmpFaceName = (char *)(ULONG_PTR)offsets[1];
        o->otmpStyleName = (char *)(ULONG_PTR)offsets[2], o->otmpFullName = (char *)(ULONG_PTR)offsets[3];
    }
    memcpy(out, to, size < need ? size : need);
    mem_free(to);
    return size < need ? size : need;
}

UINT WINAPI GetOutlineTextMetricsW(HDC dc, UINT size, OUTLINETEXTMETRICW *out)
{
    return outline_metrics(dc, size, out, true);
}

UINT WINAPI GetOutlineTextMetricsA(HDC dc, UINT size, OUTLINETEXTMETRICA *out)
{
    return outline_metrics(dc, size, out, false);
}

int WINAPI GetTextFaceW(HDC dc, int room, WCHAR *out)
{
    return NtGdiGetTextFace(dc, room, out, 0);
}

int WINAPI GetTextFaceA(HDC dc, int room, char *out)
{
    WCHAR name[LF_FACESIZE];
    char ansi[LF_FACESIZE * 2];
    int length;

    if (!NtGdiGetTextFace(dc, LF_FACESIZE, name, 0)) return 0;
    length = WideCharToMultiByte(CP_ACP, 0, name, -1, ansi, sizeof(ansi), NULL, NULL);
    if (!out) return length;
    if (room <= 0) return 0;
    if (length > room) length = room;
    memcpy(out, ansi, length);
    out[length - 1] = 0;
    return length;
}

DWORD WINAPI GetFontData(HDC dc, DWORD table, DWORD offset, void *out, DWORD size)
{
    return NtGdiGetFontData(dc, table, offset, out, size);
}

DWORD WINAPI GetKerningPairsW(HDC dc, DWORD count, KERNINGPAIR *pairs)
{
    if (pairs && !count) return FAIL(ERROR_INVALID_PARAMETER);
    return NtGdiGetKerningPairs(dc, count, pairs);
}

DWORD WINAPI GetKerningPairsA(HDC dc, DWORD count, KERNINGPAIR *pairs)
{
    return GetKerningPairsW(dc, count, pairs);
}

/* Size in bytes of the GLYPHSET, which is written where there is a place for it. */
DWORD WINAPI GetFontUnicodeRanges(HDC dc, GLYPHSET *set)
{
    DWORD glyphs, count = NtGdiGetFontUnicodeRanges(dc, 0, NULL, &glyphs), size = offsetof(GLYPHSET, ranges) + count * sizeof(WCRANGE);

    if (!count) return FAIL(ERROR_INVALID_HANDLE);
    if (!set) return size;
    set->cbThis = size;
    set->flAccel = 0;
    set->cGlyphsSupported = glyphs;
    set->cRanges = count;
    return NtGdiGetFontUnicodeRanges(dc, count, set->ranges, NULL) ? size : 0;
}

int WINAPI GetTextCharsetInfo(HDC dc, FONTSIGNATURE *signature, DWORD flags)
{
    return NtGdiGetTextCharsetInfo(dc, signature);
}

int WINAPI GetTextCharset(HDC dc)
{
    return NtGdiGetTextCharsetInfo(dc, NULL);
}

/* Kerning is the only property of those that this tells of that our fonts have. */
DWORD WINAPI GetFontLanguageInfo(HDC dc)
{
    if (!NtGdiGetObjectType(dc)) return GCP_ERROR;
    return NtGdiGetKerningPairs(dc, 0, NULL) ? GCP_USEKERNING : 0;
}

BOOL WINAPI GetRasterizerCaps(RASTERIZER_STATUS *status, UINT size)
{
    RASTERIZER_STATUS full = { sizeof(full), TT_AVAILABLE | TT_ENABLED, 0x0409 };

    if (!status || size < sizeof(full)) return FALSE;
    *status = full;
    return TRUE;
}

/* ---- enumeration ---- */

static int enum_fonts(HDC dc, const LOGFONTW *want, FONTENUMPROCW callback, LPARAM param, bool unicode, bool every_charset)
{
    LOGFONTW all = { .lfCharSet = DEFAULT_CHARSET };
    struct gdi_font_info *list = NULL;
    ULONG count, room = 0;
    int result = 1;

    if (!NtGdiGetObjectType(dc)) return 0;
    if (!want) want = &all;
    while ((count = NtGdiEnumFonts(want, 0, room, list, every_charset)) > room) {
        mem_free(list);
        room = count;
        if (!(list = mem_alloc((SIZE_T)room * sizeof(*list)))) return 0;
    }
    for (ULONG i = 0; i < count && result; i++) {
        if (unicode) {
            result = callback((const LOGFONTW *)&list[i].logical, (const TEXTMETRICW *)&list[i].metric, list[i].type, param);
            continue;
        }
        ENUMLOGFONTEXA logical = { 0 };
        NEWTEXTMETRICEXA metric = { 0 };
        logfont_to_ansi(&logical.elfLogFont, &list[i].logical.elfLogFont);
        WideCharToMultiByte(CP_ACP, 0, list[i].logical.elfFullName, -1, (char *)logical.elfFullName, LF_FULLFACESIZE - 1, NULL, NULL);
        WideCharToMultiByte(CP_ACP, 0, list[i].logical.elfStyle, -1, (char *)logical.elfStyle, LF_FACESIZE - 1, NULL, NULL);
        WideCharToMultiByte(CP_ACP, 0, list[i].logical.elfScript, -1, (char *)logical.elfScript, LF_FACESIZE - 1, NULL, NULL);
        metrics_to_ansi((TEXTMETRICA *)&metric.ntmTm, (TEXTMETRICW *)&list[i].metric.ntmTm);
        memcpy(&metric.ntmTm.ntmFlags, &list[i].metric.ntmTm.ntmFlags, 4 * sizeof(DWORD));
        metric.ntmFontSig = list[i].metric.ntmFontSig;
        result = ((FONTENUMPROCA)(void *)callback)((const LOGFONTA *)&logical, (const TEXTMETRICA *)&metric, list[i].type, param);
    }
    mem_free(list);
    return result;
}

int WINAPI EnumFontFamiliesExW(HDC dc, LOGFONTW *want, FONTENUMPROCW callback, LPARAM param, DWORD flags)
{
    return enum_fonts(dc, want, callback, param, true, true);
}

int WINAPI EnumFontFamiliesExA(HDC dc, LOGFONTA *want, FONTENUMPROCA callback, LPARAM param, DWORD flags)
{
    LOGFONTW wide = { .lfCharSet = DEFAULT_CHARSET };

    if (want) logfont_to_unicode(&wide, want);
    return enum_fonts(dc, &wide, (FONTENUMPROCW)(void *)callback, param, false, true);
}

int WINAPI EnumFontFamiliesW(HDC dc, const WCHAR *family, FONTENUMPROCW callback, LPARAM param)
{
    LOGFONTW want = { .lfCharSet = DEFAULT_CHARSET };

    for (int i = 0; family && family[i] && i < LF_FACESIZE - 1; i++) want.lfFaceName[i] = family[i];
    return enum_fonts(dc, &want, callback, param, true, false);
}

int WINAPI EnumFontFamiliesA(HDC dc, const char *family, FONTENUMPROCA callback, LPARAM param)
{
    LOGFONTW want = { .lfCharSet = DEFAULT_CHARSET };

    if (family) MultiByteToWideChar(CP_ACP, 0, family, -1, want.lfFaceName, LF_FACESIZE - 1);
    return enum_fonts(dc, &want, (FONTENUMPROCW)(void *)callback, param, false, false);
}

int WINAPI EnumFontsW(HDC dc, const WCHAR *family, FONTENUMPROCW callback, LPARAM param)
{
    return EnumFontFamiliesW(dc, family, callback, param);
}

int WINAPI EnumFontsA(HDC dc, const char *family, FONTENUMPROCA callback, LPARAM param)
{
    return EnumFontFamiliesA(dc, family, callback, param);
}

/* ---- character sets ---- */

static const struct {
    BYTE charset;
    UINT codepage;
    DWORD bit;
} charsets[] = {
    { ANSI_CHARSET, 1252, 0 }, { EASTEUROPE_CHARSET, 1250, 1 }, { RUSSIAN_CHARSET, 1251, 2 }, { GREEK_CHARSET, 1253, 3 },
    { TURKISH_CHARSET, 1254, 4 }, { HEBREW_CHARSET, 1255, 5 }, { ARABIC_CHARSET, 1256, 6 }, { BALTIC_CHARSET, 1257, 7 },
    { VIETNAMESE_CHARSET, 1258, 8 }, { THAI_CHARSET, 874, 16 }, { SHIFTJIS_CHARSET, 932, 17 }, { GB2312_CHARSET, 936, 18 },
    { HANGUL_CHARSET, 949, 19 }, { CHINESEBIG5_CHARSET, 950, 20 }, { JOHAB_CHARSET, 1361, 21 }, { SYMBOL_CHARSET, CP_SYMBOL, 31 },
};

BOOL WINAPI TranslateCharsetInfo(DWORD *source, CHARSETINFO *info, DWORD flags)
{
    for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++) {
        bool match = flags == TCI_SRCCHARSET ? (ULONG_PTR)source == charsets[i].charset :
            flags == TCI_SRCCODEPAGE ? (ULONG_PTR)source == charsets[i].codepage :
            flags == TCI_SRCFONTSIG ? (source[0] >> charsets[i].bit & 1) : false;
        if (!match) continue;
        memset(info, 0, sizeof(*info));
        info->ciCharset = charsets[i].charset;
        info->ciACP = charsets[i].codepage;
        info->fs.fsCsb[0] = 1u << charsets[i].bit;
        return TRUE;
    }
    return FAIL(ERROR_INVALID_PARAMETER);
}

/* ---- fonts of the program's own ---- */

static struct resource {
    struct resource *next;
    ULONG number;
    DWORD count;
    int uses;
    WCHAR path[MAX_PATH];
} *resources;
static RTL_SRWLOCK resource_lock = RTL_SRWLOCK_INIT;

static bool same_path(const WCHAR *a, const WCHAR *b)
{
    while (*a && RtlDowncaseUnicodeChar(*a) == RtlDowncaseUnicodeChar(*b)) a++, b++;
    return *a == *b;
}

HANDLE WINAPI AddFontMemResourceEx(void *font, DWORD size, void *reserved, DWORD *count)
{
    ULONG number;

    if (!font || !size || reserved || !count) return FAIL_NULL(ERROR_INVALID_PARAMETER);
    number = NtGdiAddFontMemory(font, size, count, TRUE);
    return number ? (HANDLE)(ULONG_PTR)number : FAIL_NULL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI RemoveFontMemResourceEx(HANDLE font)
{
    return NtGdiRemoveFontMemory((ULONG)(ULONG_PTR)font) || FAIL(ERROR_INVALID_PARAMETER);
}

int WINAPI AddFontResourceExW(const WCHAR *name, DWORD flags, void *reserved)
{
    WCHAR path[MAX_PATH];
    struct resource *entry;
    LARGE_INTEGER size;
    HANDLE file;
    void *content = NULL;
    DWORD got = 0, count = 0;

    if (!name || flags & ~(FR_PRIVATE | FR_NOT_ENUM) || !GetFullPathNameW(name, MAX_PATH, path, NULL)) return FAIL(ERROR_INVALID_PARAMETER);
    RtlAcquireSRWLockExclusive(&resource_lock);
    for (entry = resources; entry && !same_path(entry->path, path);) entry = entry->next;
    if (entry) {
        entry->uses++;
        count = entry->count;
        goto out;
    }
    file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) goto out;
    if (GetFileSizeEx(file, &size) && size.QuadPart > 0 && size.QuadPart < 0x8000000 && (content = mem_alloc((SIZE_T)size.QuadPart)) &&
        ReadFile(file, content, (DWORD)size.QuadPart, &got, NULL) && got == size.QuadPart && (entry = mem_alloc(sizeof(*entry)))) {
        entry->number = NtGdiAddFontMemory(content, got, &count, (flags & FR_NOT_ENUM) != 0);
        entry->count = count;
        entry->uses = 1;
        memcpy(entry->path, path, sizeof(path));
        if (entry->number) entry->next = resources, resources = entry;
        else count = 0, mem_free(entry);
    }
    mem_free(content);
    CloseHandle(file);
out:
    RtlReleaseSRWLockExclusive(&resource_lock);
    return count;
}

BOOL WINAPI RemoveFontResourceExW(const WCHAR *name, DWORD flags, void *reserved)
{
    WCHAR path[MAX_PATH];
    BOOL found = FALSE;

    if (!name || !GetFullPathNameW(name, MAX_PATH, path, NULL)) return FALSE;
    RtlAcquireSRWLockExclusive(&resource_lock);
    for (struct resource **at = &resources; *at && !found; at = &(*at)->next) {
        struct resource *entry = *at;
        if (!same_path(entry->path, path)) continue;
        found = TRUE;
        if (--entry->uses) break;
        NtGdiRemoveFontMemory(entry->number);
        *at = entry->next;
        mem_free(entry);
        break;
    }
    RtlReleaseSRWLockExclusive(&resource_lock);
    return found;
}

int WINAPI AddFontResourceW(const WCHAR *name)
{
    return AddFontResourceExW(name, 0, NULL);
}

BOOL WINAPI RemoveFontResourceW(const WCHAR *name)
{
    return RemoveFontResourceExW(name, 0, NULL);
}

static WCHAR *wide_path(const char *name, WCHAR *path)
{
    return name && MultiByteToWideChar(CP_ACP, 0, name, -1, path, MAX_PATH) ? path : NULL;
}

int WINAPI AddFontResourceExA(const char *name, DWORD flags, void *reserved)
{
    WCHAR path[MAX_PATH];
    return AddFontResourceExW(wide_path(name, path), flags, reserved);
}

BOOL WINAPI RemoveFontResourceExA(const char *name, DWORD flags, void *reserved)
{
    WCHAR path[MAX_PATH];
    return RemoveFontResourceExW(wide_path(name, path), flags, reserved);
}

int WINAPI AddFontResourceA(const char *name)
{
    WCHAR path[MAX_PATH];
    return AddFontResourceExW(wide_path(name, path), 0, NULL);
}

BOOL WINAPI RemoveFontResourceA(const char *name)
{
    WCHAR path[MAX_PATH];
    return RemoveFontResourceExW(wide_path(name, path), 0, NULL);
}
