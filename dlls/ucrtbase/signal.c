/* signal, raise, and the filters that turn exceptions into them. Reference: "signal", "_XcptFilter",
 * "_seh_filter_dll, _seh_filter_exe". */
#include "crt.h"

enum { SIGINT = 2, SIGILL = 4, SIGFPE = 8, SIGSEGV = 11, SIGTERM = 15, SIGBREAK = 21, SIGABRT = 22, SIGABRT_COMPAT = 6 };
#define SIG_DFL ((signal_handler)0)
#define SIG_IGN ((signal_handler)1)
#define SIG_GET ((signal_handler)2)
#define SIG_SGE ((signal_handler)3)
#define SIG_ACK ((signal_handler)4)
#define SIG_ERR ((signal_handler)-1)

static signal_handler on_int, on_break, on_abort, on_term;
static BOOL console_handler_set;

static signal_handler *slot_of(int number)
{
    switch (number) {
    case SIGINT: return &on_int;
    case SIGBREAK: return &on_break;
    case SIGABRT:
    case SIGABRT_COMPAT: return &on_abort;
    case SIGTERM: return &on_term;
    case SIGFPE: return &thread_data()->signal_fpe;
    case SIGILL: return &thread_data()->signal_ill;
    case SIGSEGV: return &thread_data()->signal_segv;
    default: return NULL;
    }
}

int crt_signal_is_handled(int number)
{
    return *slot_of(number) != SIG_DFL;
}

static BOOL WINAPI console_event(DWORD event)
{
    signal_handler *slot = event == CTRL_C_EVENT ? &on_int : event == CTRL_BREAK_EVENT ? &on_break : NULL, action;

    if (!slot) return FALSE;
    _lock(LOCK_SIGNAL);
    action = *slot;
    if (action != SIG_DFL && action != SIG_IGN) *slot = SIG_DFL;
    _unlock(LOCK_SIGNAL);
    if (action == SIG_DFL) return FALSE;
    if (action != SIG_IGN) action(event == CTRL_C_EVENT ? SIGINT : SIGBREAK);
    return TRUE;
}

CRTAPI signal_handler signal(int number, signal_handler action)
{
    signal_handler *slot = slot_of(number), old;

    if (!slot || action == SIG_ACK || action == SIG_SGE) {
        REQUIRE(FALSE, EINVAL, SIG_ERR);
    }
    _lock(LOCK_SIGNAL);
    old = *slot;
    if (action != SIG_GET) {
        if ((number == SIGINT || number == SIGBREAK) && !console_handler_set)
            console_handler_set = SetConsoleCtrlHandler(console_event, TRUE);
        *slot = action;
    }
    _unlock(LOCK_SIGNAL);
    return old;
}

CRTAPI int *__fpecode(void)
{
    return &thread_data()->fpe_code;
}

CRTAPI void **__pxcptinfoptrs(void)
{
    return (void **)&thread_data()->exception_pointers;
}

#define FPE_EXPLICITGEN 0x8c

CRTAPI int raise(int number)
{
    struct thread_data *data = thread_data();
    signal_handler *slot = slot_of(number), action;
    EXCEPTION_POINTERS *old_pointers = data->exception_pointers;
    int old_code = data->fpe_code;

    REQUIRE(slot, EINVAL, -1);
    _lock(LOCK_SIGNAL);
    action = *slot;
    if (action != SIG_DFL && action != SIG_IGN && action != SIG_GET) *slot = SIG_DFL;
    _unlock(LOCK_SIGNAL);
    if (action == SIG_IGN || action == SIG_GET) return 0;
    if (action == SIG_DFL) _exit(3);
    if (number == SIGFPE || number == SIGILL || number == SIGSEGV) {
        data->exception_pointers = NULL;
        if (number == SIGFPE) {
            data->fpe_code = FPE_EXPLICITGEN;
            ((void(__cdecl *)(int, int))(void *)action)(number, FPE_EXPLICITGEN);
        } else {
            action(number);
        }
        data->exception_pointers = old_pointers;
        data->fpe_code = old_code;
    } else {
        action(number);
    }
    return 0;
}

static const struct {
    DWORD exception;
    int number, code;
} exceptions[] = {
    { EXCEPTION_ACCESS_VIOLATION, SIGSEGV },
    { EXCEPTION_ILLEGAL_INSTRUCTION, SIGILL },
    { EXCEPTION_PRIV_INSTRUCTION, SIGILL },
    { EXCEPTION_FLT_DENORMAL_OPERAND, SIGFPE, 0x82 },
    { EXCEPTION_FLT_DIVIDE_BY_ZERO, SIGFPE, 0x83 },
    { EXCEPTION_FLT_INEXACT_RESULT, SIGFPE, 0x86 },
    { EXCEPTION_FLT_INVALID_OPERATION, SIGFPE, 0x81 },
    { EXCEPTION_FLT_OVERFLOW, SIGFPE, 0x84 },
    { EXCEPTION_FLT_STACK_CHECK, SIGFPE, 0x8a },
    { EXCEPTION_FLT_UNDERFLOW, SIGFPE, 0x85 },
};

/* The filter of start-up code: runs the program's signal handler for a hardware exception. */
CRTAPI int _XcptFilter(unsigned long code, EXCEPTION_POINTERS *pointers)
{
    struct thread_data *data = thread_data_optional();

    for (unsigned i = 0; data && i < ARRAYSIZE(exceptions); i++) {
        signal_handler *slot, action;
        EXCEPTION_POINTERS *old = data->exception_pointers;
        if (exceptions[i].exception != code) continue;
        slot = slot_of(exceptions[i].number);
        action = *slot;
        if (action == SIG_DFL) return UnhandledExceptionFilter(pointers);
        if (action == SIG_IGN) return EXCEPTION_CONTINUE_EXECUTION;
        *slot = SIG_DFL;
        data->exception_pointers = pointers;
        if (exceptions[i].number == SIGFPE) {
            data->fpe_code = exceptions[i].code;
            ((void(__cdecl *)(int, int))(void *)action)(SIGFPE, exceptions[i].code);
        } else {
            action(exceptions[i].number);
        }
        data->exception_pointers = old;
        return EXCEPTION_CONTINUE_EXECUTION;
    }
    return UnhandledExceptionFilter(pointers);
}

CRTAPI int _seh_filter_exe(unsigned long code, EXCEPTION_POINTERS *pointers)
{
#ifndef FERRY_MSVCRT
    struct thread_data *data = thread_data_optional();
    (void)data;
#endif
    return _XcptFilter(code, pointers);
}

#define CXX_EXCEPTION 0xe06d7363

CRTAPI int _seh_filter_dll(unsigned long code, EXCEPTION_POINTERS *pointers)
{
    return code == CXX_EXCEPTION ? _XcptFilter(code, pointers) : EXCEPTION_CONTINUE_SEARCH;
}

CRTAPI int __CppXcptFilter(unsigned long code, EXCEPTION_POINTERS *pointers)
{
    return code == CXX_EXCEPTION ? _XcptFilter(code, pointers) : EXCEPTION_CONTINUE_SEARCH;
}
