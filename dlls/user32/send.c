/* winuser.h: sending messages. */
#include "user32.h"

/* ---- what crosses a process's border ---- */

struct copy_data_header {
    UINT64 data;
    UINT64 bytes;
};

/* Puts what the message points to into send->data; *owned is to be freed. False: nothing to pack. */
static bool pack(struct user_send *send, void **owned)
{
    *owned = NULL;
    switch (send->message.message) {
    case WM_SETTEXT:
    case WM_SETTINGCHANGE:
        if (!send->message.lparam) return true;
        send->data = send->message.lparam;
        send->data_bytes = (wide_length(FROM64(send->message.lparam)) + 1) * sizeof(WCHAR);
        return true;
    case WM_GETTEXT: {
        UINT64 units = send->message.wparam < 0x7000 ? send->message.wparam : 0x7000;
        send->reply_data = send->message.lparam;
        send->reply_bytes = (UINT32)units * sizeof(WCHAR);
        return true;
    }
    case WM_COPYDATA: {
        const COPYDATASTRUCT *copy = FROM64(send->message.lparam);
        if (!copy) return false;
        struct copy_data_header *header = mem_alloc(sizeof(*header) + copy->cbData);
        if (!header) return false;
        header->data = copy->dwData;
        header->bytes = copy->lpData ? copy->cbData : 0;
        if (header->bytes) memcpy(header + 1, copy->lpData, copy->cbData);
        *owned = header;
        send->data = PTR64(header);
        send->data_bytes = sizeof(*header) + (UINT32)header->bytes;
        return true;
    }
    }
    return true;
}

/* A message of another process: its parameters made of the payload; then the procedure; then the answer. */
static void run_foreign(const struct user_event *event, const struct user_target *target)
{
    HWND window = WINDOW32(event->message.window);
    WPARAM wparam = (WPARAM)event->message.wparam;
    LPARAM lparam = (LPARAM)event->message.lparam;
    void *data = NULL, *reply = NULL;
    ULONG reply_bytes = 0;
    COPYDATASTRUCT copy;

    if (event->payload_bytes) {
        data = mem_alloc(event->payload_bytes + sizeof(WCHAR));
        if (data && NtUserPayload(event->token, data, event->payload_bytes)) {
            mem_free(data);
            data = NULL;
        }
    }
    switch (event->message.message) {
    case WM_SETTEXT:
    case WM_SETTINGCHANGE:
        if (data) ((WCHAR *)data)[event->payload_bytes / sizeof(WCHAR)] = 0;
        lparam = (LPARAM)data;
        break;
    case WM_GETTEXT:
        reply = mem_alloc_zeroed((SIZE_T)event->result + sizeof(WCHAR));
        wparam = (WPARAM)(event->result / sizeof(WCHAR));
        lparam = (LPARAM)reply;
        break;
    case WM_COPYDATA:
        if (data && event->payload_bytes >= sizeof(struct copy_data_header)) {
            const struct copy_data_header *header = data;
            copy.dwData = (ULONG_PTR)header->data;
            copy.cbData = (DWORD)header->bytes;
            copy.lpData = header->bytes ? (void *)(header + 1) : NULL;
            lparam = (LPARAM)&copy;
        }
        break;
    }
    LRESULT result = 0;
    if (event->message.message != WM_GETTEXT || reply)
        result = call_procedure(FROM64(target->proc), target->flags & WINDOW_UNICODE, true, window, event->message.message, wparam, lparam);
    if (event->message.message == WM_GETTEXT && reply && wparam) reply_bytes = (ULONG)event->result;
    NtUserReply(event->token, (UINT64)result, reply, reply_bytes);
    mem_free(data);
    mem_free(reply);
}

static LRESULT call_window(const struct user_target *target, bool unicode, HWND window, UINT message, WPARAM wparam, LPARAM lparam,
                           bool from_other)
{
    LRESULT result;

    if (!(target->flags & WINDOW_HOOKED))
        return call_procedure(FROM64(target->proc), target->flags & WINDOW_UNICODE, unicode, window, message, wparam, lparam);
    CWPSTRUCT before = { lparam, wparam, message, window };
    call_hooks(WH_CALLWNDPROC, HC_ACTION, !from_other, (LPARAM)&before, unicode);
    struct user_target again;
    if (NtUserSendTarget(window, &again)) return 0;
    result = call_procedure(FROM64(again.proc), again.flags & WINDOW_UNICODE, unicode, window, message, wparam, lparam);
    CWPRETSTRUCT after = { result, lparam, wparam, message, window };
    call_hooks(WH_CALLWNDPROCRET, HC_ACTION, !from_other, (LPARAM)&after, unicode);
    return result;
}

