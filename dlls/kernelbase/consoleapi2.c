/* consoleapi2.h, consoleapi3.h: screen buffer, cursor, attributes, cells. The screen buffer is the terminal's window. */
#include "console.h"

static const COLORREF palette[16] = {
    RGB(12, 12, 12),    RGB(0, 55, 218),   RGB(19, 161, 14),  RGB(58, 150, 221),  RGB(197, 15, 31),  RGB(136, 23, 152),
    RGB(193, 156, 0),   RGB(204, 204, 204), RGB(118, 118, 118), RGB(59, 120, 255), RGB(22, 198, 12), RGB(97, 214, 214),
    RGB(231, 72, 86),   RGB(180, 0, 158),  RGB(249, 241, 165), RGB(242, 242, 242),
};

BOOL WINAPI GetConsoleScreenBufferInfo(HANDLE handle, CONSOLE_SCREEN_BUFFER_INFO *info)
{
    struct console_state state;
    if (!console_output_state(handle, &state)) return FALSE;
    info->dwSize = (COORD){state.width, state.height};
    info->dwCursorPosition = (COORD){state.cursor_x, state.cursor_y};
    info->wAttributes = state.attributes;
    info->srWindow = (SMALL_RECT){0, 0, state.width - 1, state.height - 1};
    info->dwMaximumWindowSize = info->dwSize;
    return TRUE;
}

BOOL WINAPI GetConsoleScreenBufferInfoEx(HANDLE handle, CONSOLE_SCREEN_BUFFER_INFOEX *info)
{
    CONSOLE_SCREEN_BUFFER_INFO plain;
    if (info->cbSize != sizeof(*info)) return set_error(ERROR_INVALID_PARAMETER);
    if (!GetConsoleScreenBufferInfo(handle, &plain)) return FALSE;
    info->dwSize = plain.dwSize;
    info->dwCursorPosition = plain.dwCursorPosition;
    info->wAttributes = plain.wAttributes;
    info->srWindow = plain.srWindow;
    info->dwMaximumWindowSize = plain.dwMaximumWindowSize;
    info->wPopupAttributes = 0xf5;
    info->bFullscreenSupported = FALSE;
    memcpy(info->ColorTable, palette, sizeof(palette));
    return TRUE;
}

BOOL WINAPI GetConsoleCursorInfo(HANDLE handle, CONSOLE_CURSOR_INFO *info)
{
    struct console_state state;
    if (!console_output_state(handle, &state)) return FALSE;
    info->dwSize = state.cursor_size;
    info->bVisible = state.cursor_visible;
    return TRUE;
}

BOOL WINAPI SetConsoleCursorInfo(HANDLE handle, const CONSOLE_CURSOR_INFO *info)
{
    if (!handle) return set_error(ERROR_INVALID_HANDLE);
    return console_call(handle, CONSOLE_SET_CURSOR_INFO, info, sizeof(*info), NULL, 0, NULL);
}

BOOL WINAPI SetConsoleCursorPosition(HANDLE handle, COORD position)
{
    if (!handle) return set_error(ERROR_INVALID_HANDLE);
    return console_call(handle, CONSOLE_SET_CURSOR, &position, sizeof(position), NULL, 0, NULL);
}

BOOL WINAPI SetConsoleTextAttribute(HANDLE handle, WORD attributes)
{
    if (!handle) return set_error(ERROR_INVALID_HANDLE);
    return console_call(handle, CONSOLE_SET_ATTRIBUTES, &attributes, sizeof(attributes), NULL, 0, NULL);
}

COORD WINAPI GetLargestConsoleWindowSize(HANDLE handle)
{
    struct console_state state;
    if (!console_output_state(handle, &state)) return (COORD){0, 0};
    return (COORD){state.width, state.height};
}

