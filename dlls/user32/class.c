/* winuser.h: window classes. */
#include "user32.h"

ULONG name_to_atom(const WCHAR *name, bool add)
{
    return IS_ATOM(name) ? (ULONG)(ULONG_PTR)name : NtUserAtom(name, wide_length(name), add);
}

static HINSTANCE module_or_program(HINSTANCE instance)
{
    return instance ? instance : ferry_peb()->ImageBaseAddress;
}

static bool set_name(struct user_class *data, const WCHAR *name)
{
    DWORD units;

    if (IS_ATOM(name)) {
        data->atom = (UINT32)(ULONG_PTR)name;
        return true;
    }
    units = wide_length(name);
    if (units >= ARRAYSIZE(data->name)) return false;
    data->name_units = units;
    memcpy(data->name, name, units * sizeof(WCHAR));
    return true;
}

BOOL find_class(HINSTANCE instance, const WCHAR *name, struct user_class *found)
{
    register_builtin_classes();
    memset(found, 0, offsetof(struct user_class, name));
    if (!name || !set_name(found, name)) return set_error(ERROR_CANNOT_FIND_WND_CLASS);
    found->instance = PTR64(module_or_program(instance));
    return status_to_bool(NtUserGetClass(found));
}

/* ---- classes of user32 ---- */

extern IMAGE_DOS_HEADER __ImageBase;

void register_builtin(const struct builtin_class *builtin)
{
    struct user_class data;

    memset(&data, 0, offsetof(struct user_class, name));
    if (!set_name(&data, builtin->name)) return;
    data.style = builtin->style;
    data.window_proc = PTR64(builtin->proc);
    data.instance = PTR64(&__ImageBase);
    data.window_extra = builtin->extra;
    data.background = PTR64(builtin->background);
    data.cursor = builtin->cursor ? PTR64(LoadCursorW(NULL, builtin->cursor)) : 0;
    data.flags = CLASS_SYSTEM | CLASS_UNICODE;
    NtUserRegisterClass(&data);
}

/* ---- registering ---- */

static WCHAR *keep_menu_name(const WCHAR *name, BOOL *failed)
{
    WCHAR *copy;

    if (!name || IS_ATOM(name)) return (WCHAR *)name;
    copy = wide_copy(name);
    if (!copy) *failed = TRUE;
    return copy;
}

ATOM WINAPI RegisterClassExW(const WNDCLASSEXW *window_class)
{
    struct user_class data;
    BOOL failed = FALSE;
    bool unicode = true;

    register_builtin_classes();
    memset(&data, 0, offsetof(struct user_class, name));
    if (window_class->cbSize != sizeof(*window_class) || window_class->cbClsExtra < 0 || window_class->cbWndExtra < 0 ||
        !window_class->lpszClassName || !set_name(&data, window_class->lpszClassName))
        return set_error(ERROR_INVALID_PARAMETER);
    if (!window_class->lpfnWndProc) return set_error(ERROR_INVALID_PARAMETER);
    data.style = window_class->style;
    data.window_proc = PTR64(procedure_real(window_class->lpfnWndProc, &unicode));
    data.instance = PTR64(module_or_program(window_class->hInstance));
    data.icon = PTR64(window_class->hIcon);
    data.small_icon = PTR64(window_class->hIconSm);
    data.cursor = PTR64(window_class->hCursor);
    data.background = PTR64(window_class->hbrBackground);
    data.class_extra = window_class->cbClsExtra;
    data.window_extra = window_class->cbWndExtra;
    data.flags = unicode ? CLASS_UNICODE : 0;
    data.menu_name = PTR64(keep_menu_name(window_class->lpszMenuName, &failed));
    if (failed) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    NTSTATUS status = NtUserRegisterClass(&data);
    if (status) {
        if (data.menu_name >> 16) mem_free(FROM64(data.menu_name));
        status_to_bool(status);
        return 0;
    }
    return (ATOM)data.atom;
}

ATOM WINAPI RegisterClassW(const WNDCLASSW *window_class)
{
    WNDCLASSEXW extended = { sizeof(extended), window_class->style, window_class->lpfnWndProc, window_class->cbClsExtra,
                             window_class->cbWndExtra, window_class->hInstance, window_class->hIcon, window_class->hCursor,
                             window_class->hbrBackground, window_class->lpszMenuName, window_class->lpszClassName, NULL };

    return RegisterClassExW(&extended);
}

static const WCHAR *wide_name(const char *name, WCHAR **copy)
{
    *copy = NULL;
    if (!name || IS_ATOM(name)) return (const WCHAR *)name;
    return *copy = wide_from_ansi(name);
}

