/* winuser.h: menus, their items and what is said about them. */
#include "menu.h"
#include "scroll.h"

#define MENU_MAGIC 0x554e454du

static struct menu *table[4096];
static RTL_SRWLOCK lock;

struct menu *menu_of(HMENU handle)
{
    ULONG_PTR value = (ULONG_PTR)handle;
    struct menu *menu = value >> 16 == 0x7a && (value & 0xffff) < ARRAYSIZE(table) ? table[value & 0xffff] : NULL;

    if (!menu) set_error(ERROR_INVALID_MENU_HANDLE);
    return menu;
}

static HMENU create_menu(bool popup)
{
    struct menu *menu = mem_alloc_zeroed(sizeof(*menu));
    int slot;

    if (!menu) return NULL;
    menu->magic = MENU_MAGIC;
    menu->popup = popup;
    menu->focused = NO_ITEM;
    RtlAcquireSRWLockExclusive(&lock);
    for (slot = 1; slot < (int)ARRAYSIZE(table) && table[slot]; slot++) {}
    if (slot < (int)ARRAYSIZE(table)) {
        table[slot] = menu;
        menu->handle = (HMENU)(ULONG_PTR)(0x7a0000u | (UINT)slot);
    }
    RtlReleaseSRWLockExclusive(&lock);
    if (!menu->handle) {
        mem_free(menu);
        set_error(ERROR_NO_MORE_USER_HANDLES);
        return NULL;
    }
    return menu->handle;
}

HMENU WINAPI CreateMenu(void)
{
    return create_menu(false);
}

HMENU WINAPI CreatePopupMenu(void)
{
    return create_menu(true);
}

static void free_item(struct menu_item *item)
{
    if (item->submenu) DestroyMenu(item->submenu);
    mem_free(item->text);
}

BOOL WINAPI DestroyMenu(HMENU handle)
{
    struct menu *menu = menu_of(handle);

    if (!menu) return FALSE;
    table[(ULONG_PTR)handle & 0xffff] = NULL;
    if (menu->popup && menu->window && IsWindow(menu->window)) DestroyWindow(menu->window);
    for (int i = 0; i < menu->count; i++) free_item(&menu->items[i]);
    mem_free(menu->items);
    menu->magic = 0;
    mem_free(menu);
    return TRUE;
}

BOOL WINAPI IsMenu(HMENU handle)
{
    return menu_of(handle) != NULL;
}

/* ---- items ---- */

struct menu_item *menu_find(struct menu **menu, UINT id, UINT flags, int *position)
{
    struct menu *at = *menu;

    if (flags & MF_BYPOSITION) {
        if (id >= (UINT)at->count) return NULL;
        if (position) *position = (int)id;
        return &at->items[id];
    }
    struct menu_item *fallback = NULL;
    int fallback_position = 0;
    for (int i = 0; i < at->count; i++) {
        struct menu_item *item = &at->items[i];
        if (item->submenu) {
            struct menu *sub = menu_of(item->submenu), *holder = sub;
            struct menu_item *found = sub ? menu_find(&holder, id, flags, position) : NULL;
            if (found) {
                *menu = holder;
                return found;
            }
            if (item->id == id && !fallback) fallback = item, fallback_position = i;
        } else if (item->id == id) {
            if (position) *position = i;
            return item;
        }
    }
    if (fallback && position) *position = fallback_position;
    return fallback;
}

static struct menu_item *insert_at(struct menu *menu, int position)
{
    if (menu->count == menu->room) {
        int room = menu->room ? menu->room * 2 : 8;
        struct menu_item *more = mem_alloc((SIZE_T)room * sizeof(*more));
        if (!more) return NULL;
        if (menu->items) memcpy(more, menu->items, (SIZE_T)menu->count * sizeof(*more));
        mem_free(menu->items);
        menu->items = more;
        menu->room = room;
    }
    if (position < 0 || position > menu->count) position = menu->count;
    memmove(&menu->items[position + 1], &menu->items[position], (SIZE_T)(menu->count - position) * sizeof(*menu->items));
    memset(&menu->items[position], 0, sizeof(*menu->items));
    menu->count++;
    menu->height = 0; /* to be measured again */
    return &menu->items[position];
}

#define OLD_TYPES (MF_BITMAP | MF_OWNERDRAW | MF_SEPARATOR | MF_MENUBARBREAK | MF_MENUBREAK | MF_RIGHTJUSTIFY)