void run_event(const struct user_event *event)
{
    struct user_target target;
    HWND window = WINDOW32(event->message.window);

    switch (event->kind) {
    case EVENT_CALL:
        if (NtUserSendTarget(window, &target)) {
            NtUserReply(event->token, 0, NULL, 0);
            return;
        }
        if (event->flags & SEND_FOREIGN) {
            run_foreign(event, &target);
            return;
        }
        NtUserReply(event->token,
                    (UINT64)call_window(&target, !(event->flags & SEND_ANSI), window, event->message.message,
                                        (WPARAM)event->message.wparam, (LPARAM)event->message.lparam, true),
                    NULL, 0);
        return;
    case EVENT_RESULT:
        ((SENDASYNCPROC)FROM64(event->proc))(window, event->message.message, (ULONG_PTR)event->message.extra,
                                             (LRESULT)event->message.wparam);
        return;
    }
}

/* ---- sending ---- */

/* Strings of an ANSI sender, for a window of another process: the message as a Unicode one. */
static LRESULT CALLBACK send_foreign_wide(HWND window, UINT message, WPARAM wparam, LPARAM lparam);

struct foreign_call {
    struct user_send *send;
    BOOL done;
};

static BOOL send_to_thread(struct user_send *send, LRESULT *result)
{
    struct user_event event;

    NTSTATUS status = NtUserSend(send, &event);
    while (!status && event.kind != EVENT_DONE && event.kind != EVENT_TIMEOUT) {
        run_event(&event);
        status = NtUserSendWait(send->token, send->deadline, send->flags, &event);
    }
    if (status) return status_to_bool(status);
    if (event.kind == EVENT_TIMEOUT) return set_error(ERROR_TIMEOUT);
    if (event.flags & SEND_ERROR_ON_EXIT) return FALSE;
    *result = (LRESULT)event.result;
    return TRUE;
}

static BOOL send_message(HWND window, UINT message, WPARAM wparam, LPARAM lparam, bool unicode, UINT32 flags, UINT timeout,
                         SENDASYNCPROC callback, ULONG_PTR callback_data, LRESULT *result)
{
    struct user_target target;
    struct user_send send;
    void *owned = NULL;
    BOOL sent;

    *result = 0;
    if (!status_to_bool(NtUserSendTarget(window, &target))) return FALSE;
    if (target.flags & WINDOW_MINE) {
        *result = call_window(&target, unicode, window, message, wparam, lparam, false);
        if (callback) callback(window, message, callback_data, *result);
        return TRUE;
    }
    if (!(target.flags & WINDOW_LOCAL) && !unicode && message != WM_COPYDATA &&
        (message == WM_SETTEXT || message == WM_GETTEXT || message == WM_GETTEXTLENGTH || message == WM_SETTINGCHANGE)) {
        /* the conversion calls back here with the Unicode message */
        (void)send_foreign_wide;
        *result = call_procedure(send_foreign_wide, true, false, window, message, wparam, lparam);
        return TRUE;
    }
    memset(&send, 0, sizeof(send));
    send.message.window = PTR64(window);
    send.message.message = message;
    send.message.wparam = wparam;
    send.message.lparam = (UINT64)(INT64)lparam;
    send.flags = flags | (unicode ? 0 : SEND_ANSI);
    send.timeout = timeout;
    send.callback = PTR64(callback);
    send.callback_data = callback_data;
    if (callback) send.flags |= SEND_CALLBACK;
    if (!(target.flags & WINDOW_LOCAL)) {
        send.flags &= ~SEND_ANSI;
        if (!pack(&send, &owned)) return FALSE;
    }
    sent = send_to_thread(&send, result);
    mem_free(owned);
    return sent;
}

static LRESULT CALLBACK send_foreign_wide(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    LRESULT result;

    send_message(window, message, wparam, lparam, true, 0, 0, NULL, 0, &result);
    return result;
}

LRESULT send_internal(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    LRESULT result;

    send_message(window, message, wparam, lparam, true, 0, 0, NULL, 0, &result);
    return result;
}

/* ---- to all top-level windows ---- */

struct broadcast {
    UINT message;
    WPARAM wparam;
    LPARAM lparam;
    bool unicode;
    UINT flags, timeout;
    enum { BROADCAST_SEND, BROADCAST_TIMEOUT, BROADCAST_NOTIFY, BROADCAST_POST, BROADCAST_CALLBACK } how;
    SENDASYNCPROC callback;
    ULONG_PTR data;
};

