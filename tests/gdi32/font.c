/* wingdi.h: fonts and text. Which fonts there are differs from machine to machine, so this tests what must agree.
 *
 * Wine 8 tells of break character 33 for fonts whose first character is 33, takes a proportional font for "Courier New" where
 * there is none of that name, and enumerates nothing for a substituted family. */
#include "canvas.h"

static const MAT2 identity = { { 0, 1 }, { 0, 0 }, { 0, 0 }, { 0, 1 } };

static HFONT font(const char *face, int height, int weight)
{
    return CreateFontA(height, 0, 0, 0, weight, 0, 0, 0, DEFAULT_CHARSET, 0, 0, 0, 0, face);
}

static void test_metrics(HDC dc)
{
    static const char *faces[] = { "Arial", "MS Shell Dlg", "Tahoma", "Times New Roman", "Courier New", "no such font at all" };
    TEXTMETRICW tm;
    TEXTMETRICA ansi;
    SIZE size;
    INT width, widths[26], ends[26], fit;
    ABC abc;

    for (int i = 0; i < 6; i++) {
        HFONT old = SelectObject(dc, font(faces[i], -16, FW_NORMAL));
        ok(GetTextMetricsW(dc, &tm), "%s: metrics", faces[i]);
        ok(tm.tmHeight == tm.tmAscent + tm.tmDescent && tm.tmHeight >= 16 && tm.tmHeight <= 24, "%s: height %ld", faces[i], tm.tmHeight);
        ok(tm.tmAveCharWidth >= 5 && tm.tmAveCharWidth <= 12 && tm.tmMaxCharWidth >= tm.tmAveCharWidth, "%s: widths", faces[i]);
        ok(tm.tmWeight == FW_NORMAL && !tm.tmItalic && !tm.tmUnderlined, "%s: weight %ld", faces[i], tm.tmWeight);
        ok(GetTextMetricsA(dc, &ansi) && ansi.tmHeight == tm.tmHeight && ansi.tmBreakChar == ' ', "%s: ANSI", faces[i]);
        ok(GetTextExtentPoint32A(dc, "abcdefghijklmnopqrstuvwxyz", 26, &size) && size.cy == tm.tmHeight, "%s: extent", faces[i]);
        ok(GetCharWidth32A(dc, 'a', 'z', widths), "%s: GetCharWidth32", faces[i]);
        int sum = 0;
        for (int k = 0; k < 26; k++) sum += widths[k];
        ok(sum == size.cx, "%s: %d is the sum of the widths, the extent %ld", faces[i], sum, size.cx);
        ok(GetCharABCWidthsA(dc, 'g', 'g', &abc) && abc.abcA + (int)abc.abcB + abc.abcC == widths['g' - 'a'], "%s: ABC widths", faces[i]);
        ok(GetTextExtentExPointA(dc, "abcdefghijklmnopqrstuvwxyz", 26, size.cx / 2, &fit, ends, &size) && fit > 5 && fit < 20 && ends[0] == widths[0] && ends[fit - 1] <= size.cx / 2, "%s: %d fit", faces[i], fit);
        DeleteObject(SelectObject(dc, old));
    }
    HFONT old = SelectObject(dc, font("Courier New", -16, FW_NORMAL));
    GetCharWidth32A(dc, 'a', 'z', widths);
    ok(widths[0] == widths['m' - 'a'] && GetTextMetricsW(dc, &tm) && !(tm.tmPitchAndFamily & TMPF_FIXED_PITCH), "a fixed pitch");
    DeleteObject(SelectObject(dc, old));
    old = SelectObject(dc, font("Arial", 20, FW_BOLD));
    ok(GetTextMetricsW(dc, &tm) && abs(tm.tmHeight - 20) <= 1 && tm.tmWeight >= 600, "height of the cell: %ld", tm.tmHeight);
    ok(GetCharWidth32W(dc, 0x416, 0x416, &width) && width > 0, "Cyrillic");
    SetTextCharacterExtra(dc, 5);
    GetTextExtentPoint32A(dc, "ab", 2, &size);
    LONG wide = size.cx;
    SetTextCharacterExtra(dc, 0);
    GetTextExtentPoint32A(dc, "ab", 2, &size);
    ok(wide == size.cx + 10, "extra space between characters");
    SetMapMode(dc, MM_ANISOTROPIC);
    SetWindowExtEx(dc, 10, 10, NULL);
    SetViewportExtEx(dc, 1, 1, NULL);
    DeleteObject(SelectObject(dc, font("Arial", -200, FW_NORMAL)));
    ok(GetTextMetricsW(dc, &tm) && tm.tmHeight >= 200 && tm.tmHeight <= 260, "in logical units: %ld", tm.tmHeight);
    SetMapMode(dc, MM_TEXT);
    DeleteObject(SelectObject(dc, old));
}

