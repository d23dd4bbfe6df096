/* winuser.h: DrawText, TabbedTextOut. */
#include "user32.h"

struct layout {
    HDC dc;
    UINT flags;
    int width;     /* of the rectangle, for breaking */
    int tab;       /* pixels */
    int line_height;
};

/* Text without its prefix marks; *mark becomes the place of the underlined character, -1. */
static int without_prefix(const WCHAR *text, int count, WCHAR *out, int *mark)
{
    int units = 0;

    *mark = -1;
    for (int i = 0; i < count; i++) {
        if (text[i] == '&' && i + 1 < count) {
            i++;
            if (text[i] != '&') *mark = units;
        } else if (text[i] == '&') {
            continue;
        }
        out[units++] = text[i];
    }
    return units;
}

static int extent(const struct layout *layout, const WCHAR *text, int count)
{
    SIZE size = { 0, 0 };
    int width = 0, start = 0;

    if (!(layout->flags & DT_EXPANDTABS)) {
        if (count) GetTextExtentPoint32W(layout->dc, text, count, &size);
        return size.cx;
    }
    for (int i = 0; i <= count; i++) {
        if (i < count && text[i] != '\t') continue;
        if (i > start) {
            GetTextExtentPoint32W(layout->dc, text + start, i - start, &size);
            width += size.cx;
        }
        if (i < count) width = (width / layout->tab + 1) * layout->tab;
        start = i + 1;
    }
    return width;
}

static bool is_break(WCHAR c)
{
    return c == ' ' || c == '\t';
}

/* How many units of `text` make the next line; *next is where the following one begins. */
static int break_line(const struct layout *layout, const WCHAR *text, int count, int *next)
{
    int end = 0, fit;

    if (layout->flags & DT_SINGLELINE) {
        *next = count;
        return count;
    }
    while (end < count && text[end] != '\r' && text[end] != '\n') end++;
    *next = end;
    if (*next < count) *next += text[end] == '\r' && end + 1 < count && text[end + 1] == '\n' ? 2 : 1;
    if (!(layout->flags & DT_WORDBREAK) || extent(layout, text, end) <= layout->width) return end;
    /* the most words that fit, at least one */
    int best = 0;
    for (int i = 0; i < end;) {
        int word = i;
        while (word < end && is_break(text[word])) word++;
        while (word < end && !is_break(text[word])) word++;
        if (extent(layout, text, word) > layout->width) break;
        best = i = word;
    }
    fit = best;
    if (!fit) {
        while (fit < end && is_break(text[fit])) fit++;
        while (fit < end && !is_break(text[fit])) fit++;
        if (layout->flags & DT_EDITCONTROL) { /* a word too long is broken inside */
            int cut = 1;
            while (cut < fit && extent(layout, text, cut + 1) <= layout->width) cut++;
            fit = cut;
        }
    }
    *next = fit;
    while (*next < end && is_break(text[*next])) (*next)++;
    if (*next == end && *next < count && (text[*next] == '\r' || text[*next] == '\n'))
        *next += text[*next] == '\r' && *next + 1 < count && text[*next + 1] == '\n' ? 2 : 1;
    return fit;
}

static int with_ellipsis(const struct layout *layout, WCHAR *text, int count, int room)
{
    static const WCHAR dots[] = L"...";

    if (extent(layout, text, count) <= layout->width || count + 3 > room) return count;
    if (layout->flags & DT_PATH_ELLIPSIS) {
        int slash = count;
        while (slash && text[slash - 1] != '\\' && text[slash - 1] != '/') slash--;
        if (slash) slash--;
        int tail = count - slash;
        WCHAR end[260];
        if (slash && tail < 256) {
            memcpy(end, dots, 6);
            memcpy(end + 3, text + slash, (SIZE_T)tail * sizeof(WCHAR));
            int head = slash;
            int tail_width = extent(layout, end, tail + 3);
            while (head && extent(layout, text, head) + tail_width > layout->width) head--;
            memcpy(text + head, end, (SIZE_T)(tail + 3) * sizeof(WCHAR));
            return head + tail + 3;
        }
    }
    int cut = count, dots_width = extent(layout, dots, 3);
    while (cut > 1 && extent(layout, text, cut) + dots_width > layout->width) cut--;
    memcpy(text + cut, dots, 6);
    return cut + 3;
}

