/* NtFerryConsole, and reading and writing console handles as files. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include "console.h"
#include "ferry/codepage.h"
#include "ferry/syscall_table.h"
#include "host.h"
#include "request.h"
#include "wait.h"

struct console console = {
    .input_mode = ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_MOUSE_INPUT | ENABLE_INSERT_MODE |
                  ENABLE_QUICK_EDIT_MODE | ENABLE_EXTENDED_FLAGS | ENABLE_AUTO_POSITION,
    .output_mode = ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT,
    .input_codepage = 437,
    .output_codepage = 437,
    .attributes = FOREGROUND_RED | FOREGROUND_GREEN | FOREGROUND_BLUE,
    .cursor_visible = true,
    .cursor_size = 25,
};
pthread_mutex_t console_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- the terminal's own state ---- */

static struct termios found;
static volatile sig_atomic_t mouse_on;
static volatile sig_atomic_t changed_fd = -1;

void console_restore(void)
{
    static const char plain[] = "\033[0m\033[?25h\033[?1003l\033[?1006l";
    int fd = changed_fd;

    if (fd < 0) return;
    changed_fd = -1;
    tcsetattr(fd, TCSADRAIN, &found);
    if ((console.attributes != 7 || !console.cursor_visible || mouse_on) && isatty(1)) {
        ssize_t put = write(1, plain, sizeof(plain) - 1);
        (void)put;
    }
}

void terminal_mouse(bool on)
{
    if (on == (bool)mouse_on || !isatty(1)) return;
    mouse_on = on;
    terminal_write(1, on ? "\033[?1003h\033[?1006h" : "\033[?1003l\033[?1006l", 16);
}

static void restore_and_die(int number)
{
    console_restore();
    signal(number, SIG_DFL);
    raise(number);
}

void terminal_set(int fd, enum terminal_state state, bool echo, bool signals)
{
    static enum terminal_state now;
    static bool now_echo = true, now_signals = true;
    struct termios wanted;

    if (changed_fd < 0) {
        if (state == TERMINAL_AS_FOUND || tcgetattr(fd, &found)) return;
        static const int fatal[] = {SIGTERM, SIGHUP};
        for (unsigned i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
            struct sigaction old;
            if (!sigaction(fatal[i], NULL, &old) && old.sa_handler == SIG_DFL) signal(fatal[i], restore_and_die);
        }
        now = TERMINAL_AS_FOUND;
    } else if (now == state && now_echo == echo && now_signals == signals) return;
    wanted = found;
    if (state == TERMINAL_RAW) {
        wanted.c_lflag &= ~(ICANON | ECHO | IEXTEN);
        wanted.c_iflag &= ~(ICRNL | INLCR | IGNCR | IXON);
        wanted.c_cc[VMIN] = 1;
        wanted.c_cc[VTIME] = 0;
    } else {
        wanted.c_cc[VSUSP] = _POSIX_VDISABLE; /* Ctrl-Z is a character: it ends the input of a program that reads lines */
        if (!echo) wanted.c_lflag &= ~ECHO;
    }
    if (!signals) wanted.c_lflag &= ~ISIG;
    changed_fd = fd;
    now = state;
    now_echo = echo;
    now_signals = signals;
    tcsetattr(fd, TCSADRAIN, &wanted);
}

NTSTATUS terminal_write(int fd, const char *text, size_t size)
{
    while (size) {
        ssize_t put = write(fd, text, size);
        if (put >= 0) {
            text += put;
            size -= put;
        } else if (errno == EAGAIN) {
            NTSTATUS status = wait_fd(fd, POLLOUT, false, NULL);
            if (status) return status;
        } else if (errno != EINTR) return status_from_errno(errno);
    }
    return STATUS_SUCCESS;
}

/* ---- files ---- */

#define CONSOLE_INPUT_SIDE ((void *)1)
#define CONSOLE_OUTPUT_SIDE ((void *)2)

/* CONIN$ and CONOUT$ say it; a descriptor that was handed down is what its access allows. */
bool console_is_input(const struct file *file)
{
    if (file->data) return file->data == CONSOLE_INPUT_SIDE;
    return !(file->access & (FILE_WRITE_DATA | FILE_APPEND_DATA));
}

void console_set_side(struct file *file, bool input)
{
    file->data = input ? CONSOLE_INPUT_SIDE : CONSOLE_OUTPUT_SIDE;
}