static void test_outlines(HDC dc)
{
    union { OUTLINETEXTMETRICW otm; BYTE room[2048]; } o;
    GLYPHMETRICS gm;
    BYTE buffer[8192];
    WORD glyphs[3];
    DWORD size;
    HFONT old = SelectObject(dc, font("Arial", -32, FW_NORMAL));

    size = GetOutlineTextMetricsW(dc, 0, NULL);
    ok(size > sizeof(OUTLINETEXTMETRICW) && GetOutlineTextMetricsW(dc, sizeof(o), &o.otm) == size && o.otm.otmSize == size, "outline metrics of %lu bytes", size);
    ok(o.otm.otmEMSquare >= 1000 && o.otm.otmAscent > 20 && o.otm.otmDescent < 0 && (ULONG_PTR)o.otm.otmpFamilyName >= sizeof(OUTLINETEXTMETRICW), "their content");
    size = GetGlyphOutlineW(dc, 'A', GGO_METRICS, &gm, 0, NULL, &identity);
    ok(size != GDI_ERROR && gm.gmBlackBoxX > 15 && gm.gmBlackBoxY > 18 && gm.gmptGlyphOrigin.y == (LONG)gm.gmBlackBoxY && gm.gmCellIncX > 15, "glyph metrics: %u x %u", gm.gmBlackBoxX, gm.gmBlackBoxY);
    size = GetGlyphOutlineW(dc, 'A', GGO_BITMAP, &gm, 0, NULL, &identity);
    ok(size == (gm.gmBlackBoxX + 31) / 32 * 4 * gm.gmBlackBoxY && GetGlyphOutlineW(dc, 'A', GGO_BITMAP, &gm, size, buffer, &identity) == size, "bitmap of %lu bytes", size);
    size = GetGlyphOutlineW(dc, 'A', GGO_GRAY8_BITMAP, &gm, sizeof(buffer), buffer, &identity);
    int highest = 0;
    for (DWORD i = 0; size < sizeof(buffer) && i < size; i++) if (buffer[i] > highest) highest = buffer[i];
    ok(size == (gm.gmBlackBoxX + 3) / 4 * 4 * gm.gmBlackBoxY && highest == 64, "65 levels: %lu bytes up to %d", size, highest);
    size = GetGlyphOutlineW(dc, 'o', GGO_NATIVE, &gm, sizeof(buffer), buffer, &identity);
    ok(size != GDI_ERROR && size > sizeof(TTPOLYGONHEADER) && ((TTPOLYGONHEADER *)buffer)->dwType == TT_POLYGON_TYPE && ((TTPOLYGONHEADER *)buffer)->cb < size, "native outline: two polygons");
    ok(GetGlyphOutlineW(dc, 'o', 99, &gm, 0, NULL, &identity) == GDI_ERROR, "no such format");
    ok(GetGlyphIndicesW(dc, L"A\xfffe", 2, glyphs, GGI_MARK_NONEXISTING_GLYPHS) == 2 && glyphs[0] && glyphs[0] != 0xffff && glyphs[1] == 0xffff, "glyph indices");
    size = GetFontData(dc, 0x64616568, 0, NULL, 0); /* head */
    ok(size == 54 && GetFontData(dc, 0x64616568, 12, buffer, 4) == 4 && buffer[0] == 0x5f && buffer[1] == 0x0f, "font data: %lu", size);
    ok(GetFontData(dc, 0x12345678, 0, NULL, 0) == GDI_ERROR, "a table that is not there");
    GLYPHSET *set = (GLYPHSET *)buffer;
    size = GetFontUnicodeRanges(dc, NULL);
    ok(size > sizeof(GLYPHSET) && size <= sizeof(buffer) && GetFontUnicodeRanges(dc, set) == size && set->cbThis == size, "ranges of characters: %lu bytes", size);
    DWORD glyphs_in_ranges = 0, has_a = 0;
    for (DWORD i = 0; i < set->cRanges; i++) {
        glyphs_in_ranges += set->ranges[i].cGlyphs;
        has_a |= 'A' >= set->ranges[i].wcLow && 'A' < set->ranges[i].wcLow + set->ranges[i].cGlyphs;
    }
    ok(glyphs_in_ranges == set->cGlyphsSupported && has_a, "of %lu characters", glyphs_in_ranges);
    WCHAR name[LF_FACESIZE];
    ok(GetTextFaceW(dc, LF_FACESIZE, name) > 1 && GetTextFaceW(dc, 0, NULL) > 1 && GetTextFaceW(dc, 3, name) == 3 && !name[2], "GetTextFace");
    DeleteObject(SelectObject(dc, old));
}