static BOOL apply_info(struct menu_item *item, const MENUITEMINFOW *info, bool unicode)
{
    if (info->fMask & MIIM_TYPE) {
        item->type = info->fType;
        if (info->fType & MFT_BITMAP) item->bitmap = (HBITMAP)info->dwTypeData;
    }
    if (info->fMask & MIIM_FTYPE) item->type = info->fType;
    if (info->fMask & MIIM_STATE) item->state = info->fState & (MFS_GRAYED | MFS_CHECKED | MFS_HILITE | MFS_DEFAULT);
    if (info->fMask & MIIM_ID) item->id = info->wID;
    if (info->fMask & MIIM_SUBMENU) {
        if (item->submenu && item->submenu != info->hSubMenu) DestroyMenu(item->submenu);
        item->submenu = info->hSubMenu;
        struct menu *sub = info->hSubMenu ? menu_of(info->hSubMenu) : NULL;
        if (info->hSubMenu && !sub) return FALSE;
        if (sub) sub->popup = true;
    }
    if (info->fMask & MIIM_CHECKMARKS) {
        item->checked = info->hbmpChecked;
        item->unchecked = info->hbmpUnchecked;
    }
    if (info->fMask & MIIM_DATA) item->data = info->dwItemData;
    if (info->fMask & MIIM_BITMAP) item->bitmap = info->hbmpItem;
    if ((info->fMask & MIIM_STRING) || ((info->fMask & MIIM_TYPE) && !(info->fType & (MFT_BITMAP | MFT_SEPARATOR | MFT_OWNERDRAW)))) {
        mem_free(item->text);
        item->text = unicode ? wide_copy(info->dwTypeData) : wide_from_ansi((const char *)info->dwTypeData);
    } else if ((info->fMask & MIIM_TYPE) && (info->fType & MFT_OWNERDRAW)) {
        item->data = (info->fMask & MIIM_DATA) ? info->dwItemData : (ULONG_PTR)info->dwTypeData;
    }
    if ((info->fMask & (MIIM_TYPE | MIIM_FTYPE)) && !(item->type & (MFT_OWNERDRAW | MFT_BITMAP)) && !item->text && !item->bitmap &&
        (info->fMask & MIIM_TYPE)) item->type |= MFT_SEPARATOR;
    return TRUE;
}

static BOOL insert_info(HMENU handle, UINT before, BOOL by_position, const MENUITEMINFOW *info, bool unicode)
{
    struct menu *menu = menu_of(handle);
    int position = NO_ITEM;

    if (!menu) return FALSE;
    if (info->cbSize != sizeof(*info) && info->cbSize != offsetof(MENUITEMINFOW, hbmpItem)) return set_error(ERROR_INVALID_PARAMETER);
    if (!by_position && before != ~0u) {
        if (!menu_find(&menu, before, MF_BYCOMMAND, &position)) position = NO_ITEM;
    } else if (by_position && before < (UINT)menu->count) {
        position = (int)before;
    }
    struct menu_item *item = insert_at(menu, position);
    if (!item) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    BOOL done = apply_info(item, info, unicode);
    if (!item->text && !(item->type & (MFT_OWNERDRAW | MFT_SEPARATOR)) && !item->bitmap && !(info->fMask & (MIIM_STRING | MIIM_FTYPE)))
        item->type |= MFT_SEPARATOR;
    return done;
}

BOOL WINAPI InsertMenuItemW(HMENU menu, UINT before, BOOL by_position, LPCMENUITEMINFOW info)
{
    return insert_info(menu, before, by_position, info, true);
}

BOOL WINAPI InsertMenuItemA(HMENU menu, UINT before, BOOL by_position, LPCMENUITEMINFOA info)
{
    return insert_info(menu, before, by_position, (const MENUITEMINFOW *)info, false);
}

BOOL WINAPI SetMenuItemInfoW(HMENU handle, UINT id, BOOL by_position, LPCMENUITEMINFOW info)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, by_position ? MF_BYPOSITION : MF_BYCOMMAND, NULL) : NULL;

    if (!item) return menu ? set_error(ERROR_MENU_ITEM_NOT_FOUND) : FALSE;
    menu->height = 0;
    return apply_info(item, info, true);
}

