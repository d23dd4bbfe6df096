/* What the shipped console programs share: memory, growing text, output in the console's code page, arguments. */
#ifndef PROGRAMS_TOOL_H
#define PROGRAMS_TOOL_H

#include "ferry/ntapi.h"
#include <stdarg.h>
#include <winioctl.h>
#include <stdbool.h>

int __cdecl _snwprintf(WCHAR *to, size_t room, const WCHAR *format, ...);
int __cdecl _vsnwprintf(WCHAR *to, size_t room, const WCHAR *format, va_list args);
int __cdecl _snprintf(char *to, size_t room, const char *format, ...);

/* ---- memory: ends the process with a message when there is none ---- */

void *memory_get(size_t bytes); /* zeroed */
void *memory_resize(void *memory, size_t bytes);
void memory_free(void *memory);
WCHAR *copy_text(const WCHAR *text);
WCHAR *copy_part(const WCHAR *text, size_t length);

/* ---- growing text; always ends with 0 once something was added ---- */

struct text {
    WCHAR *data; /* NULL while empty */
    size_t length, room;
};

void text_add(struct text *text, const WCHAR *part, size_t length);
void text_add_string(struct text *text, const WCHAR *part);
void text_add_char(struct text *text, WCHAR c);
void text_format(struct text *text, const WCHAR *format, ...);
/* The characters as memory of the caller (to be freed), "" for an empty text. */
WCHAR *text_take(struct text *text);
void text_free(struct text *text);

/* ---- output ---- */

/* Writes to a console as it is, to anything else in the output code page, or UTF-16 when output_unicode is set. Text
 * for standard output is kept back until output_flush (or a few kilobytes). */
extern bool output_unicode;
extern bool output_failed; /* a write came back with an error since this was last set false */
void output_to(HANDLE handle, const WCHAR *text, size_t length);
void output_flush(void);
void print_text(const WCHAR *text);
void print(const WCHAR *format, ...); /* standard output */
void complain(const WCHAR *format, ...); /* standard error */
/* The system's text of an error, with the line end it has, on standard error. */
void complain_error(DWORD error);
/* The same text as memory of the caller; "" when there is none. */
WCHAR *error_text(DWORD error);
UINT output_codepage(void);
bool is_console(HANDLE handle);
int console_width(void); /* of standard output; 80 when it is no console */
int console_height(void); /* 0 when it is no console */

/* ---- input ---- */

/* A file or pipe read line by line, decoded from the output code page, or UTF-16 after its byte order mark. */
struct line_reader {
    HANDLE handle;
    char *bytes;
    size_t count, at, room;
    bool end, wide, started;
    UINT codepage; /* 0: the output code page */
    bool ended_without_newline;
};
/* One line without its end; NULL at the end. Memory of the caller. */
WCHAR *read_line(struct line_reader *reader, size_t *length);
void reader_free(struct line_reader *reader);
/* The bytes of the next line without line end; valid until the next call. */
char *read_line_bytes(struct line_reader *reader, size_t *length);
/* A key without echo from the console; from other input one character. -1 at the end, 3 for Ctrl-C. */
int read_key(void);

/* ---- arguments ---- */

/* A tool defines this; start.c calls it and ends the process with its result. */
int run(int argc, WCHAR **argv);

/* The command line split as the C runtime does; [0] is the program. */
int split_arguments(const WCHAR *line, WCHAR ***arguments);
/* `name` of a switch like "/name", "-name", in any case. */
bool is_switch(const WCHAR *argument, const WCHAR *name);
/* The full path; memory of the caller, NULL after an error. */
WCHAR *path_full(const WCHAR *path);
WCHAR *path_join(const WCHAR *folder, const WCHAR *name);
const WCHAR *path_name(const WCHAR *path); /* behind the last \ / : */
bool path_is_folder(const WCHAR *path);
/* Prints `text` when "/?" (or "-?") is among the arguments. */
bool asked_usage(int argc, WCHAR **argv, const WCHAR *text);
/* '*' and '?' as file names match, in any case. */
bool match_wildcard(const WCHAR *pattern, const WCHAR *name);

/* ---- numbers and times ---- */

/* Decimal with thousands separators, as dir prints sizes. */
WCHAR *grouped_number(ULONGLONG value, WCHAR buffer[40]);

#endif