/* The table of a code page from ferry.nls, which the host maps for this purpose alone; NULL if there is none. */
static const CODEPAGE *host_codepage(ULONG number)
{
    static const struct nls_header *volatile mapped;
    const struct nls_header *file = mapped;

    if (!file) {
        char path[4096];
        struct stat st;
        snprintf(path, sizeof(path), "%s/x86_64-windows/ferry.nls", host.library_path);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) return NULL;
        void *base = fstat(fd, &st) ? MAP_FAILED : mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        close(fd);
        if (base == MAP_FAILED || ((struct nls_header *)base)->magic != NLS_MAGIC) return NULL;
        mapped = file = base;
    }
    const struct nls_entry *entry = (const struct nls_entry *)(file + 1);
    for (unsigned i = 0; i < file->count; i++)
        if (entry[i].kind == NLS_CODEPAGE && entry[i].key == number) return (const void *)((const char *)file + entry[i].offset);
    return NULL;
}

/* Bytes in the console's output code page. The start of a character is kept for the next write. */
static NTSTATUS write_bytes(int fd, const char *from, size_t size)
{
    const CODEPAGE *page = console.output_codepage == CP_UTF8 ? NULL : host_codepage(console.output_codepage);
    NTSTATUS status = STATUS_SUCCESS;

    while (size && !status) {
        char bytes[1024];
        WCHAR text[1024];
        size_t part = size < 1000 ? size : 1000, have, tail = 0, units;
        memcpy(bytes + sizeof(console.partial), from, part); /* may fault: not under the lock */
        pthread_mutex_lock(&console_lock);
        have = console.partial_size;
        memcpy(bytes, console.partial, have);
        memmove(bytes + have, bytes + sizeof(console.partial), part);
        have += part;
        if (!page) { /* an incomplete last character */
            size_t back = 1;
            while (back < 4 && back < have && (bytes[have - back] & 0xc0) == 0x80) back++;
            unsigned char lead = bytes[have - back];
            if (lead >= 0xc2 && back < (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2)) tail = back;
        } else if (page->lead) {
            size_t at = 0;
            while (at < have) at += codepage_is_lead(page, bytes[at]) ? 2 : 1;
            if (at > have) tail = 1;
        }
        console.partial_size = tail;
        memcpy(console.partial, bytes + have - tail, tail);
        pthread_mutex_unlock(&console_lock);
        units = page ? codepage_decode(page, text, 1024, bytes, have - tail, NULL, NULL)
                     : utf8_decode(text, 1024, bytes, have - tail, NULL, NULL);
        status = screen_write(fd, text, units);
        from += part;
        size -= part;
    }
    return status;
}

static NTSTATUS console_write_file(struct file *file, struct request *request)
{
    NTSTATUS status;
    if (console_is_input(file)) return STATUS_INVALID_HANDLE;
    status = write_bytes(file->object.fd, request->buffer, request->length);
    if (status >= 0) request->information = request->length;
    return status;
}

/* ReadFile: the text of a line in the input code page. What does not fit waits for the next read. */
static NTSTATUS console_read_file(struct file *file, struct request *request)
{
    static char left[8192];
    static size_t left_size;
    const CODEPAGE *page = console.input_codepage == CP_UTF8 ? NULL : host_codepage(console.input_codepage);
    NTSTATUS status;
    WCHAR text[2048];
    ULONG units;

    if (!console_is_input(file)) return STATUS_INVALID_HANDLE;
    if (!request->length) return STATUS_SUCCESS;
    if (!left_size) {
        status = console_read_text(file, text, 2048, &units);
        if (status) return status;
        if (units && text[0] == 0x1a) units = 0; /* Ctrl-Z at the start of a line ends the file */
        pthread_mutex_lock(&console_lock);
        left_size = page ? codepage_encode(page, left, sizeof(left), text, units, NULL)
                         : utf8_encode(left, sizeof(left), text, units, NULL, NULL);
        pthread_mutex_unlock(&console_lock);
    }
    char copy[8192];
    pthread_mutex_lock(&console_lock);
    size_t part = left_size < request->length ? left_size : request->length;
    memcpy(copy, left, part);
    left_size -= part;
    memmove(left, left + part, left_size);
    pthread_mutex_unlock(&console_lock);
    memcpy(request->buffer, copy, part);
    request->information = part;
    return STATUS_SUCCESS;
}

const struct file_ops console_ops = {
    .device_type = FILE_DEVICE_CONSOLE,
    .read = console_read_file,
    .write = console_write_file,
    .watch = console_watch,
    .destroy = console_forget,
};

/* ---- Ctrl-C and its like ---- */

static int control_fd = -1;
static atomic_uint control_pending; /* bit per event */

static void note_control(int number)
{
    uint64_t one = 1;
    int error = errno;
    ssize_t put;

    atomic_fetch_or(&control_pending, 1u << (number == SIGINT ? CTRL_C_EVENT : number == SIGQUIT ? CTRL_BREAK_EVENT : CTRL_CLOSE_EVENT));
    put = write(control_fd, &one, sizeof(one));
    (void)put;
    errno = error;
}

