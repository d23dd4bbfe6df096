/* winuser.h: classes, windows, their order of messages, longs, text, tree, properties. Nothing here needs a display. */
#include "tap.h"

static char sequence[2000];
static int length;

static int same(const char *a, const char *b)
{
    while (*a && *a == *b) a++, b++;
    return *a == *b;
}

static LRESULT CALLBACK proc(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    switch (message) {
    case WM_NCCREATE: case WM_CREATE: case WM_NCCALCSIZE: case WM_GETMINMAXINFO: case WM_SIZE: case WM_MOVE: case WM_DESTROY:
    case WM_NCDESTROY: case WM_PARENTNOTIFY: case WM_CLOSE: case WM_SETTEXT: case WM_STYLECHANGING: case WM_STYLECHANGED:
    case WM_SHOWWINDOW: case WM_WINDOWPOSCHANGING: case WM_WINDOWPOSCHANGED: case WM_ENABLE:
        length += tap_format(sequence + length, 8, "%x ", message);
    }
    return DefWindowProcA(window, message, wparam, lparam);
}

#define expect(list, what) (ok(same(sequence, list), what ": %s", sequence), length = 0, sequence[0] = 0)

static LRESULT CALLBACK wide_proc(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    if (message == WM_SETTEXT) ok(((WCHAR *)lparam)[0] == 'w' || ((WCHAR *)lparam)[0] == 0xe9, "wide text %x", ((WCHAR *)lparam)[0]);
    return DefWindowProcW(window, message, wparam, lparam);
}

static WNDPROC old_proc;
static int forwarded;
static LRESULT CALLBACK sub_proc(HWND window, UINT message, WPARAM wparam, LPARAM lparam)
{
    if (message == WM_USER) forwarded++;
    return CallWindowProcA(old_proc, window, message, wparam, lparam);
}

static int counted;
static BOOL CALLBACK count(HWND window, LPARAM data)
{
    counted++;
    return counted < (int)data;
}

static void test_classes(void)
{
    WNDCLASSEXA class = { sizeof(class), CS_DBLCLKS, proc, 8, 16, GetModuleHandleA(NULL), 0, 0, (HBRUSH)(COLOR_WINDOW + 1), 0, "Ferry.Class", 0 }, info = { sizeof(info) };
    ATOM atom = RegisterClassExA(&class);

    ok(atom >= 0xc000, "atom %x", atom);
    ok(!RegisterClassExA(&class) && GetLastError() == ERROR_CLASS_ALREADY_EXISTS, "again: %lu", GetLastError());
    ok(GetClassInfoExA(GetModuleHandleA(NULL), "FERRY.CLASS", &info) == atom && info.cbWndExtra == 16 && info.lpfnWndProc == proc, "info");
    class.cbSize = 3;
    ok(!RegisterClassExA(&class) && GetLastError() == ERROR_INVALID_PARAMETER, "size: %lu", GetLastError());
    ok(!GetClassInfoExA(NULL, "nothing here", &info) && GetLastError() == ERROR_CLASS_DOES_NOT_EXIST, "unknown: %lu", GetLastError());
    HWND window = CreateWindowExA(0, "Ferry.Class", "x", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL);
    ok(GetClassLongA(window, GCW_ATOM) == atom && GetClassLongA(window, GCL_CBWNDEXTRA) == 16, "class longs");
    ok(SetClassLongA(window, 4, 0x1234) == 0 && GetClassLongA(window, 4) == 0x1234, "class extra");
    SetLastError(0);
    ok(!GetClassLongA(window, 6) && GetLastError() == ERROR_INVALID_INDEX, "past the end: %lu", GetLastError());
    ok(!UnregisterClassA("Ferry.Class", NULL) && GetLastError() == ERROR_CLASS_HAS_WINDOWS, "in use: %lu", GetLastError());
    DestroyWindow(window);
    ok(UnregisterClassA("Ferry.Class", NULL), "unregister");
    ok(!CreateWindowExA(0, "Ferry.Class", "x", WS_POPUP, 0, 0, 10, 10, NULL, NULL, NULL, NULL), "gone");
}