ATOM WINAPI RegisterClassExA(const WNDCLASSEXA *window_class)
{
    WCHAR *menu, *name;
    WNDCLASSEXW wide;
    ATOM atom = 0;
    bool unicode = false;

    if (window_class->cbSize != sizeof(*window_class)) return set_error(ERROR_INVALID_PARAMETER);
    memcpy(&wide, window_class, sizeof(wide));
    wide.lpszMenuName = wide_name(window_class->lpszMenuName, &menu);
    wide.lpszClassName = wide_name(window_class->lpszClassName, &name);
    if (!wide.lpfnWndProc) set_error(ERROR_INVALID_PARAMETER);
    else {
        /* a procedure that takes ANSI strings is registered as a handle of the ANSI kind */
        WNDPROC real = procedure_real(wide.lpfnWndProc, &unicode);
        wide.lpfnWndProc = procedure_for(real, unicode, true);
        atom = RegisterClassExW(&wide);
    }
    mem_free(menu);
    mem_free(name);
    return atom;
}

ATOM WINAPI RegisterClassA(const WNDCLASSA *window_class)
{
    WNDCLASSEXA extended = { sizeof(extended), window_class->style, window_class->lpfnWndProc, window_class->cbClsExtra,
                             window_class->cbWndExtra, window_class->hInstance, window_class->hIcon, window_class->hCursor,
                             window_class->hbrBackground, window_class->lpszMenuName, window_class->lpszClassName, NULL };

    return RegisterClassExA(&extended);
}

BOOL WINAPI UnregisterClassW(LPCWSTR name, HINSTANCE instance)
{
    struct user_class data;

    memset(&data, 0, offsetof(struct user_class, name));
    if (!name || !set_name(&data, name)) return set_error(ERROR_CLASS_DOES_NOT_EXIST);
    data.instance = PTR64(module_or_program(instance));
    if (!status_to_bool(NtUserUnregisterClass(&data))) return FALSE;
    if (data.menu_name >> 16) mem_free(FROM64(data.menu_name));
    return TRUE;
}

BOOL WINAPI UnregisterClassA(LPCSTR name, HINSTANCE instance)
{
    WCHAR *copy;
    BOOL result = UnregisterClassW(wide_name(name, &copy), instance);

    mem_free(copy);
    return result;
}

/* ---- looking at them ---- */

static void to_wndclass(const struct user_class *data, HINSTANCE instance, WNDCLASSEXW *out, bool unicode)
{
    out->style = data->style;
    out->lpfnWndProc = procedure_for(FROM64(data->window_proc), data->flags & CLASS_UNICODE, unicode);
    out->cbClsExtra = data->class_extra;
    out->cbWndExtra = data->window_extra;
    out->hInstance = data->flags & CLASS_SYSTEM ? NULL : instance;
    out->hIcon = FROM64(data->icon);
    out->hIconSm = FROM64(data->small_icon);
    out->hCursor = FROM64(data->cursor);
    out->hbrBackground = FROM64(data->background);
    out->lpszMenuName = FROM64(data->menu_name);
}

/* Returns the class's atom; hInstance NULL: classes of user32 (winuser.h reference: GetClassInfoEx). */
BOOL WINAPI GetClassInfoExW(HINSTANCE instance, LPCWSTR name, LPWNDCLASSEXW out)
{
    struct user_class data;

    if (!find_class(instance, name, &data)) {
        return set_error(ERROR_CLASS_DOES_NOT_EXIST);
    }
    to_wndclass(&data, instance, out, true);
    out->lpszClassName = name;
    return data.atom;
}

BOOL WINAPI GetClassInfoW(HINSTANCE instance, LPCWSTR name, LPWNDCLASSW out)
{
    WNDCLASSEXW extended;
    BOOL atom = GetClassInfoExW(instance, name, &extended);

    if (atom) memcpy(out, &extended.style, sizeof(*out));
    if (atom) out->lpszMenuName = extended.lpszMenuName, out->lpszClassName = name;
    return atom;
}

BOOL WINAPI GetClassInfoExA(HINSTANCE instance, LPCSTR name, LPWNDCLASSEXA out)
{
    struct user_class data;
    WCHAR *copy;
    BOOL found = find_class(instance, wide_name(name, &copy), &data);

    mem_free(copy);
    if (!found) return set_error(ERROR_CLASS_DOES_NOT_EXIST);
    to_wndclass(&data, instance, (WNDCLASSEXW *)out, false);
    if (data.menu_name >> 16) out->lpszMenuName = NULL; /* a wide name: its ANSI form lives nowhere */
    out->lpszClassName = name;
    return data.atom;
}