/* Turns the signals into events; until then they end the process as in any Linux program. */
static NTSTATUS arm_control(void)
{
    struct sigaction action = {.sa_handler = note_control, .sa_flags = SA_RESTART | SA_ONSTACK};

    if (control_fd >= 0) return STATUS_SUCCESS;
    control_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (control_fd < 0) return status_from_errno(errno);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGQUIT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    return STATUS_SUCCESS;
}

static NTSTATUS wait_control(ULONG *event)
{
    NTSTATUS armed = arm_control();

    if (armed) return armed;
    for (;;) {
        uint64_t count;
        ssize_t got = read(control_fd, &count, sizeof(count));
        unsigned pending = atomic_load(&control_pending);
        (void)got;
        for (unsigned bit = 0; bit < 8; bit++)
            if (pending & 1u << bit) {
                atomic_fetch_and(&control_pending, ~(1u << bit));
                *event = bit;
                return STATUS_SUCCESS;
            }
        NTSTATUS status = wait_fd(control_fd, POLLIN, false, NULL);
        if (status) return status;
    }
}

/* ---- requests ---- */

static NTSTATUS query(struct file *file, struct console_state *state)
{
    int width, height, x = 0, y = 0;

    memset(state, 0, sizeof(*state));
    state->is_input = console_is_input(file);
    state->mode = state->is_input ? console.input_mode : console.output_mode;
    if (state->is_input) return STATUS_SUCCESS;
    screen_size(file->object.fd, &width, &height);
    screen_cursor(file->object.fd, &x, &y);
    state->width = width;
    state->height = height;
    state->cursor_x = x < width ? x : width - 1;
    state->cursor_y = y < height ? y : height - 1;
    state->attributes = console.attributes;
    state->cursor_visible = console.cursor_visible;
    state->cursor_size = console.cursor_size;
    return STATUS_SUCCESS;
}

#define INPUT_MODES (ENABLE_PROCESSED_INPUT | ENABLE_LINE_INPUT | ENABLE_ECHO_INPUT | ENABLE_WINDOW_INPUT | ENABLE_MOUSE_INPUT | \
                     ENABLE_INSERT_MODE | ENABLE_QUICK_EDIT_MODE | ENABLE_EXTENDED_FLAGS | ENABLE_AUTO_POSITION | \
                     ENABLE_VIRTUAL_TERMINAL_INPUT)
#define OUTPUT_MODES (ENABLE_PROCESSED_OUTPUT | ENABLE_WRAP_AT_EOL_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING | \
                      DISABLE_NEWLINE_AUTO_RETURN | ENABLE_LVB_GRID_WORLDWIDE)

