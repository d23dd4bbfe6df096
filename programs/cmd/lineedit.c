/* A line from the console: editing, history, completion. */
#include "lineedit.h"

static WCHAR **history;
static int history_count;
#define HISTORY_MOST 500

struct edit {
    struct text *line;
    size_t at;
    bool overwrite;
    int place;       /* in the history; history_count: behind the last */
    HANDLE output;
    COORD start;     /* where the line begins on the screen */
    SHORT width, height;
    size_t drawn;    /* how much of the screen the line last took */
    struct completion completion;
};

static void set_cursor(const struct edit *edit, size_t at)
{
    size_t cell = edit->start.X + at;
    COORD where = { (SHORT)(cell % edit->width), (SHORT)(edit->start.Y + cell / edit->width) };

    SetConsoleCursorPosition(edit->output, where);
}

/* Draws the line from `from` on, blanks over what was longer, and puts the cursor where it belongs. */
static void draw(struct edit *edit, size_t from)
{
    struct text shown = { 0 };
    DWORD written;
    size_t length = edit->line->length, most = length > edit->drawn ? length : edit->drawn;

    if (from > length) from = length;
    text_add(&shown, L"", 0);
    for (size_t i = from; i < length; i++) text_add_char(&shown, edit->line->data[i] < ' ' ? '^' : edit->line->data[i]);
    for (size_t i = length; i < most; i++) text_add_char(&shown, ' ');
    set_cursor(edit, from);
    if (shown.length) WriteConsoleW(edit->output, shown.data, (DWORD)shown.length, &written, NULL);
    /* At the lower end the screen went up. */
    int last = edit->start.Y + (int)((edit->start.X + most) / edit->width);
    if (last >= edit->height) {
        if ((edit->start.X + most) % edit->width == 0) WriteConsoleW(edit->output, L"\r\n", 2, &written, NULL);
        edit->start.Y -= (SHORT)(last - edit->height + 1);
    }
    edit->drawn = length;
    text_free(&shown);
    set_cursor(edit, edit->at);
}

static void replace(struct edit *edit, const WCHAR *text)
{
    edit->line->length = 0;
    text_add(edit->line, L"", 0);
    text_add_string(edit->line, text);
    edit->at = edit->line->length;
    draw(edit, 0);
}

static void remove_part(struct edit *edit, size_t from, size_t to)
{
    struct text *line = edit->line;

    if (to > line->length) to = line->length;
    if (from >= to) return;
    memmove(line->data + from, line->data + to, (line->length - to + 1) * sizeof(WCHAR));
    line->length -= to - from;
    edit->at = from;
    draw(edit, from);
}

static void insert(struct edit *edit, WCHAR c)
{
    struct text *line = edit->line;
    size_t at = edit->at;

    if (edit->overwrite && at < line->length) {
        line->data[at] = c;
    } else {
        text_add_char(line, c);
        memmove(line->data + at + 1, line->data + at, (line->length - 1 - at) * sizeof(WCHAR));
        line->data[at] = c;
    }
    edit->at++;
    draw(edit, at);
}

static size_t word_left(const struct edit *edit)
{
    size_t at = edit->at;

    while (at && edit->line->data[at - 1] == ' ') at--;
    while (at && edit->line->data[at - 1] != ' ') at--;
    return at;
}

static size_t word_right(const struct edit *edit)
{
    size_t at = edit->at;

    while (at < edit->line->length && edit->line->data[at] != ' ') at++;
    while (at < edit->line->length && edit->line->data[at] == ' ') at++;
    return at;
}

static void from_history(struct edit *edit, int place)
{
    if (!history_count || place < 0 || place > history_count) return;
    edit->place = place;
    replace(edit, place < history_count ? history[place] : L"");
}

/* F8: the next older line that begins with what stands before the cursor. */
static void search_history(struct edit *edit)
{
    for (int i = 1; i <= history_count; i++) {
        int place = (edit->place - i + 2 * history_count) % history_count;
        if (_wcsnicmp(history[place], edit->line->data, edit->at)) continue;
        size_t at = edit->at;
        edit->place = place;
        replace(edit, history[place]);
        edit->at = at < edit->line->length ? at : edit->line->length;
        set_cursor(edit, edit->at);
        return;
    }
}

/* F7: the lines with their numbers; F9 takes one. */
static void show_history(struct edit *edit, const WCHAR *prompt)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    set_cursor(edit, edit->line->length);
    print_text(L"\r\n");
    for (int i = 0; i < history_count; i++) print(L"%d: %s\r\n", i, history[i]);
    print_text(prompt);
    output_flush();
    if (GetConsoleScreenBufferInfo(edit->output, &info)) edit->start = info.dwCursorPosition;
    edit->drawn = 0;
    draw(edit, 0);
}

/* The line before, as the template of F1 and F3. */
static const WCHAR *template_rest(const struct edit *edit)
{
    const WCHAR *last = history_count ? history[history_count - 1] : L"";

    return edit->at < wcslen(last) ? last + edit->at : L"";
}

static void remember(const struct text *line)
{
    if (!line->length || (history_count && !wcscmp(history[history_count - 1], line->data))) return;
    if (history_count == HISTORY_MOST) {
        memory_free(history[0]);
        memmove(history, history + 1, (HISTORY_MOST - 1) * sizeof(*history));
        history_count--;
    }
    if (!history) history = memory_get(HISTORY_MOST * sizeof(*history));
    history[history_count++] = copy_text(line->data);
}

enum result { GO_ON, DONE, CANCELLED, CLOSED };