BOOL WINAPI GetClassInfoA(HINSTANCE instance, LPCSTR name, LPWNDCLASSA out)
{
    WNDCLASSEXA extended;
    BOOL atom = GetClassInfoExA(instance, name, &extended);

    if (atom) memcpy(out, &extended.style, sizeof(*out));
    if (atom) out->lpszMenuName = extended.lpszMenuName, out->lpszClassName = name;
    return atom;
}

int WINAPI GetClassNameW(HWND window, LPWSTR name, int room)
{
    if (room <= 0) {
        set_error(ERROR_INSUFFICIENT_BUFFER);
        return 0;
    }
    ULONG units = NtUserClassName(window, name, (ULONG)room - 1);
    if (!units && !IsWindow(window)) {
        set_error(ERROR_INVALID_WINDOW_HANDLE);
        return 0;
    }
    name[units] = 0;
    return (int)units;
}

int WINAPI GetClassNameA(HWND window, LPSTR name, int room)
{
    WCHAR wide[257];
    int units = GetClassNameW(window, wide, ARRAYSIZE(wide));

    return units && room > 0 ? (int)ansi_into(name, (DWORD)room, wide, (DWORD)units) : 0;
}

UINT WINAPI RealGetWindowClassW(HWND window, LPWSTR name, UINT room)
{
    return (UINT)GetClassNameW(window, name, (int)room);
}

UINT WINAPI RealGetWindowClassA(HWND window, LPSTR name, UINT room)
{
    return (UINT)GetClassNameA(window, name, (int)room);
}

/* ---- class longs ---- */

static ULONG_PTR class_word(HWND window, int index, unsigned bytes, bool set, ULONG_PTR value, bool unicode)
{
    ULONG64 number = value;

    if (index == GCLP_WNDPROC) {
        struct user_window info;
        struct user_class data;
        if (!window_info(window, &info)) return 0;
        data.token = info.class_token;
        if (!info.class_token) return set_error(ERROR_ACCESS_DENIED);
        if (!status_to_bool(NtUserGetClass(&data))) return 0;
        WNDPROC old = procedure_for(FROM64(data.window_proc), data.flags & CLASS_UNICODE, unicode);
        if (set) {
            bool kind = data.flags & CLASS_UNICODE;
            WNDPROC real = procedure_real((WNDPROC)value, &kind);
            number = PTR64(real);
            NtUserClassLong(window, index, bytes, TRUE, &number);
        }
        return (ULONG_PTR)old;
    }
    if (set && index == GCLP_MENUNAME && !IS_ATOM(value))
        number = PTR64(unicode ? wide_copy((const WCHAR *)value) : wide_from_ansi((const char *)value));
    return status_to_bool(NtUserClassLong(window, index, bytes, set, &number)) ? (ULONG_PTR)number : 0;
}

#define CLASS_LONGS(letter, unicode)                                                                        \
    DWORD WINAPI GetClassLong##letter(HWND window, int index)                                              \
    {                                                                                                      \
        return (DWORD)class_word(window, index, 4, false, 0, unicode);                                     \
    }                                                                                                      \
    DWORD WINAPI SetClassLong##letter(HWND window, int index, LONG value)                                  \
    {                                                                                                      \
        return (DWORD)class_word(window, index, 4, true, (ULONG_PTR)(LONG_PTR)value, unicode);             \
    }                                                                                                      \
    ULONG_PTR WINAPI GetClassLongPtr##letter(HWND window, int index)                                       \
    {                                                                                                      \
        return class_word(window, index, sizeof(LONG_PTR), false, 0, unicode);                             \
    }                                                                                                      \
    ULONG_PTR WINAPI SetClassLongPtr##letter(HWND window, int index, LONG_PTR value)                       \
    {                                                                                                      \
        return class_word(window, index, sizeof(LONG_PTR), true, (ULONG_PTR)value, unicode);               \
    }
#undef GetClassLongPtrA
#undef GetClassLongPtrW
#undef SetClassLongPtrA
#undef SetClassLongPtrW
CLASS_LONGS(W, true)
CLASS_LONGS(A, false)

WORD WINAPI GetClassWord(HWND window, int index)
{
    return (WORD)class_word(window, index, 2, false, 0, true);
}

WORD WINAPI SetClassWord(HWND window, int index, WORD value)
{
    return (WORD)class_word(window, index, 2, true, value, true);
}