static NTSTATUS set_mode(struct file *file, ULONG mode)
{
    if (console_is_input(file)) {
        if (mode & ~INPUT_MODES) return STATUS_INVALID_PARAMETER;
        if (mode & ENABLE_ECHO_INPUT && !(mode & ENABLE_LINE_INPUT)) return STATUS_INVALID_PARAMETER;
        console.input_mode = mode;
        if (!(mode & ENABLE_LINE_INPUT)) terminal_set(file->object.fd, TERMINAL_RAW, false, mode & ENABLE_PROCESSED_INPUT);
        else terminal_set(file->object.fd, TERMINAL_LINE, mode & ENABLE_ECHO_INPUT, mode & ENABLE_PROCESSED_INPUT);
    } else {
        if (mode & ~OUTPUT_MODES) return STATUS_INVALID_PARAMETER;
        console.output_mode = mode;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS set_cursor_info(int fd, const CONSOLE_CURSOR_INFO *info)
{
    if (info->dwSize < 1 || info->dwSize > 100) return STATUS_INVALID_PARAMETER;
    console.cursor_size = info->dwSize;
    console.cursor_visible = info->bVisible;
    return terminal_write(fd, info->bVisible ? "\033[?25h" : "\033[?25l", 6);
}

static NTSTATUS set_title(const WCHAR *title, ULONG bytes)
{
    char text[4096 + 8];
    int fd = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC);
    NTSTATUS status = STATUS_SUCCESS;

    if (fd < 0) return STATUS_INVALID_HANDLE;
    memcpy(text, "\033]0;", 4);
    size_t size = utf8_encode(text + 4, 4096, title, bytes / sizeof(WCHAR), NULL, NULL);
    for (size_t i = 4; i < size + 4; i++)
        if ((unsigned char)text[i] < 0x20) text[i] = ' ';
    text[4 + size] = '\a';
    status = terminal_write(fd, text, size + 5);
    close(fd);
    return status;
}

static NTSTATUS without_handle(ULONG code, const void *input, ULONG input_length, void *output)
{
    ULONG event = 0;
    NTSTATUS status;
    int fd;

    switch (code) {
    case CONSOLE_INPUT_CODE_PAGE: *(ULONG *)output = console.input_codepage; return STATUS_SUCCESS;
    case CONSOLE_OUTPUT_CODE_PAGE: *(ULONG *)output = console.output_codepage; return STATUS_SUCCESS;
    case CONSOLE_SET_CODE_PAGE: {
        struct console_code_pages pages = *(const struct console_code_pages *)input;
        if (pages.input) console.input_codepage = pages.input;
        if (pages.output) console.output_codepage = pages.output;
        return STATUS_SUCCESS;
    }
    case CONSOLE_SET_TITLE: {
        WCHAR title[1024];
        if (input_length > sizeof(title)) input_length = sizeof(title);
        memcpy(title, input, input_length);
        return set_title(title, input_length);
    }
    case CONSOLE_ARM_CONTROL: return arm_control();
    case CONSOLE_WAIT_CONTROL:
        if ((status = wait_control(&event))) return status;
        *(ULONG *)output = event;
        return STATUS_SUCCESS;
    case CONSOLE_SEND_CONTROL:
        event = *(const ULONG *)input;
        if (event > CTRL_BREAK_EVENT) return STATUS_INVALID_PARAMETER;
        return kill(0, event == CTRL_C_EVENT ? SIGINT : SIGQUIT) ? status_from_errno(errno) : STATUS_SUCCESS;
    case CONSOLE_ATTACHED:
        for (fd = 0; fd < 3; fd++)
            if (isatty(fd)) return STATUS_SUCCESS;
        if ((fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0) return STATUS_INVALID_HANDLE;
        close(fd);
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_PARAMETER;
}

static NTSTATUS with_file(struct file *file, ULONG code, const void *input, ULONG input_length, void *output,
                          ULONG output_length, ULONG *done)
{
    int fd = file->object.fd;
    struct console_state state;
    NTSTATUS status;

    switch (code) {
    case CONSOLE_QUERY:
        status = query(file, &state);
        memcpy(output, &state, sizeof(state));
        return status;
    case CONSOLE_SET_MODE: return set_mode(file, *(const ULONG *)input);
    case CONSOLE_WRITE:
        *done = input_length / sizeof(WCHAR);
        return console_is_input(file) ? STATUS_INVALID_HANDLE : screen_write(fd, input, input_length / sizeof(WCHAR));
    }
    if (console_is_input(file)) {
        switch (code) {
        case CONSOLE_READ: return console_read_text(file, output, output_length / sizeof(WCHAR), done);
        case CONSOLE_READ_INPUT:
            return console_read_records(file, *(const ULONG *)input, output, output_length / sizeof(INPUT_RECORD), done);
        case CONSOLE_COUNT_INPUT:
            return console_read_records(file, CONSOLE_READ_PEEK | CONSOLE_READ_NOWAIT, NULL, 0x7fffffff, done);
        case CONSOLE_WRITE_INPUT:
            *done = input_length / sizeof(INPUT_RECORD);
            return console_write_records(input, *done);
        case CONSOLE_FLUSH_INPUT: console_flush_input(fd); return STATUS_SUCCESS;
        }
        return STATUS_INVALID_HANDLE;
    }
    switch (code) {
    case CONSOLE_SET_CURSOR: return screen_move(fd, ((const COORD *)input)->X, ((const COORD *)input)->Y);
    case CONSOLE_SET_CURSOR_INFO: return set_cursor_info(fd, input);
    case CONSOLE_SET_ATTRIBUTES: return screen_attributes(fd, *(const WORD *)input);
    case CONSOLE_FILL: return screen_fill(fd, input, done);
    case CONSOLE_WRITE_CELLS:
        return screen_write_cells(fd, input, (const CHAR_INFO *)((const struct console_cells *)input + 1));
    case CONSOLE_READ_CELLS: return screen_read_cells(fd, input, output);
    case CONSOLE_SCROLL: return screen_scroll(fd, input);
    }
    return STATUS_INVALID_HANDLE;
}

NTSTATUS sys_NtFerryConsole(HANDLE handle, ULONG code, const void *input, ULONG input_length, void *output,
                            ULONG output_length, ULONG *information)
{
    struct file *file;
    ULONG done = 0;
    NTSTATUS status;

    if (!handle) return without_handle(code, input, input_length, output);
    if (file_from_handle(handle, 0, &file, NULL)) return STATUS_INVALID_HANDLE;
    if (file->kind == FILE_KIND_CONSOLE) status = with_file(file, code, input, input_length, output, output_length, &done);
    else status = STATUS_INVALID_HANDLE;
    file_release(file);
    if (information) *information = done;
    return status;
}