static void put(const struct layout *layout, int x, int y, const WCHAR *text, int count, const RECT *clip)
{
    int start = 0, at = 0;

    if (!(layout->flags & DT_EXPANDTABS)) {
        ExtTextOutW(layout->dc, x, y, clip ? ETO_CLIPPED : 0, clip, text, (UINT)count, NULL);
        return;
    }
    for (int i = 0; i <= count; i++) {
        SIZE size = { 0, 0 };
        if (i < count && text[i] != '\t') continue;
        if (i > start) {
            ExtTextOutW(layout->dc, x + at, y, clip ? ETO_CLIPPED : 0, clip, text + start, (UINT)(i - start), NULL);
            GetTextExtentPoint32W(layout->dc, text + start, i - start, &size);
            at += size.cx;
        }
        if (i < count) at = (at / layout->tab + 1) * layout->tab;
        start = i + 1;
    }
}

static void underline(const struct layout *layout, int x, int y, const WCHAR *text, int mark)
{
    TEXTMETRICW metrics;
    int from = extent(layout, text, mark), to = extent(layout, text, mark + 1);

    GetTextMetricsW(layout->dc, &metrics);
    HPEN pen = CreatePen(PS_SOLID, 1, GetTextColor(layout->dc));
    HGDIOBJ old = SelectObject(layout->dc, pen);
    MoveToEx(layout->dc, x + from, y + metrics.tmAscent + 1, NULL);
    LineTo(layout->dc, x + to, y + metrics.tmAscent + 1);
    SelectObject(layout->dc, old);
    DeleteObject(pen);
}

int WINAPI DrawTextExW(HDC dc, LPWSTR text, int count, LPRECT rect, UINT flags, LPDRAWTEXTPARAMS parameters)
{
    struct layout layout = { dc, flags, 0, 0, 0 };
    TEXTMETRICW metrics;
    WCHAR *buffer;
    int y, widest = 0, drawn = 0, height;

    if (!text || !rect || (parameters && parameters->cbSize != sizeof(*parameters))) return 0;
    if (count < 0) count = (int)wide_length(text);
    if (!count) {
        if (flags & DT_CALCRECT) rect->right = rect->left, rect->bottom = rect->top;
        return 0;
    }
    if (!GetTextMetricsW(dc, &metrics) || !(buffer = mem_alloc(((SIZE_T)count + 8) * sizeof(WCHAR)))) return 0;
    if (flags & DT_SINGLELINE) layout.flags &= ~(UINT)DT_WORDBREAK;
    layout.line_height = metrics.tmHeight + (flags & DT_EXTERNALLEADING ? metrics.tmExternalLeading : 0);
    layout.tab = metrics.tmAveCharWidth * ((flags & DT_TABSTOP) ? parameters && parameters->iTabLength ? parameters->iTabLength : (int)(flags >> 8 & 0xff) : 8);
    if (layout.tab <= 0) layout.tab = metrics.tmAveCharWidth * 8;
    int left = rect->left + (parameters ? parameters->iLeftMargin : 0), right = rect->right - (parameters ? parameters->iRightMargin : 0);
    layout.width = right - left;
    if (flags & DT_CALCRECT && !(flags & DT_WORDBREAK)) layout.width = (flags & (DT_END_ELLIPSIS | DT_PATH_ELLIPSIS | DT_WORD_ELLIPSIS)) && rect->right > rect->left ? layout.width : 0x7fffffff;
    y = rect->top;
    if ((flags & DT_SINGLELINE) && !(flags & DT_CALCRECT)) {
        if (flags & DT_VCENTER) y = rect->top + (rect->bottom - rect->top - layout.line_height) / 2;
        else if (flags & DT_BOTTOM) y = rect->bottom - layout.line_height;
    }
    UINT align = SetTextAlign(dc, TA_LEFT | TA_TOP | TA_NOUPDATECP);
    for (int at = 0; at < count;) {
        int next, units = break_line(&layout, text + at, count - at, &next), mark = -1;
        if (flags & DT_NOPREFIX) memcpy(buffer, text + at, (SIZE_T)units * sizeof(WCHAR));
        else units = without_prefix(text + at, units, buffer, &mark);
        if ((flags & (DT_PATH_ELLIPSIS | DT_END_ELLIPSIS | DT_WORD_ELLIPSIS)) && ((flags & DT_SINGLELINE) || at + next >= count || (flags & DT_WORD_ELLIPSIS)))
            units = with_ellipsis(&layout, buffer, units, count + 8);
        int width = extent(&layout, buffer, units);
        if (width > widest) widest = width;
        if (!(flags & DT_CALCRECT)) {
            int x = flags & DT_CENTER ? left + (right - left - width) / 2 : flags & DT_RIGHT ? right - width : left;
            put(&layout, x, y, buffer, units, flags & DT_NOCLIP ? NULL : rect);
            if (mark >= 0 && mark < units && !(flags & DT_HIDEPREFIX)) underline(&layout, x, y, buffer, mark);
        }
        y += layout.line_height;
        at += next;
        drawn = at;
    }
    SetTextAlign(dc, align);
    mem_free(buffer);
    if (parameters) parameters->uiLengthDrawn = (UINT)drawn;
    height = y - rect->top;
    if (flags & DT_CALCRECT) {
        rect->bottom = y;
        int margins = parameters ? parameters->iLeftMargin + parameters->iRightMargin : 0;
        rect->right = rect->left + widest + margins;
    }
    return height;
}

