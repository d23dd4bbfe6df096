/* winuser.h: the message loop. */
#include "user32.h"

void user_message_to_msg(const struct user_message *message, MSG *msg)
{
    msg->hwnd = WINDOW32(message->window);
    msg->message = message->message;
    msg->wParam = (WPARAM)message->wparam;
    msg->lParam = (LPARAM)message->lparam;
    msg->time = message->time;
    msg->pt.x = message->x;
    msg->pt.y = message->y;
}

/* A character for a program that takes ANSI ones. */
static void char_to_ansi(MSG *msg)
{
    switch (msg->message) {
    case WM_CHAR:
    case WM_DEADCHAR:
    case WM_SYSCHAR:
    case WM_SYSDEADCHAR:
    case WM_MENUCHAR: {
        WCHAR wide = (WCHAR)msg->wParam;
        char ansi[4] = { 0 };
        ansi_into(ansi, sizeof(ansi), &wide, 1);
        msg->wParam = (BYTE)ansi[0] | (WPARAM)(BYTE)ansi[1] << 8;
    }
    }
}

/* 1 a message, 0 none, -1 an error. */
static int take_message(MSG *msg, HWND window, UINT first, UINT last, UINT flags, bool wait, bool unicode)
{
    struct user_event event;

    if (first == 0 && last == 0) last = ~0u;
    event.token = 0;
    for (;;) {
        if (!status_to_bool(NtUserPeek(window, first, last, flags, wait, &event))) return -1;
        switch (event.kind) {
        case EVENT_NOTHING: return 0;
        case EVENT_MESSAGE:
            if (event.message.message >= WM_FERRY_FIRST && event.message.message <= WM_FERRY_LAST) {
                if (!(flags & PM_REMOVE)) NtUserPeek(window, event.message.message, event.message.message, PM_REMOVE, FALSE, &event);
                user_message_to_msg(&event.message, msg);
                driver_message(msg);
                event.token = 0;
                continue;
            }
            user_message_to_msg(&event.message, msg);
            break;
        case EVENT_INPUT: {
            UINT64 number = event.token;
            if (!input_to_message(&event, first, last, flags & PM_REMOVE, msg) || (window && window != (HWND)-1 &&
                msg->hwnd != window && !IsChild(window, msg->hwnd))) {
                event.token = number;
                continue;
            }
            if (flags & PM_REMOVE) NtUserTakeInput(number);
            break;
        }
        default:
            run_event(&event);
            event.token = 0;
            continue;
        }
        if (event.hooks & HOOK_BIT(WH_GETMESSAGE)) call_hooks(WH_GETMESSAGE, HC_ACTION, flags & PM_REMOVE, (LPARAM)msg, unicode);
        if (!unicode) char_to_ansi(msg);
        return 1;
    }
}

BOOL WINAPI PeekMessageW(LPMSG msg, HWND window, UINT first, UINT last, UINT flags)
{
    return take_message(msg, window, first, last, flags, false, true) == 1;
}

BOOL WINAPI PeekMessageA(LPMSG msg, HWND window, UINT first, UINT last, UINT flags)
{
    return take_message(msg, window, first, last, flags, false, false) == 1;
}

BOOL WINAPI GetMessageW(LPMSG msg, HWND window, UINT first, UINT last)
{
    int taken = take_message(msg, window, first, last, PM_REMOVE, true, true);

    return taken < 0 ? -1 : msg->message != WM_QUIT;
}

BOOL WINAPI GetMessageA(LPMSG msg, HWND window, UINT first, UINT last)
{
    int taken = take_message(msg, window, first, last, PM_REMOVE, true, false);

    return taken < 0 ? -1 : msg->message != WM_QUIT;
}

VOID WINAPI PostQuitMessage(int code)
{
    NtUserPostQuit(code);
}

static LRESULT dispatch(const MSG *msg, bool unicode)
{
    struct user_target target;

    if ((msg->message == WM_TIMER || msg->message == WM_SYSTIMER) && msg->lParam) {
        bool kind = unicode;
        WNDPROC proc = procedure_real((WNDPROC)msg->lParam, &kind);
        ((TIMERPROC)(void *)proc)(msg->hwnd, msg->message, msg->wParam, GetTickCount());
        return 0;
    }
    if (!msg->hwnd) return 0;
    if (!status_to_bool(NtUserSendTarget(msg->hwnd, &target))) return 0;
    if (!(target.flags & WINDOW_MINE)) return set_error(ERROR_MESSAGE_SYNC_ONLY);
    return call_procedure(FROM64(target.proc), target.flags & WINDOW_UNICODE, unicode, msg->hwnd, msg->message, msg->wParam, msg->lParam);
}

LRESULT WINAPI DispatchMessageW(const MSG *msg)
{
    return dispatch(msg, true);
}

LRESULT WINAPI DispatchMessageA(const MSG *msg)
{
    return dispatch(msg, false);
}

BOOL WINAPI WaitMessage(void)
{
    return NtUserWait(0, NULL, INFINITE, QS_ALLINPUT | QS_ALLPOSTMESSAGE, 0) >= 0;
}

