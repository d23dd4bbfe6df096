/* winuser.h: queues, posting and sending, timers, hooks, other threads. Nothing here needs a display. */
#include "tap.h"

#define WM_TEST (WM_USER + 1)

static DWORD main_thread;
static int got_callback, timers;
static LRESULT seen_result;
static char class_name[] = "MessagesTest";

static LRESULT CALLBACK proc(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    switch (message) {
    case WM_TEST: return (LRESULT)(wparam + lparam);
    case WM_TEST + 1: { /* replies early */
        BOOL replied = ReplyMessage(77);
        ok(replied && (InSendMessageEx(NULL) & ISMEX_REPLIED), "ReplyMessage");
        return 5;
    }
    case WM_TEST + 2: return InSendMessageEx(NULL) == ISMEX_SEND && InSendMessage();
    case WM_TEST + 3: Sleep(300); return 1;
    case WM_TEST + 4: return SendMessageA((HWND)wparam, WM_TEST, 20, 3); /* back into the sender's thread */
    }
    return DefWindowProcA(window, message, wparam, lparam);
}

static HWND other;
static HANDLE ready;

static DWORD WINAPI thread(void *unused)
{
    MSG msg;
    other = CreateWindowExA(0, class_name, "other", 0, 0, 0, 10, 10, HWND_MESSAGE, NULL, NULL, NULL);
    SetEvent(ready);
    while (GetMessageA(&msg, NULL, 0, 0) > 0) {
        if (!msg.hwnd && msg.message == WM_TEST) PostThreadMessageA(main_thread, WM_TEST, msg.wParam + 1, 0);
        DispatchMessageA(&msg);
    }
    return (DWORD)msg.wParam;
}

static VOID CALLBACK callback(HWND window, UINT message, ULONG_PTR data, LRESULT result)
{
    got_callback = (int)data;
    seen_result = result;
}

static VOID CALLBACK timer(HWND window, UINT message, UINT_PTR id, DWORD time)
{
    timers++;
}

static LRESULT CALLBACK get_hook(int code, WPARAM wparam, LPARAM lparam)
{
    MSG *msg = (MSG *)lparam;
    if (msg->message == WM_TEST + 7) msg->wParam = 99;
    return CallNextHookEx(NULL, code, wparam, lparam);
}

static int called_w, created;
static LRESULT CALLBACK call_hook(int code, WPARAM wparam, LPARAM lparam)
{
    if (((CWPSTRUCT *)lparam)->message == WM_TEST) called_w++;
    return CallNextHookEx(NULL, code, wparam, lparam);
}

static LRESULT CALLBACK cbt_hook(int code, WPARAM wparam, LPARAM lparam)
{
    /* the first window of a thread may bring an IME window */
    BOOL ours = code == HCBT_CREATEWND && ((CBT_CREATEWNDA *)lparam)->lpcs->lpCreateParams == (void *)7;
    if (ours) created++;
    return ours && created == 2;
}

