/* wingdi.h: drawing and measuring text. */
#include "emf.h"

BOOL WINAPI ExtTextOutW(HDC dc, int x, int y, UINT flags, const RECT *rect, const WCHAR *text, UINT count, const INT *dx)
{
    struct gdi_text t = { .x = x, .y = y, .flags = flags, .count = count, .text = (ULONG_PTR)text, .dx = (ULONG_PTR)dx,
                          .has_rect = rect != NULL };
    if (count && !text) return FALSE;
    if (rect) t.rect = *rect;
    if (is_emf(dc) ? !emf_text(dc, &t) : is_wmf(dc) && !wmf_text(dc, &t)) return FALSE;
    return NtGdiExtTextOut(dc, &t) || FAIL(ERROR_INVALID_HANDLE);
}

/* Widths of bytes as widths of characters: the trail byte's goes with its lead. */
BOOL WINAPI ExtTextOutA(HDC dc, int x, int y, UINT flags, const RECT *rect, const char *text, UINT count, const INT *dx)
{
    WCHAR buffer[260], *wide;
    int length = count;
    BOOL done;

    if (flags & ETO_GLYPH_INDEX) return ExtTextOutW(dc, x, y, flags, rect, (const WCHAR *)text, count, dx);
    if (!(wide = to_unicode(text, &length, buffer, 260))) return FAIL(ERROR_NOT_ENOUGH_MEMORY);
    done = ExtTextOutW(dc, x, y, flags, rect, wide, length, length == (int)count ? dx : NULL);
    if (wide != buffer) mem_free(wide);
    return done;
}

BOOL WINAPI TextOutW(HDC dc, int x, int y, const WCHAR *text, int count)
{
    return count >= 0 && ExtTextOutW(dc, x, y, 0, NULL, text, count, NULL);
}

BOOL WINAPI TextOutA(HDC dc, int x, int y, const char *text, int count)
{
    return count >= 0 && ExtTextOutA(dc, x, y, 0, NULL, text, count, NULL);
}

BOOL WINAPI PolyTextOutW(HDC dc, const POLYTEXTW *texts, int count)
{
    for (int i = 0; i < count; i++)
        if (!ExtTextOutW(dc, texts[i].x, texts[i].y, texts[i].uiFlags, texts[i].uiFlags & (ETO_OPAQUE | ETO_CLIPPED) ? &texts[i].rcl : NULL,
                         texts[i].lpstr, texts[i].n, texts[i].pdx))
            return FALSE;
    return TRUE;
}

BOOL WINAPI PolyTextOutA(HDC dc, const POLYTEXTA *texts, int count)
{
    for (int i = 0; i < count; i++)
        if (!ExtTextOutA(dc, texts[i].x, texts[i].y, texts[i].uiFlags, texts[i].uiFlags & (ETO_OPAQUE | ETO_CLIPPED) ? &texts[i].rcl : NULL,
                         texts[i].lpstr, texts[i].n, texts[i].pdx))
            return FALSE;
    return TRUE;
}

/* ---- extents ---- */

BOOL WINAPI GetTextExtentExPointW(HDC dc, const WCHAR *text, int count, int limit, INT *fit, INT *dx, SIZE *size)
{
    if (!size || count < 0) return FAIL(ERROR_INVALID_PARAMETER);
    return NtGdiGetTextExtent(dc, text, count, limit, fit, dx, size, FALSE) || FAIL(ERROR_INVALID_HANDLE);
}

BOOL WINAPI GetTextExtentExPointI(HDC dc, WORD *indices, int count, int limit, INT *fit, INT *dx, SIZE *size)
{
    if (!size || count < 0) return FAIL(ERROR_INVALID_PARAMETER);
    return NtGdiGetTextExtent(dc, (const WCHAR *)indices, count, limit, fit, dx, size, TRUE) || FAIL(ERROR_INVALID_HANDLE);
}

BOOL WINAPI GetTextExtentPoint32W(HDC dc, const WCHAR *text, int count, SIZE *size)
{
    return GetTextExtentExPointW(dc, text, count, 0, NULL, NULL, size);
}

BOOL WINAPI GetTextExtentPointW(HDC dc, const WCHAR *text, int count, SIZE *size)
{
    return GetTextExtentExPointW(dc, text, count, 0, NULL, NULL, size);
}

BOOL WINAPI GetTextExtentPointI(HDC dc, WORD *indices, int count, SIZE *size)
{
    return GetTextExtentExPointI(dc, indices, count, 0, NULL, NULL, size);
}

