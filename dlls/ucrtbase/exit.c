/* The end of a program, and what is registered to run then. Reference: "exit, _Exit, _exit", "_onexit",
 * "_cexit, _c_exit", "_initialize_onexit_table". */
#include "crt.h"

typedef void(__cdecl *function)(void);
typedef int(__cdecl *onexit_function)(void);

/* _onexit_table_t */
struct table {
    function *first, *last, *end;
};

static struct table at_exit, at_quick_exit;
typedef void(WINAPI *thread_exit_function)(void *, DWORD, void *);
static thread_exit_function thread_exit;

CRTAPI int _initialize_onexit_table(struct table *table)
{
    if (!table) return -1;
    if (table->first != table->end) return 0;
    table->first = table->last = table->end = NULL;
    return 0;
}

CRTAPI int _register_onexit_function(struct table *table, onexit_function entry)
{
    int result = -1;

    if (!table) return -1;
    _lock(LOCK_EXIT1);
    if (table->last == table->end) {
        size_t used = table->last - table->first, room = used ? used * 2 : 32;
        function *more = realloc(table->first, room * sizeof(*more));
        if (!more) goto out;
        table->first = more;
        table->last = more + used;
        table->end = more + room;
    }
    *table->last++ = (function)entry;
    result = 0;
out:
    _unlock(LOCK_EXIT1);
    return result;
}

/* Last registered runs first; a function may register more, which then runs next. */
CRTAPI int _execute_onexit_table(struct table *table)
{
    function *block = NULL;

    if (!table) return -1;
    for (;;) {
        function next = NULL;
        _lock(LOCK_EXIT1);
        if (table->last > table->first) {
            next = *--table->last;
        } else {
            block = table->first;
            table->first = table->last = table->end = NULL;
        }
        _unlock(LOCK_EXIT1);
        if (block || !table->first) break;
        if (next) next();
    }
    free(block);
    return 0;
}

CRTAPI onexit_function _onexit(onexit_function entry)
{
    return _register_onexit_function(&at_exit, entry) ? NULL : entry;
}

#ifdef FERRY_MSVCRT
CRTAPI int atexit(function entry)
{
    return _onexit((onexit_function)entry) ? 0 : -1;
}

/* A DLL keeps its own table, from *BEGIN to *END, made by the program with malloc. */
CRTAPI onexit_function __dllonexit(onexit_function entry, function **begin, function **end)
{
    function *more;
    size_t used;

    if (!begin || !end || !*begin || !*end) return NULL;
    _lock(LOCK_EXIT1);
    used = *end - *begin;
    more = realloc(*begin, (used + 1) * sizeof(*more));
    if (more) {
        more[used] = (function)entry;
        *begin = more;
        *end = more + used + 1;
    }
    _unlock(LOCK_EXIT1);
    return more ? entry : NULL;
}

CRTDATA void(__cdecl *_aexit_rtn)(int) = _exit;
#else
CRTAPI int _crt_atexit(function entry)
{
    return _register_onexit_function(&at_exit, (onexit_function)entry);
}

CRTAPI int _crt_at_quick_exit(function entry)
{
    return _register_onexit_function(&at_quick_exit, (onexit_function)entry);
}

CRTAPI void _register_thread_local_exe_atexit_callback(thread_exit_function callback)
{
    if (thread_exit) crt_terminate();
    thread_exit = callback;
}
#endif

/* What exit does before the process ends. Not QUICK: the registered functions. */
void exit_run(BOOL quick, BOOL return_to_caller)
{
    static LONG done;

    if (!quick) {
        if (!InterlockedExchange(&done, 1)) {
            if (thread_exit) thread_exit(NULL, DLL_PROCESS_DETACH, NULL);
            _execute_onexit_table(&at_exit);
        }
        stdio_exit();
    }
}

CRTAPI void _cexit(void)
{
    exit_run(FALSE, TRUE);
}

CRTAPI void _c_exit(void)
{
    exit_run(TRUE, TRUE);
}

CRTAPI __declspec(noreturn) void exit(int code)
{
    exit_run(FALSE, FALSE);
    ExitProcess(code);
}

CRTAPI __declspec(noreturn) void _exit(int code)
{
    ExitProcess(code);
}

CRTAPI __declspec(noreturn) void _Exit(int code)
{
    ExitProcess(code);
}

CRTAPI __declspec(noreturn) void quick_exit(int code)
{
    _execute_onexit_table(&at_quick_exit);
    ExitProcess(code);
}
