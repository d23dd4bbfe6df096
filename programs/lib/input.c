/* Lines and keys. */
#include "tool.h"

/* More bytes behind those not yet taken; false when there are none. */
static bool fill(struct line_reader *reader)
{
    DWORD got = 0;

    if (reader->end) return false;
    if (reader->at) {
        memmove(reader->bytes, reader->bytes + reader->at, reader->count - reader->at);
        reader->count -= reader->at;
        reader->at = 0;
    }
    if (reader->count + 8192 > reader->room) {
        reader->room = reader->room ? reader->room * 2 : 16384;
        reader->bytes = memory_resize(reader->bytes, reader->room);
    }
    if (!ReadFile(reader->handle, reader->bytes + reader->count, 8192, &got, NULL) || !got) {
        reader->end = true;
        return false;
    }
    reader->count += got;
    if (!reader->started && reader->count >= 2) {
        reader->started = true;
        reader->wide = (BYTE)reader->bytes[0] == 0xff && (BYTE)reader->bytes[1] == 0xfe;
        if (reader->wide) reader->at = 2;
    }
    return true;
}

char *read_line_bytes(struct line_reader *reader, size_t *length)
{
    size_t scanned = 0, step;

    for (;;) {
        step = reader->wide ? 2 : 1;
        size_t have = reader->count - reader->at;
        char *start = reader->bytes + reader->at;
        while (scanned + step <= have) {
            if (start[scanned] == '\n' && (step == 1 || !start[scanned + 1])) {
                size_t end = scanned;
                reader->at += scanned + step;
                if (end >= step && start[end - step] == '\r' && (step == 1 || !start[end - 1])) end -= step;
                *length = end;
                reader->ended_without_newline = false;
                return start;
            }
            scanned += step;
        }
        size_t before = reader->count - reader->at;
        if (!fill(reader)) {
            have = reader->count - reader->at;
            if (!have) return NULL;
            start = reader->bytes + reader->at;
            reader->at = reader->count;
            *length = have;
            reader->ended_without_newline = true;
            return start;
        }
        if (reader->wide && scanned > before - 2 && before == 0) scanned = 0;
        if (reader->wide && reader->at) scanned = 0;
    }
}

WCHAR *read_line(struct line_reader *reader, size_t *length)
{
    size_t size;
    char *bytes = read_line_bytes(reader, &size);
    WCHAR *line;
    int count;

    if (!bytes) return NULL;
    if (reader->wide) {
        *length = size / 2;
        return copy_part((WCHAR *)bytes, size / 2);
    }
    UINT page = reader->codepage ? reader->codepage : output_codepage();
    line = memory_get((size + 1) * sizeof(WCHAR));
    count = size ? MultiByteToWideChar(page, 0, bytes, (int)size, line, (int)size) : 0;
    line[count] = 0;
    *length = count;
    return line;
}

void reader_free(struct line_reader *reader)
{
    memory_free(reader->bytes);
    *reader = (struct line_reader){ 0 };
}

int read_key(void)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    INPUT_RECORD record;
    DWORD mode, count;
    int key = -1;

    output_flush();
    if (!GetConsoleMode(input, &mode)) {
        char c;
        return ReadFile(input, &c, 1, &count, NULL) && count ? (unsigned char)c : -1;
    }
    SetConsoleMode(input, 0);
    while (ReadConsoleInputW(input, &record, 1, &count) && count)
        if (record.EventType == KEY_EVENT && record.Event.KeyEvent.bKeyDown &&
            (record.Event.KeyEvent.uChar.UnicodeChar ||
             (record.Event.KeyEvent.wVirtualKeyCode >= VK_PRIOR && record.Event.KeyEvent.wVirtualKeyCode <= VK_F24))) {
            key = record.Event.KeyEvent.uChar.UnicodeChar;
            break;
        }
    SetConsoleMode(input, mode);
    return key;
}
