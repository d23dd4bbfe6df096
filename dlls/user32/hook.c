/* winuser.h: hooks. They work for threads of the own process; a hook for all threads sees those of its process. */
#include "user32.h"

/* Which hook is running, so that CallNextHookEx finds the next one. */
struct running {
    struct running *outer;
    UINT32 handle;
    int id;
    bool unicode;
};

static struct running *running_get(void)
{
    return (struct running *)ferry_teb()->Win32ClientInfo[2];
}

static void running_set(struct running *running)
{
    ferry_teb()->Win32ClientInfo[2] = (ULONG_PTR)running;
}

static LRESULT call_one(const struct user_hook *hook, int code, WPARAM wparam, LPARAM lparam, bool unicode)
{
    struct running running = { running_get(), hook->handle, hook->id, unicode };
    LRESULT result;

    running_set(&running);
    if (hook->id == WH_CBT && code == HCBT_CREATEWND && unicode && !(hook->flags & 1)) {
        /* its procedure takes ANSI strings */
        CBT_CREATEWNDW *wide = (CBT_CREATEWNDW *)lparam;
        CREATESTRUCTA create;
        char *name = IS_ATOM(wide->lpcs->lpszName) ? NULL : ansi_from_wide(wide->lpcs->lpszName);
        char *class = IS_ATOM(wide->lpcs->lpszClass) ? NULL : ansi_from_wide(wide->lpcs->lpszClass);
        CBT_CREATEWNDA ansi = { &create, wide->hwndInsertAfter };
        memcpy(&create, wide->lpcs, sizeof(create));
        if (name) create.lpszName = name;
        if (class) create.lpszClass = class;
        result = ((HOOKPROC)FROM64(hook->proc))(code, wparam, (LPARAM)&ansi);
        wide->hwndInsertAfter = ansi.hwndInsertAfter;
        wide->lpcs->x = create.x, wide->lpcs->y = create.y, wide->lpcs->cx = create.cx, wide->lpcs->cy = create.cy;
        mem_free(name);
        mem_free(class);
    } else {
        result = ((HOOKPROC)FROM64(hook->proc))(code, wparam, lparam);
    }
    running_set(running.outer);
    return result;
}

LRESULT call_hooks(int id, int code, WPARAM wparam, LPARAM lparam, bool unicode)
{
    struct user_hook hook;

    if (NtUserNextHook(id, 0, &hook) || !hook.handle) return 0;
    return call_one(&hook, code, wparam, lparam, unicode);
}

LRESULT WINAPI CallNextHookEx(HHOOK unused, int code, WPARAM wparam, LPARAM lparam)
{
    const struct running *running = running_get();
    struct user_hook hook;

    if (!running || NtUserNextHook(running->id, running->handle, &hook) || !hook.handle) return 0;
    return call_one(&hook, code, wparam, lparam, running->unicode);
}

static HHOOK set_hook(int id, HOOKPROC proc, HINSTANCE module, DWORD thread, bool unicode)
{
    ULONG handle = 0;

    if (!proc) {
        set_error(ERROR_INVALID_FILTER_PROC);
        return NULL;
    }
    switch (id) {
    case WH_JOURNALRECORD:
    case WH_JOURNALPLAYBACK:
        set_error(ERROR_ACCESS_DENIED); /* as Windows 10 says without UI access */
        return NULL;
    case WH_SYSMSGFILTER:
    case WH_KEYBOARD_LL:
    case WH_MOUSE_LL:
        if (thread) {
            set_error(ERROR_GLOBAL_ONLY_HOOK);
            return NULL;
        }
        break;
    default:
        if (!thread && !module) {
            set_error(ERROR_HOOK_NEEDS_HMOD);
            return NULL;
        }
    }
    return status_to_bool(NtUserSetHook(id, PTR64(proc), unicode, thread, &handle)) ? (HHOOK)(ULONG_PTR)handle : NULL;
}

HHOOK WINAPI SetWindowsHookExW(int id, HOOKPROC proc, HINSTANCE module, DWORD thread)
{
    return set_hook(id, proc, module, thread, true);
}

HHOOK WINAPI SetWindowsHookExA(int id, HOOKPROC proc, HINSTANCE module, DWORD thread)
{
    return set_hook(id, proc, module, thread, false);
}

HHOOK WINAPI SetWindowsHookW(int id, HOOKPROC proc)
{
    return set_hook(id, proc, NULL, GetCurrentThreadId(), true);
}

HHOOK WINAPI SetWindowsHookA(int id, HOOKPROC proc)
{
    return set_hook(id, proc, NULL, GetCurrentThreadId(), false);
}

BOOL WINAPI UnhookWindowsHookEx(HHOOK hook)
{
    ULONG handle = (ULONG)(ULONG_PTR)hook;

    return handle ? status_to_bool(NtUserUnhook(handle, 0, 0)) : set_error(ERROR_INVALID_HOOK_HANDLE);
}

BOOL WINAPI UnhookWindowsHook(int id, HOOKPROC proc)
{
    return status_to_bool(NtUserUnhook(0, id, PTR64(proc)));
}

BOOL WINAPI CallMsgFilterW(LPMSG msg, int code)
{
    if (call_hooks(WH_SYSMSGFILTER, code, 0, (LPARAM)msg, true)) return TRUE;
    return call_hooks(WH_MSGFILTER, code, 0, (LPARAM)msg, true) != 0;
}

BOOL WINAPI CallMsgFilterA(LPMSG msg, int code)
{
    if (call_hooks(WH_SYSMSGFILTER, code, 0, (LPARAM)msg, false)) return TRUE;
    return call_hooks(WH_MSGFILTER, code, 0, (LPARAM)msg, false) != 0;
}

BOOL WINAPI IsWinEventHookInstalled(DWORD event)
{
    return FALSE;
}

/* Nobody can have asked for events: SetWinEventHook is not there. */
VOID WINAPI NotifyWinEvent(DWORD event, HWND window, LONG object, LONG child)
{
}