static void test_posting(HWND window)
{
    MSG msg;
    DWORD status;

    ok(!PeekMessageA(&msg, NULL, WM_TEST, WM_TEST + 20, PM_REMOVE), "empty");
    ok(PostMessageA(window, WM_TEST, 1, 2) && PostMessageA(window, WM_TEST + 5, 3, 4), "post");
    status = GetQueueStatus(QS_POSTMESSAGE);
    ok(status == MAKELONG(QS_POSTMESSAGE, QS_POSTMESSAGE), "status %lx", status);
    status = GetQueueStatus(QS_POSTMESSAGE);
    ok(status == MAKELONG(0, QS_POSTMESSAGE), "asked again %lx", status);
    ok(PeekMessageA(&msg, window, WM_TEST + 5, WM_TEST + 5, PM_NOREMOVE) && msg.wParam == 3, "by filter");
    ok(PeekMessageA(&msg, window, WM_TEST + 5, WM_TEST + 5, PM_REMOVE) && msg.lParam == 4, "taken");
    ok(GetMessageA(&msg, NULL, 0, 0) == 1 && msg.message == WM_TEST && msg.hwnd == window, "the other is left");
    ok(!PostMessageA((HWND)0xdead0, WM_TEST, 0, 0) && GetLastError() == ERROR_INVALID_WINDOW_HANDLE, "no window %lu", GetLastError());
    ok(PostThreadMessageA(GetCurrentThreadId(), WM_TEST, 8, 0), "to the thread");
    ok(!PeekMessageA(&msg, window, 0, 0, PM_REMOVE), "not the window's");
    ok(PeekMessageA(&msg, (HWND)-1, 0, 0, PM_REMOVE) && !msg.hwnd && msg.wParam == 8, "thread messages");
    SetLastError(0);
    ok(!PostMessageA(window, WM_SETTEXT, 0, (LPARAM)"x") && GetLastError() == ERROR_MESSAGE_SYNC_ONLY, "with a pointer: %lu", GetLastError());
    PostQuitMessage(42);
    PostMessageA(window, WM_TEST, 0, 0);
    ok(PeekMessageA(&msg, NULL, 0, 0, PM_REMOVE) && msg.message == WM_TEST, "posted ones come before WM_QUIT");
    ok(GetMessageA(&msg, NULL, 0, 0) == 0 && msg.message == WM_QUIT && msg.wParam == 42, "quit");
    ok(RegisterWindowMessageA("Ferry.Test") == RegisterWindowMessageA("ferry.TEST"), "registered messages know no case");
    ok(RegisterWindowMessageA("Ferry.Test") >= 0xc000, "and their range");
}

static void test_threads(HWND window)
{
    HANDLE handle;
    DWORD_PTR result = 0;
    DWORD code, start;
    MSG msg;

    ready = CreateEventA(NULL, FALSE, FALSE, NULL);
    handle = CreateThread(NULL, 0, thread, NULL, 0, NULL);
    WaitForSingleObject(ready, INFINITE);
    ok(SendMessageA(other, WM_TEST, 30, 4) == 34, "sent");
    ok(SendMessageA(other, WM_TEST + 1, 0, 0) == 77, "replied");
    ok(SendMessageA(other, WM_TEST + 2, 0, 0) == 1, "InSendMessage");
    ok(!InSendMessage(), "not here");
    ok(SendMessageA(other, WM_TEST + 4, (WPARAM)window, 0) == 23, "nested into the waiting sender");
    start = GetTickCount();
    ok(!SendMessageTimeoutA(other, WM_TEST + 3, 0, 0, SMTO_NORMAL, 50, &result) && GetLastError() == ERROR_TIMEOUT, "timeout %lu", GetLastError());
    ok(GetTickCount() - start < 250, "took %lu", GetTickCount() - start);
    ok(SendMessageTimeoutA(other, WM_TEST, 2, 2, SMTO_NORMAL, 5000, &result) && result == 4, "in time");
    ok(SendNotifyMessageA(other, WM_TEST, 0, 0), "notify");
    ok(SendMessageCallbackA(other, WM_TEST, 5, 6, callback, 123), "callback");
    start = GetTickCount();
    while (!got_callback && GetTickCount() - start < 5000) {
        MsgWaitForMultipleObjects(0, NULL, FALSE, 100, QS_SENDMESSAGE);
        PeekMessageA(&msg, NULL, WM_TEST + 30, WM_TEST + 30, PM_NOREMOVE);
    }
    ok(got_callback == 123 && seen_result == 11, "called back: %d", got_callback);
    ok(PostThreadMessageA(GetWindowThreadProcessId(other, NULL), WM_TEST, 7, 0), "thread message");
    ok(GetMessageA(&msg, NULL, 0, 0) && msg.message == WM_TEST && msg.wParam == 8, "answered");
    ok(!SetTimer(other, 1, 10, NULL) || KillTimer(other, 1), "a timer of another thread's window");
    code = MsgWaitForMultipleObjects(1, &handle, FALSE, 30, QS_ALLINPUT);
    ok(code == WAIT_TIMEOUT, "nothing: %lx", code);
    PostMessageA(window, WM_TEST, 0, 0);
    code = MsgWaitForMultipleObjects(1, &handle, FALSE, 1000, QS_ALLINPUT);
    ok(code == WAIT_OBJECT_0 + 1, "the queue: %lx", code);
    PeekMessageA(&msg, NULL, 0, 0, PM_NOREMOVE);
    code = MsgWaitForMultipleObjects(1, &handle, FALSE, 20, QS_ALLINPUT);
    ok(code == WAIT_TIMEOUT, "what was seen is not new: %lx", code);
    code = MsgWaitForMultipleObjectsEx(1, &handle, 1000, QS_ALLINPUT, MWMO_INPUTAVAILABLE);
    ok(code == WAIT_OBJECT_0 + 1, "but it is there: %lx", code);
    PeekMessageA(&msg, NULL, 0, 0, PM_REMOVE);
    PostThreadMessageA(GetWindowThreadProcessId(other, NULL), WM_QUIT, 9, 0);
    WaitForSingleObject(handle, INFINITE);
    GetExitCodeThread(handle, &code);
    ok(code == 9, "exit code %lu", code);
    ok(!IsWindow(other), "its windows went with the thread");
    CloseHandle(handle);
}