static void test_words(HWND window)
{
    char text[20];
    WCHAR wide[20];

    ok(!SetWindowLongPtrA(window, GWLP_USERDATA, 77) && GetWindowLongPtrA(window, GWLP_USERDATA) == 77, "user data");
    ok(SetWindowLongA(window, 4, 5) == 0 && GetWindowLongA(window, 4) == 5, "extra bytes");
    SetLastError(0);
    ok(!SetWindowLongA(window, 6, 5) && GetLastError() == ERROR_INVALID_INDEX, "past the end: %lu", GetLastError());
    length = 0;
    LONG style = GetWindowLongA(window, GWL_STYLE);
    SetWindowLongA(window, GWL_STYLE, style | WS_BORDER);
    expect("7c 7d ", "style changes");
    old_proc = (WNDPROC)SetWindowLongPtrA(window, GWLP_WNDPROC, (LONG_PTR)sub_proc);
    SendMessageA(window, WM_USER, 0, 0);
    ok(forwarded == 1 && old_proc == proc, "subclass");
    SetWindowLongPtrA(window, GWLP_WNDPROC, (LONG_PTR)old_proc);
    ok(SetWindowTextA(window, "caf\xe9") && GetWindowTextA(window, text, 20) == 4 && (BYTE)text[3] == 0xe9, "text");
    ok(GetWindowTextW(window, wide, 3) == 2 && wide[1] == 'a', "cut: %x", wide[1]);
    ok(GetWindowTextLengthW(window) == 4, "length");
    ok(!IsWindowUnicode(window), "kind");
    SetWindowLongPtrW(window, GWLP_WNDPROC, (LONG_PTR)wide_proc);
    ok(IsWindowUnicode(window), "now wide");
    SetWindowTextA(window, "\xe9");
    SetWindowTextW(window, L"wide");
    WNDPROC thunk = (WNDPROC)GetWindowLongPtrA(window, GWLP_WNDPROC);
    ok(thunk != wide_proc, "seen through the ANSI function");
    CallWindowProcA(thunk, window, WM_SETTEXT, 0, (LPARAM)"w");
    SetWindowLongPtrA(window, GWLP_WNDPROC, (LONG_PTR)proc);
    ok(SetPropA(window, "a property", (HANDLE)5) && GetPropW(window, L"A Property") == (HANDLE)5, "property");
    ok(RemovePropA(window, "a property") == (HANDLE)5 && !GetPropA(window, "a property"), "removed");
    length = 0;
    sequence[0] = 0;
}