BOOL WINAPI SetMenuItemInfoA(HMENU handle, UINT id, BOOL by_position, LPCMENUITEMINFOA info)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, by_position ? MF_BYPOSITION : MF_BYCOMMAND, NULL) : NULL;

    if (!item) return menu ? set_error(ERROR_MENU_ITEM_NOT_FOUND) : FALSE;
    menu->height = 0;
    return apply_info(item, (const MENUITEMINFOW *)info, false);
}

/* What InsertMenu and its relatives say in flags. */
static void from_flags(MENUITEMINFOW *info, UINT flags, UINT_PTR id, LPCWSTR data)
{
    memset(info, 0, sizeof(*info));
    info->cbSize = sizeof(*info);
    info->fMask = MIIM_FTYPE | MIIM_STATE | MIIM_ID;
    info->fType = flags & OLD_TYPES;
    info->fState = (flags & (MF_GRAYED | MF_DISABLED) ? MFS_GRAYED : 0) | (flags & MF_CHECKED ? MFS_CHECKED : 0) | (flags & MF_HILITE ? MFS_HILITE : 0);
    info->wID = (UINT)id;
    if (flags & MF_POPUP) {
        info->fMask |= MIIM_SUBMENU;
        info->hSubMenu = (HMENU)id;
    }
    if (flags & MF_BITMAP) {
        info->fMask |= MIIM_BITMAP;
        info->hbmpItem = (HBITMAP)data;
    } else if (flags & MF_OWNERDRAW) {
        info->fMask |= MIIM_DATA;
        info->dwItemData = (ULONG_PTR)data;
    } else if (!(flags & MF_SEPARATOR)) {
        info->fMask |= MIIM_STRING;
        info->dwTypeData = (LPWSTR)data;
        if (!data) info->fType |= MFT_SEPARATOR;
    }
}

BOOL WINAPI InsertMenuW(HMENU menu, UINT position, UINT flags, UINT_PTR id, LPCWSTR data)
{
    MENUITEMINFOW info;

    from_flags(&info, flags, id, data);
    return insert_info(menu, position, !!(flags & MF_BYPOSITION), &info, true);
}

BOOL WINAPI InsertMenuA(HMENU menu, UINT position, UINT flags, UINT_PTR id, LPCSTR data)
{
    MENUITEMINFOW info;

    from_flags(&info, flags, id, (LPCWSTR)data);
    return insert_info(menu, position, !!(flags & MF_BYPOSITION), &info, false);
}

BOOL WINAPI AppendMenuW(HMENU menu, UINT flags, UINT_PTR id, LPCWSTR data)
{
    return InsertMenuW(menu, ~0u, (flags & ~(UINT)MF_BYCOMMAND) | MF_BYPOSITION, id, data);
}

BOOL WINAPI AppendMenuA(HMENU menu, UINT flags, UINT_PTR id, LPCSTR data)
{
    return InsertMenuA(menu, ~0u, flags | MF_BYPOSITION, id, data);
}

static BOOL modify(HMENU handle, UINT position, UINT flags, UINT_PTR id, LPCWSTR data, bool unicode)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, position, flags, NULL) : NULL;
    MENUITEMINFOW info;

    if (!item) return menu ? set_error(ERROR_MENU_ITEM_NOT_FOUND) : FALSE;
    from_flags(&info, flags, id, data);
    if (item->submenu && item->submenu != info.hSubMenu) {
        DestroyMenu(item->submenu);
        item->submenu = NULL;
    }
    mem_free(item->text);
    item->text = NULL;
    item->bitmap = NULL;
    menu->height = 0;
    return apply_info(item, &info, unicode);
}

BOOL WINAPI ModifyMenuW(HMENU menu, UINT position, UINT flags, UINT_PTR id, LPCWSTR data)
{
    return modify(menu, position, flags, id, data, true);
}

BOOL WINAPI ModifyMenuA(HMENU menu, UINT position, UINT flags, UINT_PTR id, LPCSTR data)
{
    return modify(menu, position, flags, id, (LPCWSTR)data, false);
}

BOOL WINAPI RemoveMenu(HMENU handle, UINT id, UINT flags)
{
    struct menu *menu = menu_of(handle);
    int position;
    struct menu_item *item = menu ? menu_find(&menu, id, flags, &position) : NULL;

    if (!item) return menu ? set_error(ERROR_MENU_ITEM_NOT_FOUND) : FALSE;
    mem_free(item->text);
    memmove(item, item + 1, (SIZE_T)(menu->count - position - 1) * sizeof(*item));
    menu->count--;
    menu->height = 0;
    return TRUE;
}

