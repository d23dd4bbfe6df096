/* consoleapi.h: SetConsoleCtrlHandler, GenerateConsoleCtrlEvent.
 *
 * The first handler starts a thread that waits for the host to report SIGINT (CTRL_C_EVENT), SIGQUIT
 * (CTRL_BREAK_EVENT) or SIGHUP (CTRL_CLOSE_EVENT); each event runs the handlers on a thread of its own. Without a
 * handler the signals end the process as they do any Linux program.
 */
#include "console.h"

NTSYSAPI DECLSPEC_NORETURN void NTAPI RtlExitUserThread(NTSTATUS status);
NTSYSAPI DECLSPEC_NORETURN void NTAPI RtlExitUserProcess(NTSTATUS status);

static RTL_SRWLOCK handler_lock;
static PHANDLER_ROUTINE *handlers;
static unsigned handler_count, handler_room;
static bool ignore_ctrl_c;
static LONG waiting;

#define STATUS_CONTROL_C_EXIT_ ((NTSTATUS)0xc000013a)

/* Last registered first, until one returns TRUE; else the process ends. Reference: HandlerRoutine. */
static NTSTATUS NTAPI run_handlers(void *argument)
{
    DWORD event = (DWORD)(ULONG_PTR)argument;
    unsigned count;

    RtlAcquireSRWLockShared(&handler_lock);
    count = handler_count;
    RtlReleaseSRWLockShared(&handler_lock);
    while (count) {
        PHANDLER_ROUTINE handler = NULL;
        RtlAcquireSRWLockShared(&handler_lock);
        if (count <= handler_count) handler = handlers[count - 1];
        RtlReleaseSRWLockShared(&handler_lock);
        count--;
        if (handler && handler(event)) {
            if (event != CTRL_CLOSE_EVENT) RtlExitUserThread(0);
            break; /* a closing console ends the process in any case */
        }
    }
    RtlExitUserProcess(STATUS_CONTROL_C_EXIT_);
}

static BOOL start_thread(void *routine, void *argument)
{
    HANDLE thread;
    NTSTATUS status = NtCreateThreadEx(&thread, THREAD_ALL_ACCESS, NULL, NtCurrentProcess(), routine, argument, 0, 0, 0, 0, NULL);
    if (status < 0) return set_status(status);
    NtClose(thread);
    return TRUE;
}

static NTSTATUS NTAPI wait_for_events(void *argument)
{
    ULONG event;
    while (NtFerryConsole(NULL, CONSOLE_WAIT_CONTROL, NULL, 0, &event, sizeof(event), NULL) >= 0)
        if (event != CTRL_C_EVENT || !ignore_ctrl_c) start_thread(run_handlers, (void *)(ULONG_PTR)event);
    RtlExitUserThread(0);
}

static BOOL start_waiting(void)
{
    if (InterlockedExchange(&waiting, 1)) return TRUE;
    NTSTATUS status = NtFerryConsole(NULL, CONSOLE_ARM_CONTROL, NULL, 0, NULL, 0, NULL);
    if (status < 0) set_status(status);
    else if (start_thread(wait_for_events, NULL)) return TRUE;
    waiting = 0;
    return FALSE;
}

BOOL WINAPI SetConsoleCtrlHandler(PHANDLER_ROUTINE handler, BOOL add)
{
    BOOL result = TRUE;

    if (!handler) {
        ignore_ctrl_c = add;
        return add ? start_waiting() : TRUE;
    }
    if (add && !start_waiting()) return FALSE;
    RtlAcquireSRWLockExclusive(&handler_lock);
    if (add) {
        if (handler_count == handler_room) {
            PHANDLER_ROUTINE *more = mem_alloc((handler_room + 8) * sizeof(*more));
            if (!more) {
                RtlReleaseSRWLockExclusive(&handler_lock);
                return set_error(ERROR_NOT_ENOUGH_MEMORY);
            }
            if (handler_count) memcpy(more, handlers, handler_count * sizeof(*more));
            mem_free(handlers);
            handlers = more;
            handler_room += 8;
        }
        handlers[handler_count++] = handler;
    } else {
        unsigned at = handler_count;
        while (at && handlers[at - 1] != handler) at--;
        if (!at) result = set_error(ERROR_INVALID_PARAMETER);
        else {
            memmove(handlers + at - 1, handlers + at, (handler_count - at) * sizeof(*handlers));
            handler_count--;
        }
    }
    RtlReleaseSRWLockExclusive(&handler_lock);
    return result;
}

/* Group 0: the processes that share the caller's terminal job. Other groups do not exist here. */
BOOL WINAPI GenerateConsoleCtrlEvent(DWORD event, DWORD group)
{
    if (event > CTRL_BREAK_EVENT) return set_error(ERROR_INVALID_PARAMETER);
    if (group && group != (DWORD)(ULONG_PTR)ferry_teb()->ClientId.UniqueProcess) return set_error(ERROR_INVALID_PARAMETER);
    if (!start_waiting()) return FALSE;
    return console_call(NULL, CONSOLE_SEND_CONTROL, &event, sizeof(event), NULL, 0, NULL);
}
