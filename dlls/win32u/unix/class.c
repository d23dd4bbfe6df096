/* Window classes of this process. */
#include "window.h"

#include <stdlib.h>
#include <string.h>

static struct class *classes;

static bool same_name(const struct user_class *data, uint32_t atom)
{
    return data->atom == atom;
}

/* A class of `instance`, then a global one of any module, then one of user32 (winuser.h reference: RegisterClassEx,
 * "How Windows locates a class"). */
static struct class *find(uint32_t atom, uint64_t instance, bool exact)
{
    struct class *global = NULL, *system = NULL;

    for (struct class *class = classes; class; class = class->next) {
        if (!same_name(&class->data, atom)) continue;
        if (class->data.flags & CLASS_SYSTEM) system = class;
        else if (class->data.instance == instance) return class;
        else if (!exact && (class->data.style & CS_GLOBALCLASS)) global = class;
    }
    if (exact && instance) return NULL;
    return global ? global : system;
}

struct class *class_of_token(uint64_t token)
{
    struct class *class = classes;

    while (class && (uint64_t)(uintptr_t)class != token) class = class->next;
    return class;
}

static uint32_t atom_of(const struct user_class *wanted, bool add)
{
    return wanted->atom ? wanted->atom : atom_add(wanted->name, wanted->name_units, add);
}

NTSTATUS sys_NtUserRegisterClass(struct user_class *Class)
{
    struct user_class data = *Class;
    struct class *class, *other;

    if (!desktop_init()) return STATUS_NO_MEMORY;
    if (data.name_units > ARRAYSIZE(data.name)) return STATUS_USER(ERROR_INVALID_PARAMETER);
    if (data.class_extra < 0 || data.window_extra < 0) return STATUS_USER(ERROR_INVALID_PARAMETER);
    data.atom = atom_of(&data, true);
    if (!data.atom) return STATUS_NO_MEMORY;
    if (!data.name_units) {
        int units = atom_name(data.atom, data.name, ARRAYSIZE(data.name));
        if (units < 0) return STATUS_USER(ERROR_INVALID_PARAMETER);
        data.name_units = (uint32_t)units;
    }
    class = calloc(1, sizeof(*class) + (size_t)data.class_extra);
    if (!class) return STATUS_NO_MEMORY;
    data.token = (uintptr_t)class;
    class->data = data;
    user_lock();
    for (other = classes; other; other = other->next) {
        if (!same_name(&other->data, data.atom)) continue;
        if (other->data.instance == data.instance && !((other->data.flags ^ data.flags) & CLASS_SYSTEM)) break;
        if ((other->data.style & data.style & CS_GLOBALCLASS) && !(other->data.flags & CLASS_SYSTEM)) break;
    }
    if (!other) {
        class->next = classes;
        classes = class;
    }
    user_unlock();
    if (other) {
        free(class);
        return STATUS_USER(ERROR_CLASS_ALREADY_EXISTS);
    }
    Class->atom = data.atom;
    Class->token = data.token;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtUserUnregisterClass(struct user_class *Class)
{
    struct user_class wanted = *Class;
    uint32_t atom = atom_of(&wanted, false);
    NTSTATUS status = STATUS_USER(ERROR_CLASS_DOES_NOT_EXIST);
    struct class *found = NULL;

    user_lock();
    for (struct class **at = &classes; *at; at = &(*at)->next) {
        if (!same_name(&(*at)->data, atom) || (*at)->data.instance != wanted.instance) continue;
        if ((*at)->data.flags & CLASS_SYSTEM) continue;
        if ((*at)->windows) {
            status = STATUS_USER(ERROR_CLASS_HAS_WINDOWS);
            break;
        }
        found = *at;
        *at = found->next;
        status = STATUS_SUCCESS;
        break;
    }
    user_unlock();
    if (found) {
        Class->menu_name = found->data.menu_name;
        free(found);
    }
    return status;
}

/* By name or atom, and instance; or by token if that is not 0. */
NTSTATUS sys_NtUserGetClass(struct user_class *Class)
{
    struct user_class wanted = *Class;
    struct class *class;

    if (!desktop_init()) return STATUS_NO_MEMORY;
    if (wanted.name_units > ARRAYSIZE(wanted.name)) return STATUS_USER(ERROR_INVALID_PARAMETER);
    uint32_t atom = wanted.token ? 0 : atom_of(&wanted, false);
    user_lock();
    class = wanted.token ? class_of_token(wanted.token) : find(atom, wanted.instance, false);
    if (class) wanted = class->data;
    user_unlock();
    if (!class) return STATUS_USER(ERROR_CLASS_DOES_NOT_EXIST);
    *Class = wanted;
    return STATUS_SUCCESS;
}

/* ---- GetClassLong, SetClassLong ---- */

static void *field(struct class *class, int index, unsigned bytes, unsigned *size)
{
    struct user_class *data = &class->data;

    *size = 8;
    switch (index) {
    case GCLP_MENUNAME: return &data->menu_name;
    case GCLP_HBRBACKGROUND: return &data->background;
    case GCLP_HCURSOR: return &data->cursor;
    case GCLP_HICON: return &data->icon;
    case GCLP_HICONSM: return &data->small_icon;
    case GCLP_HMODULE: return &data->instance;
    case GCLP_WNDPROC: return &data->window_proc;
    }
    *size = 4;
    switch (index) {
    case GCL_CBWNDEXTRA: return &data->window_extra;
    case GCL_CBCLSEXTRA: return &data->class_extra;
    case GCL_STYLE: return &data->style;
    case GCW_ATOM: return &data->atom;
    }
    *size = bytes;
    if (index < 0 || (uint64_t)index + bytes > (uint64_t)data->class_extra) return NULL;
    return class->extra + index;
}

/* Value becomes the old one, and with Set the given one is stored. Bytes: 2, 4 or 8 of the extra bytes. */
NTSTATUS sys_NtUserClassLong(HWND Window, LONG Index, ULONG Bytes, BOOLEAN Set, ULONG64 *Value)
{
    uint64_t value = *Value, old = 0;
    NTSTATUS status = STATUS_SUCCESS;
    unsigned size;

    user_lock();
    struct window *window = window_of(Window);
    void *at = window && window->class ? field(window->class, Index, Bytes, &size) : NULL;
    if (at) {
        memcpy(&old, at, size);
        if (Set && (Index == GCW_ATOM || Index == GCL_CBCLSEXTRA)) status = STATUS_USER(ERROR_INVALID_INDEX);
        else if (Set) memcpy(at, &value, size);
    }
    user_unlock();
    if (at && !status) {
        *Value = old;
        return STATUS_SUCCESS;
    }
    if (window) return STATUS_USER(ERROR_INVALID_INDEX);
    struct window_record copy;
    if (!desktop_read((uint32_t)(uintptr_t)Window, &copy)) return STATUS_BAD_WINDOW;
    if (Set) return STATUS_USER(ERROR_ACCESS_DENIED);
    if (Index != GCW_ATOM) return STATUS_USER(ERROR_ACCESS_DENIED);
    *Value = copy.class_atom;
    return STATUS_SUCCESS;
}

/* The name of a window's class, of any process. Units without terminator; 0: no such window. */
ULONG sys_NtUserClassName(HWND Window, WCHAR *Name, ULONG Room)
{
    struct window_record copy;

    if (!desktop_read((uint32_t)(uintptr_t)Window, &copy)) return 0;
    ULONG units = copy.class_units < Room ? copy.class_units : Room;
    memcpy(Name, copy.class_name, units * sizeof(WCHAR));
    return units;
}