BOOL WINAPI DeleteMenu(HMENU handle, UINT id, UINT flags)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, flags, NULL) : NULL;

    if (!item) return menu ? set_error(ERROR_MENU_ITEM_NOT_FOUND) : FALSE;
    if (item->submenu) DestroyMenu(item->submenu);
    return RemoveMenu(handle, id, flags);
}

/* ---- asking ---- */

int WINAPI GetMenuItemCount(HMENU handle)
{
    struct menu *menu = menu_of(handle);

    return menu ? menu->count : -1;
}

UINT WINAPI GetMenuItemID(HMENU handle, int position)
{
    struct menu *menu = menu_of(handle);

    if (!menu || position < 0 || position >= menu->count) return ~0u;
    return menu->items[position].submenu ? ~0u : menu->items[position].id;
}

HMENU WINAPI GetSubMenu(HMENU handle, int position)
{
    struct menu *menu = menu_of(handle);

    return menu && position >= 0 && position < menu->count ? menu->items[position].submenu : NULL;
}

UINT WINAPI GetMenuState(HMENU handle, UINT id, UINT flags)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, flags, NULL) : NULL;

    if (!item) return ~0u;
    UINT state = item->type | item->state;
    if (item->state & MFS_GRAYED) state |= MF_GRAYED | MF_DISABLED;
    if (item->submenu) {
        struct menu *sub = menu_of(item->submenu);
        return (UINT)(sub ? sub->count : 0) << 8 | ((state | MF_POPUP) & 0xff);
    }
    return state;
}

int WINAPI GetMenuStringW(HMENU handle, UINT id, LPWSTR text, int room, UINT flags)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, flags, NULL) : NULL;
    int units;

    if (text && room > 0) text[0] = 0;
    if (!item) return menu ? set_error(ERROR_MENU_ITEM_NOT_FOUND) : 0;
    if (!item->text) return 0;
    units = (int)wide_length(item->text);
    if (!text || !room) return units;
    if (units > room - 1) units = room - 1;
    memcpy(text, item->text, (SIZE_T)units * sizeof(WCHAR));
    text[units] = 0;
    return units;
}

int WINAPI GetMenuStringA(HMENU handle, UINT id, LPSTR text, int room, UINT flags)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, flags, NULL) : NULL;

    if (text && room > 0) text[0] = 0;
    if (!item || !item->text) return 0;
    if (!text || room <= 0) return (int)ansi_bytes(item->text, wide_length(item->text));
    return (int)ansi_into(text, (DWORD)room, item->text, wide_length(item->text));
}

static BOOL get_info(HMENU handle, UINT id, BOOL by_position, MENUITEMINFOW *info, bool unicode)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, by_position ? MF_BYPOSITION : MF_BYCOMMAND, NULL) : NULL;

    if (info->cbSize != sizeof(*info) && info->cbSize != offsetof(MENUITEMINFOW, hbmpItem)) return set_error(ERROR_INVALID_PARAMETER);
    if (!item) return menu ? set_error(ERROR_MENU_ITEM_NOT_FOUND) : FALSE;
    if (info->fMask & MIIM_TYPE) {
        info->fType = item->type;
        if (item->bitmap && !item->text) info->fType |= MFT_BITMAP, info->dwTypeData = (LPWSTR)item->bitmap;
        else if (item->type & MFT_SEPARATOR) info->cch = 0;
    }
    if (info->fMask & MIIM_FTYPE) info->fType = item->type;
    if (info->fMask & MIIM_STATE) info->fState = item->state;
    if (info->fMask & MIIM_ID) info->wID = item->id;
    if (info->fMask & MIIM_SUBMENU) info->hSubMenu = item->submenu;
    else info->hSubMenu = NULL;
    if (info->fMask & MIIM_CHECKMARKS) info->hbmpChecked = item->checked, info->hbmpUnchecked = item->unchecked;
    if (info->fMask & MIIM_DATA) info->dwItemData = item->data;
    if (info->fMask & MIIM_BITMAP) info->hbmpItem = item->bitmap;
    if ((info->fMask & MIIM_STRING) || ((info->fMask & MIIM_TYPE) && item->text && !(item->type & MFT_OWNERDRAW))) {
        DWORD units = item->text ? wide_length(item->text) : 0;
        DWORD size = unicode ? units : ansi_bytes(item->text ? item->text : L"", units);
        if (info->dwTypeData && info->cch) {
            if (!item->text) {
                if (unicode) info->dwTypeData[0] = 0;
                else *(char *)info->dwTypeData = 0;
            } else if (unicode) {
                DWORD copied = units < info->cch ? units : info->cch - 1;
                memcpy(info->dwTypeData, item->text, copied * sizeof(WCHAR));
                info->dwTypeData[copied] = 0;
                size = copied;
            } else {
                size = ansi_into((char *)info->dwTypeData, info->cch, item->text, units);
            }
        }
        info->cch = size;
    }
    return TRUE;
}

