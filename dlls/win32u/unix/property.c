/* SetProp and its relatives. Properties are known in the window's process only. */
#include "window.h"

#include <stdlib.h>
#include <string.h>

#define PROPERTY_GET 0
#define PROPERTY_SET 1
#define PROPERTY_REMOVE 2

/* Value is set from the property (GET, REMOVE), or stored in it. */
NTSTATUS sys_NtUserProperty(HWND Window, ULONG Atom, ULONG Operation, ULONG64 *Value)
{
    struct property *fresh = Operation == PROPERTY_SET ? calloc(1, sizeof(*fresh)) : NULL, *gone = NULL;
    uint64_t value = Operation == PROPERTY_SET ? *Value : 0;
    NTSTATUS status = STATUS_BAD_WINDOW;

    if (Operation == PROPERTY_SET && !fresh) return STATUS_NO_MEMORY;
    user_lock();
    struct window *window = window_of(Window);
    struct property **at = window ? &window->properties : NULL;
    if (window) {
        while (*at && (*at)->atom != Atom) at = &(*at)->next;
        status = STATUS_SUCCESS;
        if (Operation == PROPERTY_SET) {
            if (!*at) {
                fresh->atom = Atom;
                *at = fresh;
                fresh = NULL;
            }
            (*at)->value = value;
        } else if (!*at) {
            status = STATUS_USER(ERROR_FILE_NOT_FOUND);
        } else {
            value = (*at)->value;
            if (Operation == PROPERTY_REMOVE) {
                gone = *at;
                *at = gone->next;
            }
        }
    }
    user_unlock();
    free(fresh);
    free(gone);
    if (!status && Operation != PROPERTY_SET) *Value = value;
    if (!window && desktop_find((uint32_t)(uintptr_t)Window)) status = STATUS_USER(ERROR_ACCESS_DENIED);
    return status;
}

/* Property number Index of a window, in no order: false in *Atom (0) past the last. */
NTSTATUS sys_NtUserPropertyAt(HWND Window, ULONG Index, ULONG *Atom, ULONG64 *Value)
{
    uint32_t atom = 0;
    uint64_t value = 0;

    user_lock();
    struct window *window = window_of(Window);
    struct property *at = window ? window->properties : NULL;
    while (at && Index--) at = at->next;
    if (at) atom = at->atom, value = at->value;
    user_unlock();
    if (!window) return STATUS_BAD_WINDOW;
    *Atom = atom;
    *Value = value;
    return STATUS_SUCCESS;
}
