/* more.exe: a screenful at a time. */
#include "tool.h"

static const WCHAR usage[] =
    L"Shows a text one screenful at a time.\r\n\r\n"
    L"MORE [/E [/C] [/P] [/S] [/Tn] [+n]] < [drive:][path]filename\r\n"
    L"command-name | MORE [/E [/C] [/P] [/S] [/Tn] [+n]]\r\n"
    L"MORE /E [/C] [/P] [/S] [/Tn] [+n] [files]\r\n\r\n"
    L"  /E   More keys while it waits.\r\n"
    L"  /C   Clears the screen first.\r\n"
    L"  /P   Form feeds are looked at.\r\n"
    L"  /S   Several empty lines become one.\r\n"
    L"  /Tn  A tab is n blanks (default 8).\r\n"
    L"  +n   Starts at line n.\r\n\r\n"
    L"Keys: blank next page, Enter next line, F next file, Q ends, = line number,\r\n"
    L"P n the next n lines, S n leaves n lines out, ? this list.\r\n";

static bool clear, squeeze, paged, done;
static int tab = 8, skip, shown, height, width;
static ULONG line_number;

/* A key at the end of a page: how many lines go on, 0 to end, -1 for the next file. */
static int wait_key(void)
{
    for (;;) {
        print_text(L"-- More  -- ");
        output_flush();
        int key = towlower(read_key());
        print_text(L"\r            \r");
        switch (key) {
        case ' ': return height - 1;
        case '\r': case '\n': return 1;
        case 'q': case 3: case -1: case 0xffff: return 0;
        case 'f': return -1;
        case '=': print(L"-- More [Line: %u] -- ", line_number); break;
        case '?': case 'h': print_text(L"blank, Enter, F, Q, =, P n, S n\r\n"); break;
        case 'p': case 's': {
            int number = 0;
            print_text(L"Lines: ");
            output_flush();
            for (int digit; (digit = read_key()) >= '0' && digit <= '9';) {
                number = number * 10 + digit - '0';
                print(L"%c", digit);
                output_flush();
            }
            print_text(L"\r            \r");
            if (key == 'p') return number ? number : 1;
            skip = number;
            return height - 1;
        }
        }
    }
}

static void show_line(const WCHAR *line, size_t length)
{
    struct text text = { 0 };

    text_add(&text, L"", 0);
    for (size_t i = 0; i < length; i++) {
        if (line[i] != '\t' || !tab) text_add_char(&text, line[i]);
        else do text_add_char(&text, ' ');
        while (text.length % tab);
    }
    print_text(text.data);
    print_text(L"\r\n");
    shown += paged && width ? (int)(text.length / width) + 1 : 1;
    text_free(&text);
}

/* false: end it all. */
static bool show(HANDLE file)
{
    struct line_reader reader = { .handle = file };
    WCHAR *line;
    size_t length;
    bool empty = false, go_on = true;
    int room = height - 1;

    line_number = 0;
    while (go_on && (line = read_line(&reader, &length))) {
        line_number++;
        bool blank = !length;
        if (skip > 0) skip--;
        else if (!(squeeze && blank && empty)) {
            if (paged && shown >= room) {
                int more = wait_key();
                shown = 0;
                room = more > 0 ? more : height - 1;
                if (!more) done = true;
                if (more <= 0) go_on = false;
            }
            if (go_on && skip > 0) skip--;
            else if (go_on) show_line(line, length);
        }
        empty = blank;
        memory_free(line);
    }
    reader_free(&reader);
    return !done;
}

int run(int argc, WCHAR **argv)
{
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE), input = GetStdHandle(STD_INPUT_HANDLE);
    int files = 0;

    if (asked_usage(argc, argv, usage)) return 0;
    for (int i = 1; i < argc; i++) {
        if (*argv[i] == '+') skip = wcstol(argv[i] + 1, NULL, 10) - 1;
        else if (*argv[i] != '/') argv[files++] = argv[i];
        else if (is_switch(argv[i], L"c")) clear = true;
        else if (is_switch(argv[i], L"s")) squeeze = true;
        else if (towlower(argv[i][1]) == 't') tab = wcstol(argv[i] + 2, NULL, 10);
        else if (!is_switch(argv[i], L"e") && !is_switch(argv[i], L"p")) {
            complain(L"Invalid switch - %s\r\n", argv[i]);
            return 1;
        }
    }
    if (skip < 0) skip = 0;
    paged = is_console(output);
    height = console_height();
    width = console_width();
    if (height < 2) height = 25;
    if (clear && paged) print_text(L"\x1b[2J\x1b[H");
    if (!files) {
        /* Keys come from the console, the text from where input was. */
        if (paged && !is_console(input)) {
            HANDLE keys = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
            if (keys != INVALID_HANDLE_VALUE) SetStdHandle(STD_INPUT_HANDLE, keys);
            else paged = false;
        }
        show(input);
        return 0;
    }
    for (int i = 0; i < files && !done; i++) {
        HANDLE file = CreateFileW(argv[i], GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_EXISTING, 0, NULL);
        if (file == INVALID_HANDLE_VALUE) {
            complain(L"Cannot access file %s\r\n", argv[i]);
            return 1;
        }
        show(file);
        CloseHandle(file);
    }
    return 0;
}