BOOL WINAPI GetMenuItemInfoW(HMENU menu, UINT id, BOOL by_position, LPMENUITEMINFOW info)
{
    return get_info(menu, id, by_position, info, true);
}

BOOL WINAPI GetMenuItemInfoA(HMENU menu, UINT id, BOOL by_position, LPMENUITEMINFOA info)
{
    return get_info(menu, id, by_position, (MENUITEMINFOW *)info, false);
}

/* ---- states ---- */

DWORD WINAPI CheckMenuItem(HMENU handle, UINT id, UINT flags)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, flags, NULL) : NULL;

    if (!item) return ~0u;
    DWORD old = item->state & MFS_CHECKED;
    item->state = (item->state & ~(UINT)MFS_CHECKED) | (flags & MF_CHECKED);
    return old;
}

BOOL WINAPI EnableMenuItem(HMENU handle, UINT id, UINT flags)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, flags, NULL) : NULL;

    if (!item) return -1;
    BOOL old = (BOOL)(item->state & (MF_GRAYED | MF_DISABLED));
    item->state = (item->state & ~(UINT)(MF_GRAYED | MF_DISABLED)) | (flags & (MF_GRAYED | MF_DISABLED));
    return old;
}

BOOL WINAPI CheckMenuRadioItem(HMENU handle, UINT first, UINT last, UINT check, UINT flags)
{
    struct menu *menu = menu_of(handle);
    BOOL done = FALSE;

    for (UINT i = first; menu && i <= last; i++) {
        struct menu *holder = menu;
        struct menu_item *item = menu_find(&holder, i, flags, NULL);
        if (!item || (item->type & MFT_SEPARATOR)) continue;
        if (i == check) {
            item->type |= MFT_RADIOCHECK;
            item->state |= MFS_CHECKED;
            done = TRUE;
        } else {
            item->state &= ~(UINT)MFS_CHECKED;
        }
    }
    return done || (menu && set_error(ERROR_MENU_ITEM_NOT_FOUND));
}

BOOL WINAPI SetMenuDefaultItem(HMENU handle, UINT id, UINT by_position)
{
    struct menu *menu = menu_of(handle);
    BOOL done = id == ~0u;

    for (int i = 0; menu && i < menu->count; i++) {
        menu->items[i].state &= ~(UINT)MFS_DEFAULT;
        if (id == ~0u || done || (by_position ? (UINT)i != id : menu->items[i].id != id)) continue;
        menu->items[i].state |= MFS_DEFAULT;
        done = TRUE;
    }
    return menu && (done || set_error(ERROR_MENU_ITEM_NOT_FOUND));
}

UINT WINAPI GetMenuDefaultItem(HMENU handle, UINT by_position, UINT flags)
{
    struct menu *menu = menu_of(handle);

    for (int i = 0; menu && i < menu->count; i++) {
        const struct menu_item *item = &menu->items[i];
        if (!(item->state & MFS_DEFAULT)) continue;
        if (!(flags & GMDI_USEDISABLED) && (item->state & MFS_GRAYED)) continue;
        if (item->submenu && (flags & GMDI_GOINTOPOPUPS)) {
            UINT found = GetMenuDefaultItem(item->submenu, by_position, flags);
            if (found != ~0u) return found;
        }
        return by_position ? (UINT)i : item->id;
    }
    return ~0u;
}

BOOL WINAPI SetMenuItemBitmaps(HMENU handle, UINT id, UINT flags, HBITMAP unchecked, HBITMAP checked)
{
    struct menu *menu = menu_of(handle);
    struct menu_item *item = menu ? menu_find(&menu, id, flags, NULL) : NULL;

    if (!item) return FALSE;
    item->checked = checked;
    item->unchecked = unchecked;
    return TRUE;
}