static int families, couriers;
static int CALLBACK count_fonts(const LOGFONTW *logical, const TEXTMETRICW *metrics, DWORD type, LPARAM param)
{
    ++*(int *)param;
    return logical->lfFaceName[0] && logical->lfHeight > 0 && metrics->tmHeight > 0;
}

static int CALLBACK stop_at_once(const LOGFONTW *logical, const TEXTMETRICW *metrics, DWORD type, LPARAM param)
{
    ++*(int *)param;
    return 0;
}

static void test_enumeration(HDC dc)
{
    LOGFONTW want = { .lfCharSet = DEFAULT_CHARSET };
    CHARSETINFO info;
    int once = 0;

    ok(EnumFontFamiliesExW(dc, &want, count_fonts, (LPARAM)&families, 0) == 1 && families, "%d fonts", families);
    ok(EnumFontFamiliesExW(dc, &want, stop_at_once, (LPARAM)&once, 0) == 0 && once == 1, "the callback ends it");
    for (int i = 0; i < 12; i++) want.lfFaceName[i] = L"Courier New"[i];
    EnumFontFamiliesExW(dc, &want, count_fonts, (LPARAM)&couriers, 0);
    ok(couriers, "Courier New is told of %d times", couriers);
    ok(TranslateCharsetInfo((DWORD *)(ULONG_PTR)GREEK_CHARSET, &info, TCI_SRCCHARSET) && info.ciACP == 1253 && info.fs.fsCsb[0] == FS_GREEK, "character sets");
    ok(TranslateCharsetInfo((DWORD *)(ULONG_PTR)1251, &info, TCI_SRCCODEPAGE) && info.ciCharset == RUSSIAN_CHARSET, "code pages");
    ok(!TranslateCharsetInfo((DWORD *)(ULONG_PTR)4711, &info, TCI_SRCCODEPAGE), "one that is none");
}

static int dark(const struct canvas *c, int left, int top, int right, int bottom)
{
    int count = 0;

    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) count += (canvas_pixel(c, x, y) & 0xff) < 128;
    return count;
}