BOOL WINAPI GetTextExtentExPointA(HDC dc, const char *text, int count, int limit, INT *fit, INT *dx, SIZE *size)
{
    WCHAR buffer[260], *wide;
    int length = count, wide_fit = 0;
    BOOL done;

    if (count < 0) return FAIL(ERROR_INVALID_PARAMETER);
    if (!(wide = to_unicode(text, &length, buffer, 260))) return FAIL(ERROR_NOT_ENOUGH_MEMORY);
    INT *ends = dx ? mem_alloc((length + 1) * sizeof(INT)) : NULL;
    done = (!dx || ends) && GetTextExtentExPointW(dc, wide, length, limit, fit ? &wide_fit : NULL, ends, size);
    if (done) {
        int all = fit ? wide_fit : length, byte = 0;
        for (int i = 0; i < all; i++) { /* a character's end is that of each of its bytes */
            int bytes = IsDBCSLeadByte((BYTE)text[byte]) ? 2 : 1;
            for (int k = 0; k < bytes && byte < count; k++, byte++)
                if (dx) dx[byte] = ends[i];
        }
        if (fit) *fit = byte;
    }
    mem_free(ends);
    if (wide != buffer) mem_free(wide);
    return done;
}

BOOL WINAPI GetTextExtentPoint32A(HDC dc, const char *text, int count, SIZE *size)
{
    return GetTextExtentExPointA(dc, text, count, 0, NULL, NULL, size);
}

BOOL WINAPI GetTextExtentPointA(HDC dc, const char *text, int count, SIZE *size)
{
    return GetTextExtentExPointA(dc, text, count, 0, NULL, NULL, size);
}

/* ---- widths ---- */

static BOOL widths(HDC dc, UINT first, UINT last, UINT kind, void *out)
{
    if (!out || last < first) return FAIL(ERROR_INVALID_PARAMETER);
    return NtGdiGetCharWidths(dc, first, last - first + 1, NULL, kind, FALSE, out) || FAIL(ERROR_INVALID_HANDLE);
}

/* The code units of ANSI characters; double-byte codes are not split. */
static BOOL widths_ansi(HDC dc, UINT first, UINT last, UINT kind, void *out)
{
    WCHAR chars[256];

    if (!out || last < first || last > 0xff) return FAIL(ERROR_INVALID_PARAMETER);
    for (UINT c = first; c <= last; c++) {
        char byte = (char)c;
        if (!MultiByteToWideChar(CP_ACP, 0, &byte, 1, &chars[c - first], 1)) chars[c - first] = 0;
    }
    return NtGdiGetCharWidths(dc, 0, last - first + 1, chars, kind, FALSE, out) || FAIL(ERROR_INVALID_HANDLE);
}

BOOL WINAPI GetCharWidth32W(HDC dc, UINT first, UINT last, INT *out)
{
    return widths(dc, first, last, 0, out);
}

BOOL WINAPI GetCharWidthW(HDC dc, UINT first, UINT last, INT *out)
{
    return widths(dc, first, last, 0, out);
}

BOOL WINAPI GetCharWidth32A(HDC dc, UINT first, UINT last, INT *out)
{
    return widths_ansi(dc, first, last, 0, out);
}

BOOL WINAPI GetCharWidthA(HDC dc, UINT first, UINT last, INT *out)
{
    return widths_ansi(dc, first, last, 0, out);
}

BOOL WINAPI GetCharABCWidthsW(HDC dc, UINT first, UINT last, ABC *out)
{
    return widths(dc, first, last, 1, out);
}

BOOL WINAPI GetCharABCWidthsA(HDC dc, UINT first, UINT last, ABC *out)
{
    return widths_ansi(dc, first, last, 1, out);
}

BOOL WINAPI GetCharWidthFloatW(HDC dc, UINT first, UINT last, FLOAT *out)
{
    return widths(dc, first, last, 2, out);
}

BOOL WINAPI GetCharWidthFloatA(HDC dc, UINT first, UINT last, FLOAT *out)
{
    return widths_ansi(dc, first, last, 2, out);
}

BOOL WINAPI GetCharABCWidthsFloatW(HDC dc, UINT first, UINT last, ABCFLOAT *out)
{
    return widths(dc, first, last, 3, out);
}

BOOL WINAPI GetCharABCWidthsFloatA(HDC dc, UINT first, UINT last, ABCFLOAT *out)
{
    return widths_ansi(dc, first, last, 3, out);
}

BOOL WINAPI GetCharABCWidthsI(HDC dc, UINT first, UINT count, WORD *indices, ABC *out)
{
    return out && NtGdiGetCharWidths(dc, first, count, indices, 1, TRUE, out);
}

BOOL WINAPI GetCharWidthI(HDC dc, UINT first, UINT count, WORD *indices, INT *out)
{
    return out && NtGdiGetCharWidths(dc, first, count, indices, 0, TRUE, out);
}