int WINAPI DrawTextW(HDC dc, LPCWSTR text, int count, LPRECT rect, UINT flags)
{
    DRAWTEXTPARAMS parameters;

    memset(&parameters, 0, sizeof(parameters));
    parameters.cbSize = sizeof(parameters);
    if (flags & DT_TABSTOP) {
        parameters.iTabLength = (int)(flags >> 8 & 0xff);
        flags &= 0xffff00ffu;
    }
    return DrawTextExW(dc, (LPWSTR)text, count, rect, flags & ~(UINT)DT_MODIFYSTRING, &parameters);
}

int WINAPI DrawTextExA(HDC dc, LPSTR text, int count, LPRECT rect, UINT flags, LPDRAWTEXTPARAMS parameters)
{
    if (!text) return 0;
    if (count < 0) count = (int)ansi_length(text);
    WCHAR *wide = wide_from_ansi_n(text, (DWORD)count);
    int result = wide ? DrawTextExW(dc, wide, (int)wide_length(wide), rect, flags & ~(UINT)DT_MODIFYSTRING, parameters) : 0;

    mem_free(wide);
    return result;
}

int WINAPI DrawTextA(HDC dc, LPCSTR text, int count, LPRECT rect, UINT flags)
{
    if (!text) return 0;
    if (count < 0) count = (int)ansi_length(text);
    WCHAR *wide = wide_from_ansi_n(text, (DWORD)count);
    int result = wide ? DrawTextW(dc, wide, (int)wide_length(wide), rect, flags) : 0;

    mem_free(wide);
    return result;
}

/* ---- tabbed text ---- */

static LONG tabbed(HDC dc, int x, int y, const WCHAR *text, int count, int stops, const INT *positions, int origin, bool draw)
{
    TEXTMETRICW metrics;
    int at = x, start = 0, regular;
    SIZE size;

    GetTextMetricsW(dc, &metrics);
    regular = stops == 1 && positions ? positions[0] : metrics.tmAveCharWidth * 8;
    if (regular <= 0) regular = 1;
    for (int i = 0; i <= count; i++) {
        if (i < count && text[i] != '\t') continue;
        if (i > start) {
            if (draw) ExtTextOutW(dc, at, y, 0, NULL, text + start, (UINT)(i - start), NULL);
            GetTextExtentPoint32W(dc, text + start, i - start, &size);
            at += size.cx;
        }
        if (i < count) {
            int relative = at - origin, next = 0;
            for (int n = 0; stops > 1 && n < stops && next <= relative; n++) next = positions[n] < 0 ? -positions[n] : positions[n];
            if (next <= relative) next = (relative / regular + 1) * regular;
            at = origin + next;
        }
        start = i + 1;
    }
    return MAKELONG(at - x, metrics.tmHeight);
}

LONG WINAPI TabbedTextOutW(HDC dc, int x, int y, LPCWSTR text, int count, int stops, const INT *positions, int origin)
{
    return tabbed(dc, x, y, text, count < 0 ? (int)wide_length(text) : count, stops, positions, origin, true);
}

LONG WINAPI TabbedTextOutA(HDC dc, int x, int y, LPCSTR text, int count, int stops, const INT *positions, int origin)
{
    WCHAR *wide = wide_from_ansi_n(text, count < 0 ? ansi_length(text) : (DWORD)count);
    LONG result = wide ? tabbed(dc, x, y, wide, (int)wide_length(wide), stops, positions, origin, true) : 0;

    mem_free(wide);
    return result;
}

DWORD WINAPI GetTabbedTextExtentW(HDC dc, LPCWSTR text, int count, int stops, const INT *positions)
{
    return (DWORD)tabbed(dc, 0, 0, text, count, stops, positions, 0, false);
}

DWORD WINAPI GetTabbedTextExtentA(HDC dc, LPCSTR text, int count, int stops, const INT *positions)
{
    WCHAR *wide = wide_from_ansi_n(text, (DWORD)count);
    DWORD result = wide ? (DWORD)tabbed(dc, 0, 0, wide, (int)wide_length(wide), stops, positions, 0, false) : 0;

    mem_free(wide);
    return result;
}