DWORD WINAPI MsgWaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, DWORD timeout, DWORD mask, DWORD flags)
{
    NTSTATUS status = NtUserWait(count, (HANDLE *)handles, timeout, mask, flags);

    if (status < 0) {
        status_to_bool(status);
        return WAIT_FAILED;
    }
    return (DWORD)status;
}

DWORD WINAPI MsgWaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all, DWORD timeout, DWORD mask)
{
    return MsgWaitForMultipleObjectsEx(count, handles, timeout, mask, all ? MWMO_WAITALL : 0);
}

DWORD WINAPI GetQueueStatus(UINT mask)
{
    return NtUserQueueStatus(mask);
}

BOOL WINAPI GetInputState(void)
{
    return HIWORD(NtUserQueueStatus(QS_KEY | QS_MOUSEBUTTON)) != 0;
}

LONG WINAPI GetMessageTime(void)
{
    struct user_thread_state state;

    return NtUserThreadState(0, &state) ? 0 : (LONG)state.message_time;
}

DWORD WINAPI GetMessagePos(void)
{
    struct user_thread_state state;

    return NtUserThreadState(0, &state) ? 0 : (DWORD)MAKELONG(state.message_x, state.message_y);
}

LPARAM WINAPI GetMessageExtraInfo(void)
{
    struct user_thread_state state;

    return NtUserThreadState(0, &state) ? 0 : (LPARAM)state.extra;
}

LPARAM WINAPI SetMessageExtraInfo(LPARAM value)
{
    ULONG64 old = (ULONG64)value;

    NtUserMessageExtra(&old);
    return (LPARAM)old;
}

UINT WINAPI RegisterWindowMessageW(LPCWSTR name)
{
    if (!name || IS_ATOM(name) || !*name) return set_error(ERROR_INVALID_PARAMETER);
    return name_to_atom(name, true);
}

UINT WINAPI RegisterWindowMessageA(LPCSTR name)
{
    WCHAR *wide = wide_from_ansi(name);
    UINT atom = wide ? RegisterWindowMessageW(wide) : 0;

    mem_free(wide);
    return atom;
}

DWORD WINAPI WaitForInputIdle(HANDLE process, DWORD timeout)
{
    DWORD id = GetProcessId(process), start = GetTickCount(), code;

    if (!id) return WAIT_FAILED;
    for (;;) {
        ULONG state = NtUserProcessIdle(id);
        if (state == 1) return 0;
        if (GetExitCodeProcess(process, &code) && code != STILL_ACTIVE) return WAIT_FAILED;
        if (timeout != INFINITE && GetTickCount() - start >= timeout) return WAIT_TIMEOUT;
        Sleep(2);
    }
}

/* ---- timers ---- */

static UINT limited(UINT period)
{
    return period < USER_TIMER_MINIMUM ? USER_TIMER_MINIMUM : period > USER_TIMER_MAXIMUM ? USER_TIMER_MAXIMUM : period;
}

UINT_PTR WINAPI SetTimer(HWND window, UINT_PTR id, UINT period, TIMERPROC proc)
{
    ULONG64 number = id;

    if (!status_to_bool(NtUserSetTimer(window, &number, limited(period), PTR64(proc), FALSE))) return 0;
    return window && !id ? 1 : (UINT_PTR)number;
}

UINT_PTR WINAPI SetCoalescableTimer(HWND window, UINT_PTR id, UINT period, TIMERPROC proc, ULONG tolerance)
{
    return SetTimer(window, id, period, proc);
}

BOOL WINAPI KillTimer(HWND window, UINT_PTR id)
{
    return status_to_bool(NtUserKillTimer(window, id, FALSE));
}

UINT_PTR WINAPI SetSystemTimer(HWND window, UINT_PTR id, UINT period, TIMERPROC proc)
{
    ULONG64 number = id;

    return status_to_bool(NtUserSetTimer(window, &number, limited(period), PTR64(proc), TRUE)) ? (UINT_PTR)number : 0;
}

BOOL WINAPI KillSystemTimer(HWND window, UINT_PTR id)
{
    return status_to_bool(NtUserKillTimer(window, id, TRUE));
}

BOOL WINAPI AttachThreadInput(DWORD attach, DWORD to, BOOL join)
{
    if (attach == to) return set_error(ERROR_INVALID_PARAMETER);
    return set_error(ERROR_ACCESS_DENIED); /* each thread keeps an input state of its own */
}

BOOL WINAPI GetGUIThreadInfo(DWORD thread, PGUITHREADINFO info)
{
    struct user_thread_state state;

    if (info->cbSize != sizeof(*info)) return set_error(ERROR_INVALID_PARAMETER);
    if (!status_to_bool(NtUserThreadState(thread ? thread : ~0u, &state))) return FALSE;
    info->flags = (state.caret ? GUI_CARETBLINKING : 0) | (state.menu_owner ? GUI_INMENUMODE : 0) | (state.move_size ? GUI_INMOVESIZE : 0);
    info->hwndActive = WINDOW32(state.active);
    info->hwndFocus = WINDOW32(state.focus);
    info->hwndCapture = WINDOW32(state.capture);
    info->hwndMenuOwner = WINDOW32(state.menu_owner);
    info->hwndMoveSize = WINDOW32(state.move_size);
    info->hwndCaret = WINDOW32(state.caret);
    info->rcCaret = state.caret_rect;
    return TRUE;
}