BOOL WINAPI GetMenuInfo(HMENU handle, LPMENUINFO info)
{
    struct menu *menu = menu_of(handle);

    if (!menu || info->cbSize != sizeof(*info)) return menu ? set_error(ERROR_INVALID_PARAMETER) : FALSE;
    if (info->fMask & MIM_STYLE) info->dwStyle = menu->style;
    if (info->fMask & MIM_MAXHEIGHT) info->cyMax = menu->max_height;
    if (info->fMask & MIM_BACKGROUND) info->hbrBack = menu->background;
    if (info->fMask & MIM_HELPID) info->dwContextHelpID = menu->help;
    if (info->fMask & MIM_MENUDATA) info->dwMenuData = menu->data;
    return TRUE;
}

BOOL WINAPI SetMenuInfo(HMENU handle, LPCMENUINFO info)
{
    struct menu *menu = menu_of(handle);

    if (!menu || info->cbSize != sizeof(*info)) return menu ? set_error(ERROR_INVALID_PARAMETER) : FALSE;
    if (info->fMask & MIM_STYLE) menu->style = info->dwStyle;
    if (info->fMask & MIM_MAXHEIGHT) menu->max_height = info->cyMax;
    if (info->fMask & MIM_BACKGROUND) menu->background = info->hbrBack;
    if (info->fMask & MIM_HELPID) menu->help = info->dwContextHelpID;
    if (info->fMask & MIM_MENUDATA) menu->data = info->dwMenuData;
    if (info->fMask & MIM_APPLYTOSUBMENUS)
        for (int i = 0; i < menu->count; i++)
            if (menu->items[i].submenu) SetMenuInfo(menu->items[i].submenu, info);
    menu->height = 0;
    return TRUE;
}

BOOL WINAPI SetMenuContextHelpId(HMENU handle, DWORD help)
{
    struct menu *menu = menu_of(handle);

    if (menu) menu->help = help;
    return menu != NULL;
}

DWORD WINAPI GetMenuContextHelpId(HMENU handle)
{
    struct menu *menu = menu_of(handle);

    return menu ? menu->help : 0;
}

/* ---- of windows ---- */

bool has_menu(const struct user_window *info)
{
    return !(info->style & WS_CHILD) && info->id && !(info->style & WS_MINIMIZE);
}

HMENU WINAPI GetMenu(HWND window)
{
    struct user_window info;

    if (!window_info(window, &info)) return NULL;
    return (HMENU)window_word(window, WINDOW_WORD_MENU);
}

BOOL WINAPI SetMenu(HWND window, HMENU handle)
{
    struct user_window info;

    if (!window_info(window, &info)) return FALSE;
    if (handle && !menu_of(handle)) return FALSE;
    if ((info.style & (WS_CHILD | WS_POPUP)) == WS_CHILD) return FALSE;
    set_window_word(window, GWLP_ID, (LONG_PTR)handle);
    if (handle) {
        menu_of(handle)->window = window;
        menu_of(handle)->height = 0;
    }
    if (info.flags & WINDOW_CREATED)
        SetWindowPos(window, NULL, 0, 0, 0, 0, SWP_NOSIZE | SWP_NOMOVE | SWP_NOACTIVATE | SWP_NOZORDER | SWP_FRAMECHANGED);
    return TRUE;
}

void menu_window_gone(HWND window)
{
    HMENU system = (HMENU)window_word(window, WINDOW_WORD_SYSTEM_MENU), bar = NULL;
    struct user_window info;

    if (!NtUserWindowInfo(window, &info) && !(info.style & WS_CHILD)) bar = (HMENU)window_word(window, WINDOW_WORD_MENU);
    if (system) DestroyMenu(system);
    if (bar) DestroyMenu(bar);
    scroll_window_gone(window);
}

static const struct {
    UINT id;
    const WCHAR *text;
} system_items[] = { { SC_RESTORE, L"&Restore" }, { SC_MOVE, L"&Move" }, { SC_SIZE, L"&Size" }, { SC_MINIMIZE, L"Mi&nimize" },
                     { SC_MAXIMIZE, L"Ma&ximize" }, { 0, NULL }, { SC_CLOSE, L"&Close\tAlt+F4" } };

