/* A line from the console. */
#include "cmd.h"

bool edit_line(const WCHAR *prompt, struct text *line)
{
    WCHAR buffer[4096];
    DWORD count = 0;

    print_text(prompt);
    output_flush();
    if (!ReadConsoleW(GetStdHandle(STD_INPUT_HANDLE), buffer, ARRAYSIZE(buffer), &count, NULL) || !count) return false;
    while (count && (buffer[count - 1] == '\r' || buffer[count - 1] == '\n')) count--;
    text_add(line, buffer, count);
    return true;
}