static BOOL CALLBACK broadcast_one(HWND window, LPARAM data)
{
    struct broadcast *all = (struct broadcast *)data;
    LRESULT result;
    ULONG_PTR answer;

    if ((GetWindowLongW(window, GWL_STYLE) & (WS_POPUP | WS_CHILD)) == WS_CHILD) return TRUE;
    switch (all->how) {
    case BROADCAST_SEND: send_message(window, all->message, all->wparam, all->lparam, all->unicode, 0, 0, NULL, 0, &result); break;
    case BROADCAST_TIMEOUT:
        SendMessageTimeoutW(window, all->message, all->wparam, all->lparam, all->flags, all->timeout, &answer);
        break;
    case BROADCAST_NOTIFY: SendNotifyMessageW(window, all->message, all->wparam, all->lparam); break;
    case BROADCAST_POST: PostMessageW(window, all->message, all->wparam, all->lparam); break;
    case BROADCAST_CALLBACK:
        SendMessageCallbackW(window, all->message, all->wparam, all->lparam, all->callback, all->data);
        break;
    }
    return TRUE;
}

static bool is_broadcast(HWND window)
{
    return window == HWND_BROADCAST || window == HWND_TOPMOST;
}

#define SENDING(letter, wide)                                                                               \
    LRESULT WINAPI SendMessage##letter(HWND window, UINT message, WPARAM wparam, LPARAM lparam)            \
    {                                                                                                      \
        LRESULT result;                                                                                    \
        if (is_broadcast(window)) {                                                                        \
            struct broadcast all = { message, wparam, lparam, wide, .how = BROADCAST_SEND };               \
            EnumWindows(broadcast_one, (LPARAM)&all);                                                      \
            return 1;                                                                                      \
        }                                                                                                  \
        send_message(window, message, wparam, lparam, wide, 0, 0, NULL, 0, &result);                       \
        return result;                                                                                     \
    }                                                                                                      \
    LRESULT WINAPI SendMessageTimeout##letter(HWND window, UINT message, WPARAM wparam, LPARAM lparam, UINT flags, \
                                              UINT timeout, PDWORD_PTR answer)                             \
    {                                                                                                      \
        LRESULT result;                                                                                    \
        if (is_broadcast(window)) {                                                                        \
            struct broadcast all = { message, wparam, lparam, wide, flags, timeout, .how = BROADCAST_TIMEOUT }; \
            EnumWindows(broadcast_one, (LPARAM)&all);                                                      \
            if (answer) *answer = 1;                                                                       \
            return 1;                                                                                      \
        }                                                                                                  \
        BOOL sent = send_message(window, message, wparam, lparam, wide,                                    \
                                 (timeout == INFINITE ? 0 : SEND_TIMEOUT) | (flags & SMTO_BLOCK ? SEND_BLOCK : 0) | \
                                     (flags & SMTO_ABORTIFHUNG ? SEND_ABORT_IF_HUNG : 0),                  \
                                 timeout, NULL, 0, &result);                                               \
        if (answer) *answer = (ULONG_PTR)result;                                                           \
        return sent;                                                                                       \
    }                                                                                                      \
    BOOL WINAPI SendNotifyMessage##letter(HWND window, UINT message, WPARAM wparam, LPARAM lparam)         \
    {                                                                                                      \
        LRESULT result;                                                                                    \
        if (is_broadcast(window)) {                                                                        \
            struct broadcast all = { message, wparam, lparam, wide, .how = BROADCAST_NOTIFY };             \
            return EnumWindows(broadcast_one, (LPARAM)&all);                                               \
        }                                                                                                  \
        return send_message(window, message, wparam, lparam, wide, SEND_NOTIFY, 0, NULL, 0, &result);      \
    }                                                                                                      \
    BOOL WINAPI SendMessageCallback##letter(HWND window, UINT message, WPARAM wparam, LPARAM lparam,       \
                                            SENDASYNCPROC callback, ULONG_PTR data)                        \
    {                                                                                                      \
        LRESULT result;                                                                                    \
        if (is_broadcast(window)) {                                                                        \
            struct broadcast all = { message, wparam, lparam, wide, .how = BROADCAST_CALLBACK, .callback = callback, .data = data }; \
            return EnumWindows(broadcast_one, (LPARAM)&all);                                               \
        }                                                                                                  \
        return send_message(window, message, wparam, lparam, wide, 0, 0, callback, data, &result);         \
    }                                                                                                      \
    BOOL WINAPI PostMessage##letter(HWND window, UINT message, WPARAM wparam, LPARAM lparam)               \
    {                                                                                                      \
        if (is_broadcast(window)) {                                                                        \
            struct broadcast all = { message, wparam, lparam, wide, .how = BROADCAST_POST };               \
            return EnumWindows(broadcast_one, (LPARAM)&all);                                               \
        }                                                                                                  \
        if (!(wide) && message == WM_CHAR) wparam = (wparam & ~(WPARAM)0xffff) | wide_of_char((char)wparam); \
        if (points_to_data(message)) return set_error(ERROR_MESSAGE_SYNC_ONLY);                            \
        return status_to_bool(NtUserPost(window, 0, message, wparam, (UINT64)(INT64)lparam));              \
    }                                                                                                      \
    BOOL WINAPI PostThreadMessage##letter(DWORD thread, UINT message, WPARAM wparam, LPARAM lparam)        \
    {                                                                                                      \
        if (points_to_data(message)) return set_error(ERROR_MESSAGE_SYNC_ONLY);                            \
        return status_to_bool(NtUserPost(NULL, thread, message, wparam, (UINT64)(INT64)lparam));           \
    }