HMENU WINAPI GetSystemMenu(HWND window, BOOL revert)
{
    struct user_window info;
    HMENU handle;

    if (!window_info(window, &info)) return NULL;
    handle = (HMENU)window_word(window, WINDOW_WORD_SYSTEM_MENU);
    if (revert) {
        if (handle) DestroyMenu(handle);
        set_window_word(window, WINDOW_WORD_SYSTEM_MENU, 0);
        return NULL;
    }
    if (!(info.style & WS_SYSMENU) && !(info.class_style & CS_NOCLOSE)) return NULL;
    if (handle) return handle;
    handle = CreatePopupMenu();
    for (int i = 0; handle && i < (int)ARRAYSIZE(system_items); i++)
        AppendMenuW(handle, system_items[i].text ? MF_STRING : MF_SEPARATOR, system_items[i].id, system_items[i].text);
    if (handle) {
        menu_of(handle)->system = true;
        SetMenuDefaultItem(handle, SC_CLOSE, FALSE);
    }
    set_window_word(window, WINDOW_WORD_SYSTEM_MENU, (LONG_PTR)handle);
    return handle;
}

/* ---- from resources ---- */

static const WORD *load_items(HMENU menu, const WORD *at)
{
    WORD flags;

    do {
        WORD id = 0;
        flags = *at++;
        if (!(flags & MF_POPUP)) id = *at++;
        const WCHAR *text = (const WCHAR *)at;
        at += wide_length(text) + 1;
        if (flags & MF_POPUP) {
            HMENU sub = CreatePopupMenu();
            if (!(at = load_items(sub, at))) return NULL;
            AppendMenuW(menu, flags & ~(UINT)MF_END, (UINT_PTR)sub, text);
        } else {
            AppendMenuW(menu, (flags & ~(UINT)MF_END) | (*text || id ? 0 : MF_SEPARATOR), id, *text ? text : NULL);
        }
    } while (!(flags & MF_END));
    return at;
}

static const BYTE *load_extended(HMENU menu, const BYTE *at)
{
    WORD flags;

    do {
        MENUITEMINFOW info;
        memset(&info, 0, sizeof(info));
        info.cbSize = sizeof(info);
        info.fMask = MIIM_STATE | MIIM_ID | MIIM_FTYPE | MIIM_STRING;
        info.fType = *(const DWORD *)at;
        info.fState = *(const DWORD *)(at + 4);
        info.wID = *(const DWORD *)(at + 8);
        flags = *(const WORD *)(at + 12);
        info.dwTypeData = (LPWSTR)(at + 14);
        at += 14 + (wide_length(info.dwTypeData) + 1) * sizeof(WCHAR);
        at += -(INT_PTR)at & 3;
        if (!*info.dwTypeData && !info.wID && !(flags & 1)) info.fType |= MFT_SEPARATOR;
        if (info.fType & MFT_SEPARATOR) info.fMask &= ~(UINT)MIIM_STRING;
        if (flags & 1) {
            at += 4; /* the help id */
            info.hSubMenu = CreatePopupMenu();
            info.fMask |= MIIM_SUBMENU;
            if (!(at = load_extended(info.hSubMenu, at))) return NULL;
        }
        InsertMenuItemW(menu, ~0u, TRUE, &info);
    } while (!(flags & 0x80));
    return at;
}

HMENU WINAPI LoadMenuIndirectW(const MENUTEMPLATEW *memory)
{
    const WORD *at = (const WORD *)memory;
    HMENU menu;

    if (*at > 1) {
        set_error(ERROR_INVALID_DATA);
        return NULL;
    }
    menu = CreateMenu();
    if (*at == 1) load_extended(menu, (const BYTE *)memory + 4 + at[1]);
    else load_items(menu, (const WORD *)((const BYTE *)(at + 2) + at[1]));
    return menu;
}

HMENU WINAPI LoadMenuIndirectA(const MENUTEMPLATEA *memory)
{
    return LoadMenuIndirectW(memory);
}

HMENU WINAPI LoadMenuW(HINSTANCE module, LPCWSTR name)
{
    HRSRC resource = FindResourceW(module, name, (LPCWSTR)RT_MENU);

    return resource ? LoadMenuIndirectW(LoadResource(module, resource)) : NULL;
}

HMENU WINAPI LoadMenuA(HINSTANCE module, LPCSTR name)
{
    HRSRC resource = FindResourceA(module, name, (LPCSTR)RT_MENU);

    return resource ? LoadMenuIndirectW(LoadResource(module, resource)) : NULL;
}