static enum result key_pressed(struct edit *edit, const KEY_EVENT_RECORD *key, const WCHAR *prompt)
{
    bool control = key->dwControlKeyState & (LEFT_CTRL_PRESSED | RIGHT_CTRL_PRESSED), shift = key->dwControlKeyState & SHIFT_PRESSED;
    WCHAR c = key->uChar.UnicodeChar;

    if (key->wVirtualKeyCode == VK_TAB || (shell.complete_names && (c == 4 || c == 6))) {
        size_t before = edit->line->length;
        if (completion_next(&edit->completion, edit->line, &edit->at, shift, c == 4)) {
            (void)before;
            draw(edit, 0);
        }
        return GO_ON;
    }
    completion_end(&edit->completion);
    switch (key->wVirtualKeyCode) {
    case VK_LEFT: edit->at = control ? word_left(edit) : edit->at - (edit->at > 0); break;
    case VK_RIGHT:
        if (edit->at == edit->line->length && !control && *template_rest(edit)) insert(edit, *template_rest(edit));
        else edit->at = control ? word_right(edit) : edit->at + (edit->at < edit->line->length);
        break;
    case VK_HOME:
        if (control) remove_part(edit, 0, edit->at);
        else edit->at = 0;
        break;
    case VK_END:
        if (control) remove_part(edit, edit->at, edit->line->length);
        else edit->at = edit->line->length;
        break;
    case VK_UP: case VK_F5: from_history(edit, edit->place - 1); return GO_ON;
    case VK_DOWN:
        if (edit->place + 1 < history_count) from_history(edit, edit->place + 1);
        return GO_ON;
    case VK_PRIOR: from_history(edit, 0); return GO_ON;
    case VK_NEXT: from_history(edit, history_count - 1); return GO_ON;
    case VK_INSERT: edit->overwrite = !edit->overwrite; return GO_ON;
    case VK_DELETE: remove_part(edit, edit->at, edit->at + 1); return GO_ON;
    case VK_F1:
        if (*template_rest(edit)) insert(edit, *template_rest(edit));
        return GO_ON;
    case VK_F3: {
        WCHAR *rest = copy_text(template_rest(edit));
        for (const WCHAR *at = rest; *at; at++) insert(edit, *at);
        memory_free(rest);
        return GO_ON;
    }
    case VK_F6: insert(edit, 0x1a); return GO_ON;
    case VK_F7: show_history(edit, prompt); return GO_ON;
    case VK_F8: search_history(edit); return GO_ON;
    case VK_ESCAPE: replace(edit, L""); return GO_ON;
    case VK_BACK:
        if (control) remove_part(edit, word_left(edit), edit->at);
        else if (edit->at) remove_part(edit, edit->at - 1, edit->at);
        return GO_ON;
    case VK_RETURN: return DONE;
    default:
        if (c == 3) return CANCELLED;
        if (c == 8 || c == 0x7f) {
            if (edit->at) remove_part(edit, edit->at - 1, edit->at);
        } else if (c == '\r' || c == '\n') {
            return DONE;
        } else if (c >= ' ' || c == 0x1a) {
            insert(edit, c);
        }
        return GO_ON;
    }
    set_cursor(edit, edit->at);
    return GO_ON;
}

bool edit_line(const WCHAR *prompt, struct text *line)
{
    struct edit edit = { .line = line, .output = GetStdHandle(STD_OUTPUT_HANDLE), .place = history_count };
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE), screen = INVALID_HANDLE_VALUE;
    CONSOLE_SCREEN_BUFFER_INFO info;
    enum result result = GO_ON;
    INPUT_RECORD record;
    DWORD mode, count;

    print_text(prompt);
    output_flush();
    text_add(line, L"", 0);
    if (!is_console(edit.output)) { /* the echo goes to the console, wherever output goes */
        screen = CreateFileW(L"CONOUT$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
        edit.output = screen;
    }
    if (!GetConsoleMode(input, &mode) || !GetConsoleScreenBufferInfo(edit.output, &info)) {
        if (screen != INVALID_HANDLE_VALUE) CloseHandle(screen);
        return false;
    }
    edit.start = info.dwCursorPosition;
    edit.width = info.dwSize.X > 0 ? info.dwSize.X : 80;
    edit.height = info.dwSize.Y > 0 ? info.dwSize.Y : 25;
    SetConsoleMode(input, 0);
    while (result == GO_ON) {
        if (!ReadConsoleInputW(input, &record, 1, &count) || !count) result = CLOSED;
        else if (record.EventType == KEY_EVENT && record.Event.KeyEvent.bKeyDown) result = key_pressed(&edit, &record.Event.KeyEvent, prompt);
        else if (record.EventType == WINDOW_BUFFER_SIZE_EVENT && GetConsoleScreenBufferInfo(edit.output, &info)) {
            edit.width = info.dwSize.X > 0 ? info.dwSize.X : 80;
            edit.height = info.dwSize.Y > 0 ? info.dwSize.Y : 25;
        }
    }
    completion_end(&edit.completion);
    SetConsoleMode(input, mode);
    if (result != CLOSED) {
        set_cursor(&edit, line->length);
        output_to(edit.output, result == CANCELLED ? L"^C\r\n" : L"\r\n", result == CANCELLED ? 4 : 2);
    }
    if (screen != INVALID_HANDLE_VALUE) CloseHandle(screen);
    if (result == CANCELLED) {
        line->length = 0;
        line->data[0] = 0;
        if (shell.batch) InterlockedExchange(&shell.interrupted, 1);
    }
    if (result == DONE && !shell.batch) remember(line);
    WCHAR *end = wcschr(line->data, 0x1a);
    if (end) {
        *end = 0;
        line->length = end - line->data;
    }
    return result != CLOSED;
}