static void test_drawing(void)
{
    struct canvas c = canvas_make(300, 200, 32);
    HFONT old = SelectObject(c.dc, font("Arial", -20, FW_BOLD));
    SIZE size;
    TEXTMETRICW tm;
    POINT p;

    GetTextMetricsW(c.dc, &tm);
    GetTextExtentPoint32A(c.dc, "Text", 4, &size);
    ok(TextOutA(c.dc, 50, 50, "Text", 4), "TextOut");
    ok(dark(&c, 50, 50, 50 + size.cx, 50 + size.cy) > 60, "there is text");
    ok(!dark(&c, 0, 0, 300, 50) && !dark(&c, 0, 50, 48, 200) && !dark(&c, 51 + size.cx, 0, 300, 200) && !dark(&c, 0, 50 + size.cy, 300, 200), "where it should be");
    canvas_clear(&c);
    SetTextAlign(c.dc, TA_RIGHT | TA_BOTTOM);
    TextOutA(c.dc, 200, 100, "Text", 4);
    ok(dark(&c, 200 - size.cx, 100 - size.cy, 200, 100) > 60 && !dark(&c, 0, 0, 198 - size.cx, 200) && !dark(&c, 201, 0, 300, 200), "aligned to the right");
    SetTextAlign(c.dc, TA_UPDATECP);
    MoveToEx(c.dc, 10, 10, NULL);
    TextOutA(c.dc, 99, 99, "Text", 4);
    GetCurrentPositionEx(c.dc, &p);
    ok(p.x == 10 + size.cx && p.y == 10, "the position moves on: %ld,%ld", p.x, p.y);
    SetTextAlign(c.dc, 0);
    canvas_clear(&c);
    RECT rect = { 20, 20, 120, 60 };
    SetBkColor(c.dc, RGB(255, 255, 0));
    ok(ExtTextOutA(c.dc, 30, 30, ETO_OPAQUE | ETO_CLIPPED, &rect, NULL, 0, NULL) && canvas_pixel(&c, 20, 20) == 0xffff00 && canvas_pixel(&c, 120, 20) == 0xffffff, "an opaque rectangle");
    rect = (RECT){ 30, 30, 35, 35 };
    canvas_clear(&c);
    SetBkMode(c.dc, TRANSPARENT);
    ExtTextOutA(c.dc, 25, 25, ETO_CLIPPED, &rect, "Text", 4, NULL);
    ok(!dark(&c, 0, 0, 300, 30) && !dark(&c, 35, 0, 300, 200), "clipped to a rectangle");
    INT dx[4] = { 60, 60, 60, 60 };
    canvas_clear(&c);
    ExtTextOutA(c.dc, 10, 10, 0, NULL, "Text", 4, dx);
    ok(dark(&c, 10, 10, 30, 40) && dark(&c, 70, 10, 90, 40) && dark(&c, 190, 10, 210, 40) && !dark(&c, 35, 0, 68, 200), "widths of one's own");
    DeleteObject(SelectObject(c.dc, CreateFontA(-20, 0, 900, 900, FW_BOLD, 0, 0, 0, 0, 0, 0, 0, 0, "Arial")));
    canvas_clear(&c);
    TextOutA(c.dc, 150, 150, "Text", 4);
    ok(dark(&c, 148, 148 - size.cx, 152 + size.cy, 152) > 60 && !dark(&c, 0, 0, 146, 200), "upwards");
    ok(!TextOutA(NULL, 0, 0, "x", 1) && !TextOutA(c.dc, 0, 0, "x", -1), "errors");
    DeleteObject(SelectObject(c.dc, old));
    canvas_free(&c);
}

/* More sizes and angles than are kept. */
static void test_many(HDC dc)
{
    SIZE first, again;
    HFONT kept = font("Arial", -17, FW_NORMAL), old = SelectObject(dc, kept);

    GetTextExtentPoint32A(dc, "measured", 8, &first);
    for (int i = 0; i < 600; i++) {
        HFONT turned = CreateFontA(-12 - i % 7, 0, i * 6, i * 6, FW_NORMAL, 0, 0, 0, 0, 0, 0, 0, 0, "Arial");
        SelectObject(dc, turned);
        TextOutA(dc, 0, 0, "turned", 6);
        DeleteObject(SelectObject(dc, kept));
    }
    ok(GetTextExtentPoint32A(dc, "measured", 8, &again) && again.cx == first.cx && again.cy == first.cy, "the same after many other fonts");
    DeleteObject(SelectObject(dc, old));
}

START_TESTS
{
    HDC dc = CreateCompatibleDC(NULL);
    DWORD count;

    test_metrics(dc);
    test_outlines(dc);
    test_enumeration(dc);
    test_drawing();
    test_many(dc);
    ok(!AddFontResourceA("no-such-file.ttf") && !RemoveFontResourceA("no-such-file.ttf"), "a font file that is not there");
    ok(!AddFontMemResourceEx((void *)"not a font", 10, NULL, &count), "memory that is no font");
    DeleteDC(dc);
}