static void test_tree(HWND window)
{
    HWND a = CreateWindowExA(0, "Ferry.Windows", "a", WS_CHILD, 1, 2, 30, 40, window, (HMENU)1, NULL, NULL);
    HWND b = CreateWindowExA(0, "Ferry.Windows", "b", WS_CHILD, 5, 6, 30, 40, window, (HMENU)2, NULL, NULL);
    HWND c = CreateWindowExA(0, "Ferry.Windows", "c", WS_CHILD, 0, 0, 10, 10, a, (HMENU)3, NULL, NULL);
    RECT rect;
    POINT point = { 0, 0 };

    ok(GetWindow(window, GW_CHILD) == a && GetWindow(a, GW_HWNDNEXT) == b && !GetWindow(b, GW_HWNDNEXT), "order");
    ok(GetParent(c) == a && IsChild(window, c) && !IsChild(b, c) && GetAncestor(c, GA_ROOT) == window, "parents");
    counted = 0;
    EnumChildWindows(window, count, 100);
    ok(counted == 3, "descendants: %d", counted);
    ok(GetDlgItem(window, 2) == b && GetDlgCtrlID(a) == 1, "by id");
    ok(FindWindowExA(window, NULL, "Ferry.Windows", "b") == b && FindWindowExA(window, a, NULL, NULL) == b, "found");
    SetWindowPos(b, HWND_TOP, 0, 0, 0, 0, SWP_NOMOVE | SWP_NOSIZE);
    ok(GetWindow(window, GW_CHILD) == b && GetWindow(b, GW_HWNDNEXT) == a && GetTopWindow(window) == b, "to the top");
    GetWindowRect(b, &rect);
    MapWindowPoints(NULL, window, (POINT *)&rect, 2);
    ok(rect.left == 5 && rect.top == 6 && rect.right == 35 && rect.bottom == 46, "%d %d %d %d", (int)rect.left, (int)rect.top, (int)rect.right, (int)rect.bottom);
    ClientToScreen(b, &point);
    ScreenToClient(window, &point);
    ok(point.x == 5 && point.y == 6, "%d %d", (int)point.x, (int)point.y);
    ok(SetParent(c, window) == a && GetParent(c) == window, "SetParent");
    ok(!SetParent(window, b), "not into its own child");
    length = 0;
    DestroyWindow(a);
    expect("210 2 82 ", "a child ends");
    ok(IsWindow(c) && !IsWindow(a), "c lives on");
}

START_TESTS
{
    WNDCLASSA class = { .lpfnWndProc = proc, .lpszClassName = "Ferry.Windows", .cbWndExtra = 8 };
    RECT rect;

    test_classes();
    RegisterClassA(&class);
    length = 0;
    HWND window = CreateWindowExA(0, "Ferry.Windows", "title", WS_OVERLAPPEDWINDOW, 100, 100, 300, 200, NULL, NULL, NULL, NULL);
    expect("24 81 83 1 ", "overlapped");
    HWND popup = CreateWindowExA(0, "Ferry.Windows", "title", WS_POPUP, 100, 100, 300, 200, window, NULL, NULL, NULL);
    expect("81 83 1 5 3 ", "popup");
    ok(GetWindow(popup, GW_OWNER) == window && GetParent(popup) == window, "owner");
    GetClientRect(popup, &rect);
    ok(rect.right == 300 && rect.bottom == 200, "no frame: %d", (int)rect.right);
    HWND child = CreateWindowExA(0, "Ferry.Windows", "child", WS_CHILD, 1, 2, 30, 40, popup, (HMENU)9, NULL, NULL);
    expect("81 83 1 5 3 210 ", "child");
    MoveWindow(child, 1, 2, 30, 50, FALSE);
    expect("46 83 47 5 ", "sized"); 
    MoveWindow(child, 4, 2, 30, 50, FALSE);
    expect("46 47 3 ", "moved");
    MoveWindow(child, 4, 2, 30, 50, FALSE);
    expect("46 ", "nothing changes");
    EnableWindow(child, FALSE);
    expect("a ", "disabled");
    ok(!IsWindowEnabled(child) && IsWindowEnabled(popup), "enabled");
    DestroyWindow(child);
    expect("210 2 82 ", "child ends");
    test_words(popup);
    test_tree(popup);
    length = 0;
    counted = 0;
    EnumThreadWindows(GetCurrentThreadId(), count, 100);
    ok(counted >= 2, "top-level windows: %d", counted);
    ok(FindWindowA("Ferry.Windows", "title") == window, "FindWindow");
    length = 0;
    DestroyWindow(window);
    ok(!IsWindow(popup), "owned windows end with the owner");
    BOOL again = DestroyWindow(window);
    ok(!again, "twice");
    HWND message = CreateWindowExA(0, "Ferry.Windows", "message", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, NULL, NULL);
    ok(message && FindWindowExA(HWND_MESSAGE, NULL, "Ferry.Windows", "message") == message, "message-only");
    ok(!IsWindowVisible(message), "never visible");
    DestroyWindow(message);
}