/* System messages with pointers cannot be posted (winuser.h reference: PostMessage, remarks). */
static bool points_to_data(UINT message)
{
    switch (message) {
    case WM_SETTEXT:
    case WM_GETTEXT:
    case WM_GETTEXTLENGTH:
    case WM_CREATE:
    case WM_NCCREATE:
    case WM_NCCALCSIZE:
    case WM_GETMINMAXINFO:
    case WM_WINDOWPOSCHANGING:
    case WM_WINDOWPOSCHANGED:
    case WM_COPYDATA:
    case WM_STYLECHANGING:
    case WM_STYLECHANGED:
    case WM_MDICREATE:
    case WM_DRAWITEM:
    case WM_MEASUREITEM:
    case WM_COMPAREITEM:
    case WM_DELETEITEM:
    case WM_HELP:
    case WM_NOTIFY: return true;
    }
    return false;
}

SENDING(W, true)
SENDING(A, false)

LRESULT WINAPI SendDlgItemMessageW(HWND dialog, int id, UINT message, WPARAM wparam, LPARAM lparam)
{
    HWND item = GetDlgItem(dialog, id);

    return item ? SendMessageW(item, message, wparam, lparam) : 0;
}

LRESULT WINAPI SendDlgItemMessageA(HWND dialog, int id, UINT message, WPARAM wparam, LPARAM lparam)
{
    HWND item = GetDlgItem(dialog, id);

    return item ? SendMessageA(item, message, wparam, lparam) : 0;
}

BOOL WINAPI ReplyMessage(LRESULT result)
{
    return !NtUserReplyMessage((UINT64)(INT64)result);
}

DWORD WINAPI InSendMessageEx(LPVOID reserved)
{
    return NtUserInSend();
}

BOOL WINAPI InSendMessage(void)
{
    return (NtUserInSend() & (ISMEX_SEND | ISMEX_REPLIED)) != 0;
}

long WINAPI BroadcastSystemMessageExW(DWORD flags, LPDWORD recipients, UINT message, WPARAM wparam, LPARAM lparam, PBSMINFO info)
{
    if (flags & BSF_POSTMESSAGE) return PostMessageW(HWND_BROADCAST, message, wparam, lparam) ? 1 : -1;
    if (flags & BSF_SENDNOTIFYMESSAGE) return SendNotifyMessageW(HWND_BROADCAST, message, wparam, lparam) ? 1 : -1;
    struct broadcast all = { message, wparam, lparam, true, flags & BSF_NOHANG ? SMTO_ABORTIFHUNG : 0, 2000, .how = BROADCAST_TIMEOUT };
    EnumWindows(broadcast_one, (LPARAM)&all);
    return 1;
}

long WINAPI BroadcastSystemMessageW(DWORD flags, LPDWORD recipients, UINT message, WPARAM wparam, LPARAM lparam)
{
    return BroadcastSystemMessageExW(flags, recipients, message, wparam, lparam, NULL);
}

long WINAPI BroadcastSystemMessageA(DWORD flags, LPDWORD recipients, UINT message, WPARAM wparam, LPARAM lparam)
{
    return BroadcastSystemMessageExW(flags, recipients, message, wparam, lparam, NULL);
}