/* The terminal's size is the user's: only the size it has can be set. */
BOOL WINAPI SetConsoleScreenBufferSize(HANDLE handle, COORD size)
{
    struct console_state state;
    if (!console_output_state(handle, &state)) return FALSE;
    return (size.X == state.width && size.Y == state.height) || set_error(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI SetConsoleWindowInfo(HANDLE handle, BOOL absolute, const SMALL_RECT *window)
{
    struct console_state state;
    SMALL_RECT wanted;
    if (!window) return set_error(ERROR_INVALID_PARAMETER);
    if (!console_output_state(handle, &state)) return FALSE;
    wanted = *window;
    if (!absolute) wanted.Right += state.width - 1, wanted.Bottom += state.height - 1;
    return (!wanted.Left && !wanted.Top && wanted.Right == state.width - 1 && wanted.Bottom == state.height - 1) ||
           set_error(ERROR_INVALID_PARAMETER);
}

static BOOL fill(HANDLE handle, const struct console_fill *request, DWORD *done)
{
    ULONG count = 0;
    BOOL result = handle ? console_call(handle, CONSOLE_FILL, request, sizeof(*request), NULL, 0, &count)
                         : set_error(ERROR_INVALID_HANDLE);
    if (done) *done = count;
    return result;
}

BOOL WINAPI FillConsoleOutputCharacterW(HANDLE handle, WCHAR c, DWORD count, COORD at, DWORD *done)
{
    struct console_fill request = {at, count, c, 0, 1};
    return fill(handle, &request, done);
}

BOOL WINAPI FillConsoleOutputCharacterA(HANDLE handle, char c, DWORD count, COORD at, DWORD *done)
{
    WCHAR wide = 0;
    MultiByteToWideChar(GetConsoleOutputCP() ? GetConsoleOutputCP() : CP_OEMCP, 0, &c, 1, &wide, 1);
    return FillConsoleOutputCharacterW(handle, wide, count, at, done);
}

BOOL WINAPI FillConsoleOutputAttribute(HANDLE handle, WORD attributes, DWORD count, COORD at, DWORD *done)
{
    struct console_fill request = {at, count, 0, attributes, 2};
    return fill(handle, &request, done);
}

/* A rectangle of the caller's buffer to or from the screen, clipped on both sides; `*region` gets what was done. */
static BOOL transfer(HANDLE handle, CHAR_INFO *buffer, COORD size, COORD at, SMALL_RECT *region, bool write, bool ansi)
{
    struct console_state state;
    struct console_cells *request;
    SMALL_RECT r = *region;
    UINT codepage = GetConsoleOutputCP();
    BOOL done;

    if (!console_output_state(handle, &state)) return FALSE;
    if (at.X < 0 || at.Y < 0) return set_error(ERROR_INVALID_PARAMETER);
    if (r.Left < 0) at.X -= r.Left, r.Left = 0;
    if (r.Top < 0) at.Y -= r.Top, r.Top = 0;
    if (r.Right - r.Left >= size.X - at.X) r.Right = r.Left + size.X - at.X - 1;
    if (r.Bottom - r.Top >= size.Y - at.Y) r.Bottom = r.Top + size.Y - at.Y - 1;
    if (r.Right >= state.width) r.Right = state.width - 1;
    if (r.Bottom >= state.height) r.Bottom = state.height - 1;
    *region = r;
    if (r.Right < r.Left || r.Bottom < r.Top) return TRUE;
    int columns = r.Right - r.Left + 1, rows = r.Bottom - r.Top + 1;
    ULONG bytes = columns * rows * sizeof(CHAR_INFO);
    if (!(request = mem_alloc(sizeof(*request) + bytes))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    request->rectangle = r;
    CHAR_INFO *cells = (CHAR_INFO *)(request + 1);
    if (write) {
        for (int y = 0; y < rows; y++)
            for (int x = 0; x < columns; x++) {
                CHAR_INFO cell = buffer[(at.Y + y) * size.X + at.X + x];
                if (ansi) MultiByteToWideChar(codepage, 0, &cell.Char.AsciiChar, 1, &cell.Char.UnicodeChar, 1);
                cells[y * columns + x] = cell;
            }
        done = console_call(handle, CONSOLE_WRITE_CELLS, request, sizeof(*request) + bytes, NULL, 0, NULL);
    } else {
        done = console_call(handle, CONSOLE_READ_CELLS, request, sizeof(*request), cells, bytes, NULL);
        for (int y = 0; done && y < rows; y++)
            for (int x = 0; x < columns; x++) {
                CHAR_INFO cell = cells[y * columns + x];
                if (ansi) {
                    WCHAR c = cell.Char.UnicodeChar;
                    cell.Char.UnicodeChar = 0;
                    WideCharToMultiByte(codepage, 0, &c, 1, &cell.Char.AsciiChar, 1, NULL, NULL);
                }
                buffer[(at.Y + y) * size.X + at.X + x] = cell;
            }
    }
    mem_free(request);
    return done;
}

BOOL WINAPI WriteConsoleOutputW(HANDLE handle, const CHAR_INFO *buffer, COORD size, COORD at, SMALL_RECT *region)
{
    return transfer(handle, (CHAR_INFO *)buffer, size, at, region, true, false);
}
BOOL WINAPI WriteConsoleOutputA(HANDLE handle, const CHAR_INFO *buffer, COORD size, COORD at, SMALL_RECT *region)
{
    return transfer(handle, (CHAR_INFO *)buffer, size, at, region, true, true);
}
BOOL WINAPI ReadConsoleOutputW(HANDLE handle, CHAR_INFO *buffer, COORD size, COORD at, SMALL_RECT *region)
{
    return transfer(handle, buffer, size, at, region, false, false);
}
BOOL WINAPI ReadConsoleOutputA(HANDLE handle, CHAR_INFO *buffer, COORD size, COORD at, SMALL_RECT *region)
{
    return transfer(handle, buffer, size, at, region, false, true);
}

/* A run of cells in reading order, row by row. Calls `each` for the cells of a row. */
static BOOL run(HANDLE handle, COORD at, DWORD count, DWORD *done, const WCHAR *text, const WORD *attributes, WCHAR *text_out,
                WORD *attributes_out)
{
    struct console_state state;
    DWORD made = 0;
    CHAR_INFO *row;
    BOOL result = TRUE;

    if (done) *done = 0;
    if (!console_output_state(handle, &state)) return FALSE;
    if (at.X < 0 || at.Y < 0 || at.X >= state.width || at.Y >= state.height) return set_error(ERROR_INVALID_PARAMETER);
    if (!(row = mem_alloc(state.width * sizeof(CHAR_INFO)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    while (made < count && at.Y < state.height && result) {
        DWORD part = state.width - at.X;
        SMALL_RECT region;
        if (part > count - made) part = count - made;
        region = (SMALL_RECT){at.X, at.Y, at.X + (SHORT)part - 1, at.Y};
        result = transfer(handle, row, (COORD){part, 1}, (COORD){0, 0}, &region, false, false);
        for (DWORD i = 0; i < part && result; i++) {
            if (text) row[i].Char.UnicodeChar = text[made + i];
            if (attributes) row[i].Attributes = attributes[made + i];
            if (text_out) text_out[made + i] = row[i].Char.UnicodeChar;
            if (attributes_out) attributes_out[made + i] = row[i].Attributes;
        }
        if (result && (text || attributes)) result = transfer(handle, row, (COORD){part, 1}, (COORD){0, 0}, &region, true, false);
        made += part;
        at.X = 0;
        at.Y++;
    }
    mem_free(row);
    if (done && result) *done = made;
    return result;
}

BOOL WINAPI WriteConsoleOutputCharacterW(HANDLE handle, const WCHAR *text, DWORD count, COORD at, DWORD *done)
{
    return run(handle, at, count, done, text, NULL, NULL, NULL);
}

BOOL WINAPI WriteConsoleOutputAttribute(HANDLE handle, const WORD *attributes, DWORD count, COORD at, DWORD *done)
{
    return run(handle, at, count, done, NULL, attributes, NULL, NULL);
}

BOOL WINAPI ReadConsoleOutputCharacterW(HANDLE handle, WCHAR *text, DWORD count, COORD at, DWORD *done)
{
    return run(handle, at, count, done, NULL, NULL, text, NULL);
}

BOOL WINAPI ReadConsoleOutputAttribute(HANDLE handle, WORD *attributes, DWORD count, COORD at, DWORD *done)
{
    return run(handle, at, count, done, NULL, NULL, NULL, attributes);
}

BOOL WINAPI WriteConsoleOutputCharacterA(HANDLE handle, const char *text, DWORD size, COORD at, DWORD *done)
{
    WCHAR small[256], *wide;
    int count = 0;
    BOOL result;
    if (done) *done = 0;
    if (!size) return TRUE;
    if (!(wide = nls_to_wide(GetConsoleOutputCP(), text, size, small, 256, &count))) return FALSE;
    result = run(handle, at, count, done, wide, NULL, NULL, NULL);
    if (wide != small) mem_free(wide);
    return result;
}

static BOOL scroll(HANDLE handle, const SMALL_RECT *from, const SMALL_RECT *clip, COORD to, const CHAR_INFO *cell)
{
    struct console_state state;
    struct console_scroll request = {*from, {0}, to, *cell};
    if (!console_output_state(handle, &state)) return FALSE;
    request.clip = clip ? *clip : (SMALL_RECT){0, 0, state.width - 1, state.height - 1};
    return console_call(handle, CONSOLE_SCROLL, &request, sizeof(request), NULL, 0, NULL);
}

BOOL WINAPI ScrollConsoleScreenBufferW(HANDLE handle, const SMALL_RECT *from, const SMALL_RECT *clip, COORD to, const CHAR_INFO *cell)
{
    return scroll(handle, from, clip, to, cell);
}

BOOL WINAPI ScrollConsoleScreenBufferA(HANDLE handle, const SMALL_RECT *from, const SMALL_RECT *clip, COORD to, const CHAR_INFO *cell)
{
    CHAR_INFO wide = *cell;
    MultiByteToWideChar(GetConsoleOutputCP(), 0, &cell->Char.AsciiChar, 1, &wide.Char.UnicodeChar, 1);
    return scroll(handle, from, clip, to, &wide);
}

/* ---- input records ---- */

static void record_to_ansi(INPUT_RECORD *record)
{
    if (record->EventType != KEY_EVENT) return;
    WCHAR c = record->Event.KeyEvent.uChar.UnicodeChar;
    record->Event.KeyEvent.uChar.UnicodeChar = 0;
    WideCharToMultiByte(GetConsoleCP(), 0, &c, 1, &record->Event.KeyEvent.uChar.AsciiChar, 1, NULL, NULL);
}

static BOOL read_records(HANDLE handle, INPUT_RECORD *records, DWORD count, DWORD *read, ULONG flags, bool ansi)
{
    ULONG done = 0;
    if (!handle) return set_error(ERROR_INVALID_HANDLE);
    if (!console_call(handle, CONSOLE_READ_INPUT, &flags, sizeof(flags), records, count * sizeof(INPUT_RECORD), &done)) return FALSE;
    for (ULONG i = 0; ansi && i < done; i++) record_to_ansi(&records[i]);
    *read = done;
    return TRUE;
}

BOOL WINAPI ReadConsoleInputW(HANDLE handle, INPUT_RECORD *records, DWORD count, DWORD *read)
{
    return read_records(handle, records, count, read, 0, false);
}
BOOL WINAPI ReadConsoleInputA(HANDLE handle, INPUT_RECORD *records, DWORD count, DWORD *read)
{
    return read_records(handle, records, count, read, 0, true);
}
BOOL WINAPI PeekConsoleInputW(HANDLE handle, INPUT_RECORD *records, DWORD count, DWORD *read)
{
    return read_records(handle, records, count, read, CONSOLE_READ_PEEK | CONSOLE_READ_NOWAIT, false);
}
BOOL WINAPI PeekConsoleInputA(HANDLE handle, INPUT_RECORD *records, DWORD count, DWORD *read)
{
    return read_records(handle, records, count, read, CONSOLE_READ_PEEK | CONSOLE_READ_NOWAIT, true);
}

BOOL WINAPI ReadConsoleInputExW(HANDLE handle, INPUT_RECORD *records, DWORD count, DWORD *read, USHORT flags)
{
    return read_records(handle, records, count, read, flags & 3, false);
}

BOOL WINAPI GetNumberOfConsoleInputEvents(HANDLE handle, DWORD *count)
{
    ULONG done;
    if (!handle) return set_error(ERROR_INVALID_HANDLE);
    if (!console_call(handle, CONSOLE_COUNT_INPUT, NULL, 0, NULL, 0, &done)) return FALSE;
    *count = done;
    return TRUE;
}

BOOL WINAPI FlushConsoleInputBuffer(HANDLE handle)
{
    if (!handle) return set_error(ERROR_INVALID_HANDLE);
    return console_call(handle, CONSOLE_FLUSH_INPUT, NULL, 0, NULL, 0, NULL);
}

BOOL WINAPI WriteConsoleInputW(HANDLE handle, const INPUT_RECORD *records, DWORD count, DWORD *written)
{
    ULONG done;
    if (!handle) return set_error(ERROR_INVALID_HANDLE);
    if (!console_call(handle, CONSOLE_WRITE_INPUT, records, count * sizeof(INPUT_RECORD), NULL, 0, &done)) return FALSE;
    *written = done;
    return TRUE;
}

BOOL WINAPI WriteConsoleInputA(HANDLE handle, const INPUT_RECORD *records, DWORD count, DWORD *written)
{
    DWORD one;
    *written = 0;
    for (DWORD i = 0; i < count; i++) {
        INPUT_RECORD record = records[i];
        if (record.EventType == KEY_EVENT)
            MultiByteToWideChar(GetConsoleCP(), 0, &records[i].Event.KeyEvent.uChar.AsciiChar, 1,
                                &record.Event.KeyEvent.uChar.UnicodeChar, 1);
        if (!WriteConsoleInputW(handle, &record, 1, &one)) return FALSE;
        ++*written;
    }
    return TRUE;
}