static void test_timers(HWND window)
{
    MSG msg;
    DWORD start = GetTickCount();

    ok(SetTimer(window, 3, 20, NULL) != 0, "SetTimer");
    ok(GetMessageA(&msg, window, WM_TIMER, WM_TIMER) && msg.message == WM_TIMER && msg.wParam == 3 && !msg.lParam, "WM_TIMER");
    ok(GetTickCount() - start >= 10, "after %lu", GetTickCount() - start);
    ok(KillTimer(window, 3) && !KillTimer(window, 3), "KillTimer");
    UINT_PTR id = SetTimer(NULL, 0, 10, timer);
    ok(id != 0, "without a window");
    ok(GetMessageA(&msg, NULL, WM_TIMER, WM_TIMER) && msg.lParam, "has a procedure");
    DispatchMessageA(&msg);
    ok(timers == 1, "called");
    KillTimer(NULL, id);
}

static void test_hooks(HWND window)
{
    MSG msg;
    HHOOK hook = SetWindowsHookExA(WH_GETMESSAGE, get_hook, NULL, GetCurrentThreadId());

    ok(hook != NULL, "hook");
    PostMessageA(window, WM_TEST + 7, 1, 0);
    GetMessageA(&msg, NULL, 0, 0);
    ok(msg.wParam == 99, "changed by the hook: %d", (int)msg.wParam);
    ok(UnhookWindowsHookEx(hook) && !UnhookWindowsHookEx(hook), "unhook");
    hook = SetWindowsHookExA(WH_CALLWNDPROC, call_hook, NULL, GetCurrentThreadId());
    SendMessageA(window, WM_TEST, 0, 0);
    UnhookWindowsHookEx(hook);
    SendMessageA(window, WM_TEST, 0, 0);
    ok(called_w == 1, "WH_CALLWNDPROC: %d", called_w);
    hook = SetWindowsHookExA(WH_CBT, cbt_hook, NULL, GetCurrentThreadId());
    HWND first = CreateWindowExA(0, class_name, "", 0, 0, 0, 1, 1, NULL, NULL, NULL, (void *)7);
    HWND second = CreateWindowExA(0, class_name, "", 0, 0, 0, 1, 1, NULL, NULL, NULL, (void *)7);
    UnhookWindowsHookEx(hook);
    ok(first && !second && created == 2, "WH_CBT forbids: %d", created);
    DestroyWindow(first);
    ok(!SetWindowsHookExA(WH_CBT, cbt_hook, NULL, 0) && GetLastError() == ERROR_HOOK_NEEDS_HMOD, "global hook without a module: %lu", GetLastError());
}

START_TESTS
{
    WNDCLASSA class = { .lpfnWndProc = proc, .lpszClassName = class_name };
    MSG msg;

    main_thread = GetCurrentThreadId();
    RegisterClassA(&class);
    HWND window = CreateWindowExA(0, class_name, "main", 0, 0, 0, 10, 10, HWND_MESSAGE, NULL, NULL, NULL);
    ok(window != NULL, "window");
    while (PeekMessageA(&msg, NULL, 0, 0, PM_REMOVE)) {}
    test_posting(window);
    test_threads(window);
    test_timers(window);
    test_hooks(window);
    DestroyWindow(window);
}
