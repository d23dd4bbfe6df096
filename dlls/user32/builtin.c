/* The classes of user32 itself. */
#include "user32.h"

extern const struct builtin_class popup_menu_class; /* menutrack.c */

static LRESULT CALLBACK desktop_proc(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    return DefWindowProcW(window, message, wparam, lparam);
}

static const struct builtin_class desktop = { (LPCWSTR)(ULONG_PTR)32769, CS_DBLCLKS, desktop_proc, 0, NULL, NULL };
static const struct builtin_class icon_title = { (LPCWSTR)(ULONG_PTR)32772, 0, desktop_proc, 0, NULL, NULL };
static const struct builtin_class message_parent = { L"Message", 0, desktop_proc, 0, NULL, NULL };

void register_builtin_classes(void)
{
    static LONG state;

    if (state == 2) return;
    if (InterlockedCompareExchange(&state, 1, 0)) {
        while (*(volatile LONG *)&state != 2) SwitchToThread();
        return;
    }
    register_builtin(&desktop);
    register_builtin(&icon_title);
    register_builtin(&message_parent);
    register_builtin(&popup_menu_class);
    state = 2;
}