/* ---- glyphs ---- */

DWORD WINAPI GetGlyphIndicesW(HDC dc, const WCHAR *text, int count, WORD *out, DWORD flags)
{
    return NtGdiGetGlyphIndices(dc, text, count, out, flags);
}

DWORD WINAPI GetGlyphIndicesA(HDC dc, const char *text, int count, WORD *out, DWORD flags)
{
    WCHAR buffer[260], *wide;
    DWORD done;

    if (!(wide = to_unicode(text, &count, buffer, 260))) return GDI_ERROR;
    done = NtGdiGetGlyphIndices(dc, wide, count, out, flags);
    if (wide != buffer) mem_free(wide);
    return done;
}

DWORD WINAPI GetGlyphOutlineW(HDC dc, UINT character, UINT format, GLYPHMETRICS *metrics, DWORD size, void *out, const MAT2 *matrix)
{
    if (!matrix) return GDI_ERROR;
    return NtGdiGetGlyphOutline(dc, character, format, metrics, size, out, matrix);
}

DWORD WINAPI GetGlyphOutlineA(HDC dc, UINT character, UINT format, GLYPHMETRICS *metrics, DWORD size, void *out, const MAT2 *matrix)
{
    if (!(format & GGO_GLYPH_INDEX)) {
        char bytes[2] = { (char)(character >> 8), (char)character };
        int length = character > 0xff ? 2 : 1;
        WCHAR wide;
        if (!MultiByteToWideChar(CP_ACP, 0, bytes + 2 - length, length, &wide, 1)) return GDI_ERROR;
        character = wide;
    }
    return GetGlyphOutlineW(dc, character, format, metrics, size, out, matrix);
}

/* Positions for a line of text that needs no shaping (GCP_MAXEXTENT, GCP_JUSTIFY, GCP_USEKERNING as far as that goes). */
DWORD WINAPI GetCharacterPlacementW(HDC dc, const WCHAR *text, INT count, INT limit, GCP_RESULTSW *results, DWORD flags)
{
    SIZE size = { 0, 0 };
    INT fit = count, *ends;

    if (!text || count <= 0) return 0;
    if (!results) return GetTextExtentPoint32W(dc, text, count, &size) ? MAKELONG(size.cx, size.cy) : 0;
    if ((UINT)count > results->nGlyphs) count = results->nGlyphs;
    if (!(ends = mem_alloc((count + 1) * sizeof(INT)))) return 0;
    if (!GetTextExtentExPointW(dc, text, count, flags & GCP_MAXEXTENT ? limit : 0x7fffffff, &fit, NULL, &size) ||
        !GetTextExtentExPointW(dc, text, fit, 0, NULL, ends, &size)) {
        mem_free(ends);
        return 0;
    }
    for (INT i = 0; i < fit; i++) {
        if (results->lpDx) results->lpDx[i] = ends[i] - (i ? ends[i - 1] : 0);
        if (results->lpCaretPos) results->lpCaretPos[i] = i ? ends[i - 1] : 0;
        if (results->lpOrder) results->lpOrder[i] = i;
        if (results->lpOutString) results->lpOutString[i] = text[i];
        if (results->lpClass) results->lpClass[i] = text[i] >= '0' && text[i] <= '9' ? GCPCLASS_LATINNUMBER : GCPCLASS_LATIN;
    }
    if (results->lpGlyphs) NtGdiGetGlyphIndices(dc, text, fit, results->lpGlyphs, 0);
    results->nGlyphs = fit;
    results->nMaxFit = fit;
    mem_free(ends);
    return MAKELONG(size.cx, size.cy);
}

DWORD WINAPI GetCharacterPlacementA(HDC dc, const char *text, INT count, INT limit, GCP_RESULTSA *results, DWORD flags)
{
    WCHAR buffer[260], *wide;
    GCP_RESULTSW w;
    DWORD done;

    if (!(wide = to_unicode(text, &count, buffer, 260))) return 0;
    if (!results) {
        done = GetCharacterPlacementW(dc, wide, count, limit, NULL, flags);
    } else {
        memcpy(&w, results, sizeof(w));
        w.lpOutString = results->lpOutString ? mem_alloc((count + 1) * sizeof(WCHAR)) : NULL;
        done = GetCharacterPlacementW(dc, wide, count, limit, &w, flags);
        if (w.lpOutString) WideCharToMultiByte(CP_ACP, 0, w.lpOutString, w.nGlyphs, results->lpOutString, w.nGlyphs, NULL, NULL);
        mem_free(w.lpOutString);
        results->nGlyphs = w.nGlyphs;
        results->nMaxFit = w.nMaxFit;
    }
    if (wide != buffer) mem_free(wide);
    return done;
}
