/* winuser.h: icons and cursors. */
#include "icon.h"

#define ICON_MAGIC 0x4e4f4349u

static struct icon *table[8192];
static RTL_SRWLOCK lock;

struct icon *icon_of(HICON handle)
{
    ULONG_PTR value = (ULONG_PTR)handle;
    struct icon *icon = value >> 16 == 0x7c && (value & 0xffff) < ARRAYSIZE(table) ? table[value & 0xffff] : NULL;

    if (!icon) set_error(ERROR_INVALID_CURSOR_HANDLE);
    return icon;
}

HICON icon_make(const struct icon *given)
{
    struct icon *icon = mem_alloc(sizeof(*icon));
    int slot;

    if (!icon) return NULL;
    *icon = *given;
    icon->magic = ICON_MAGIC;
    RtlAcquireSRWLockExclusive(&lock);
    for (slot = 1; slot < (int)ARRAYSIZE(table) && table[slot]; slot++) {}
    if (slot < (int)ARRAYSIZE(table)) table[slot] = icon;
    RtlReleaseSRWLockExclusive(&lock);
    if (slot < (int)ARRAYSIZE(table)) return (HICON)(ULONG_PTR)(0x7c0000u | (UINT)slot);
    mem_free(icon);
    set_error(ERROR_NO_MORE_USER_HANDLES);
    return NULL;
}

HICON icon_find_shared(HMODULE module, LPCWSTR name, int width, int height, bool is_cursor)
{
    HICON found = NULL;

    RtlAcquireSRWLockShared(&lock);
    for (int i = 1; i < (int)ARRAYSIZE(table) && !found; i++) {
        const struct icon *icon = table[i];
        if (!icon || !icon->shared || icon->module != module || icon->is_cursor != is_cursor) continue;
        if ((width && icon->width != width) || (height && icon->height != height)) continue;
        if (IS_ATOM(name) ? icon->id == (UINT)(ULONG_PTR)name && !icon->name : icon->name && !lstrcmpiW(icon->name, name))
            found = (HICON)(ULONG_PTR)(0x7c0000u | (UINT)i);
    }
    RtlReleaseSRWLockShared(&lock);
    return found;
}

HBITMAP icon_bitmap(int width, int height, const DWORD *pixels)
{
    BITMAPINFO info;
    void *bits = NULL;

    memset(&info, 0, sizeof(info));
    info.bmiHeader.biSize = sizeof(info.bmiHeader);
    info.bmiHeader.biWidth = width;
    info.bmiHeader.biHeight = -height;
    info.bmiHeader.biPlanes = 1;
    info.bmiHeader.biBitCount = 32;
    HBITMAP bitmap = CreateDIBSection(NULL, &info, DIB_RGB_COLORS, &bits, NULL, 0);
    if (bitmap && bits && pixels) memcpy(bits, pixels, (SIZE_T)width * (SIZE_T)height * 4);
    return bitmap;
}

static DWORD premultiplied(DWORD pixel)
{
    DWORD a = pixel >> 24;

    return a << 24 | (pixel >> 16 & 0xff) * a / 255 << 16 | (pixel >> 8 & 0xff) * a / 255 << 8 | (pixel & 0xff) * a / 255;
}

HICON icon_from_pixels(int width, int height, int x, int y, bool is_cursor, const DWORD *pixels)
{
    struct icon icon;
    SIZE_T count = (SIZE_T)width * (SIZE_T)height;
    DWORD *copy = mem_alloc(count * 4);
    int stride = (width + 15) / 16 * 2;
    BYTE *mask = mem_alloc_zeroed((SIZE_T)stride * (SIZE_T)height);
    HICON handle = NULL;

    memset(&icon, 0, sizeof(icon));
    if (copy && mask) {
        for (SIZE_T i = 0; i < count; i++) {
            copy[i] = premultiplied(pixels[i]);
            if (pixels[i] >> 24 < 128) mask[i / (SIZE_T)width * (SIZE_T)stride + i % (SIZE_T)width / 8] |= (BYTE)(0x80 >> (i % (SIZE_T)width & 7));
        }
        icon.is_cursor = is_cursor;
        icon.alpha = true;
        icon.width = width;
        icon.height = height;
        icon.x = x;
        icon.y = y;
        icon.color = icon_bitmap(width, height, copy);
        icon.mask = CreateBitmap(width, height, 1, 1, mask);
        handle = icon_make(&icon);
    }
    mem_free(copy);
    mem_free(mask);
    return handle;
}

static BOOL destroy(HICON handle)
{
    struct icon *icon = icon_of(handle);

    if (!icon) return FALSE;
    if (icon->shared || icon->system) return TRUE; /* stays (winuser.h reference: DestroyIcon) */
    table[(ULONG_PTR)handle & 0xffff] = NULL;
    if (icon->color) DeleteObject(icon->color);
    DeleteObject(icon->mask);
    mem_free(icon->name);
    mem_free(icon);
    return TRUE;
}

BOOL WINAPI DestroyIcon(HICON icon)
{
    return destroy(icon);
}

#undef DestroyCursor
BOOL WINAPI DestroyCursor(HCURSOR cursor)
{
    return destroy(cursor);
}

/* ---- making ---- */

static HBITMAP copy_bitmap(HBITMAP bitmap, bool monochrome)
{
    BITMAP size;
    HBITMAP copy;
    HDC from, to;

    if (!GetObjectW(bitmap, sizeof(size), &size)) return NULL;
    if (size.bmBitsPixel == 32 && !monochrome) copy = icon_bitmap(size.bmWidth, size.bmHeight, NULL);
    else copy = monochrome ? CreateBitmap(size.bmWidth, size.bmHeight, 1, 1, NULL) : icon_bitmap(size.bmWidth, size.bmHeight, NULL);
    from = CreateCompatibleDC(NULL);
    to = CreateCompatibleDC(NULL);
    HGDIOBJ old_from = SelectObject(from, bitmap), old_to = SelectObject(to, copy);
    BitBlt(to, 0, 0, size.bmWidth, size.bmHeight, from, 0, 0, SRCCOPY);
    SelectObject(from, old_from);
    SelectObject(to, old_to);
    DeleteDC(from);
    DeleteDC(to);
    return copy;
}

/* A 32-bit bitmap whose alpha channel is not all zero is one; its colours become premultiplied. */
static bool take_alpha(HBITMAP bitmap)
{
    DIBSECTION section;
    bool any = false;

    if (GetObjectW(bitmap, sizeof(section), &section) != sizeof(section) || section.dsBm.bmBitsPixel != 32 || !section.dsBm.bmBits) return false;
    DWORD *pixels = section.dsBm.bmBits;
    SIZE_T count = (SIZE_T)section.dsBm.bmWidth * (SIZE_T)section.dsBm.bmHeight;
    for (SIZE_T i = 0; i < count && !any; i++) any = pixels[i] >> 24;
    for (SIZE_T i = 0; i < count && any; i++) pixels[i] = premultiplied(pixels[i]);
    return any;
}

HICON WINAPI CreateIconIndirect(PICONINFO info)
{
    struct icon icon;
    BITMAP size, color_size;

    if (!info || !GetObjectW(info->hbmMask, sizeof(size), &size)) return NULL;
    memset(&icon, 0, sizeof(icon));
    icon.is_cursor = !info->fIcon;
    icon.width = size.bmWidth;
    icon.height = info->hbmColor ? size.bmHeight : size.bmHeight / 2;
    icon.mask = copy_bitmap(info->hbmMask, true);
    if (info->hbmColor) {
        if (!GetObjectW(info->hbmColor, sizeof(color_size), &color_size)) return NULL;
        icon.width = color_size.bmWidth;
        icon.height = color_size.bmHeight;
        icon.color = copy_bitmap(info->hbmColor, false);
        icon.alpha = color_size.bmBitsPixel == 32 && take_alpha(icon.color);
    }
    icon.x = info->fIcon ? icon.width / 2 : (int)info->xHotspot;
    icon.y = info->fIcon ? icon.height / 2 : (int)info->yHotspot;
    return icon_make(&icon);
}

HICON WINAPI CreateIcon(HINSTANCE instance, int width, int height, BYTE planes, BYTE bits, const BYTE *and_bits, const BYTE *xor_bits)
{
    ICONINFO info = { TRUE, 0, 0, NULL, NULL };
    HICON icon;

    if (planes * bits > 1) {
        info.hbmColor = CreateBitmap(width, height, planes, bits, xor_bits);
        info.hbmMask = CreateBitmap(width, height, 1, 1, and_bits);
    } else {
        int stride = (width + 15) / 16 * 2;
        BYTE *both = mem_alloc((SIZE_T)stride * (SIZE_T)height * 2);
        if (!both) return NULL;
        memcpy(both, and_bits, (SIZE_T)stride * (SIZE_T)height);
        memcpy(both + stride * height, xor_bits, (SIZE_T)stride * (SIZE_T)height);
        info.hbmMask = CreateBitmap(width, height * 2, 1, 1, both);
        mem_free(both);
    }
    icon = CreateIconIndirect(&info);
    if (info.hbmColor) DeleteObject(info.hbmColor);
    DeleteObject(info.hbmMask);
    return icon;
}

HCURSOR WINAPI CreateCursor(HINSTANCE instance, int x, int y, int width, int height, const VOID *and_bits, const VOID *xor_bits)
{
    HICON icon = CreateIcon(instance, width, height, 1, 1, and_bits, xor_bits);
    struct icon *cursor = icon ? icon_of(icon) : NULL;

    if (cursor) {
        cursor->is_cursor = true;
        cursor->x = x;
        cursor->y = y;
    }
    return (HCURSOR)icon;
}

HICON WINAPI CopyIcon(HICON handle)
{
    const struct icon *icon = icon_of(handle);
    struct icon copy;

    if (!icon) return NULL;
    copy = *icon;
    copy.shared = false;
    copy.name = NULL;
    if (copy.mask) copy.mask = copy_bitmap(icon->mask, true);
    if (copy.color) copy.color = copy_bitmap(icon->color, false);
    copy.system = 0;
    return icon_make(&copy);
}

BOOL WINAPI GetIconInfo(HICON handle, PICONINFO info)
{
    const struct icon *icon = icon_of(handle);

    if (!icon || !info) return FALSE;
    info->fIcon = !icon->is_cursor;
    info->xHotspot = (DWORD)icon->x;
    info->yHotspot = (DWORD)icon->y;
    info->hbmMask = copy_bitmap(icon->mask, true);
    info->hbmColor = icon->color ? copy_bitmap(icon->color, false) : NULL;
    return TRUE;
}

BOOL WINAPI GetIconInfoExW(HICON handle, PICONINFOEXW out)
{
    const struct icon *icon = icon_of(handle);
    ICONINFO info;

    if (!icon || out->cbSize != sizeof(*out)) return icon ? set_error(ERROR_INVALID_PARAMETER) : FALSE;
    GetIconInfo(handle, &info);
    out->fIcon = info.fIcon;
    out->xHotspot = info.xHotspot;
    out->yHotspot = info.yHotspot;
    out->hbmColor = info.hbmColor;
    out->hbmMask = info.hbmMask;
    out->wResID = icon->name ? 0 : (WORD)icon->id;
    out->szModName[0] = 0;
    out->szResName[0] = 0;
    if (icon->module) GetModuleFileNameW(icon->module, out->szModName, MAX_PATH);
    if (icon->name) memcpy(out->szResName, icon->name, (wide_length(icon->name) + 1 > MAX_PATH ? MAX_PATH : wide_length(icon->name) + 1) * sizeof(WCHAR));
    return TRUE;
}

/* ---- drawing ---- */

BOOL WINAPI DrawIconEx(HDC dc, int x, int y, HICON handle, int width, int height, UINT step, HBRUSH brush, UINT flags)
{
    const struct icon *icon = icon_of(handle);

    if (!icon) return FALSE;
    if (!width) width = flags & DI_DEFAULTSIZE ? GetSystemMetrics(SM_CXICON) : icon->width;
    if (!height) height = flags & DI_DEFAULTSIZE ? GetSystemMetrics(SM_CYICON) : icon->height;
    if (brush) {
        RECT rect = { x, y, x + width, y + height };
        FillRect(dc, &rect, brush);
    }
    HDC memory = CreateCompatibleDC(dc);
    HGDIOBJ old;
    if (icon->alpha && (flags & DI_NORMAL) == DI_NORMAL) {
        BLENDFUNCTION blend = { AC_SRC_OVER, 0, 255, AC_SRC_ALPHA };
        old = SelectObject(memory, icon->color);
        GdiAlphaBlend(dc, x, y, width, height, memory, 0, 0, icon->width, icon->height, blend);
    } else {
        COLORREF back = SetBkColor(dc, RGB(255, 255, 255)), text = SetTextColor(dc, RGB(0, 0, 0));
        old = SelectObject(memory, icon->mask);
        if (flags & DI_MASK)
            StretchBlt(dc, x, y, width, height, memory, 0, 0, icon->width, icon->height, (flags & DI_NORMAL) == DI_NORMAL ? SRCAND : SRCCOPY);
        if (flags & DI_IMAGE) {
            if (icon->color) SelectObject(memory, icon->color);
            StretchBlt(dc, x, y, width, height, memory, 0, icon->color ? 0 : icon->height, icon->width, icon->height,
                       (flags & DI_NORMAL) == DI_NORMAL ? SRCINVERT : SRCCOPY);
        }
        SetBkColor(dc, back);
        SetTextColor(dc, text);
    }
    SelectObject(memory, old);
    DeleteDC(memory);
    return TRUE;
}

BOOL WINAPI DrawIcon(HDC dc, int x, int y, HICON icon)
{
    return DrawIconEx(dc, x, y, icon, 0, 0, 0, NULL, DI_NORMAL | DI_COMPAT | DI_DEFAULTSIZE);
}

DWORD *icon_pixels(const struct icon *icon, int width, int height)
{
    DWORD *pixels = mem_alloc((SIZE_T)width * (SIZE_T)height * 4);
    HBITMAP black = icon_bitmap(width, height, NULL), white = icon_bitmap(width, height, NULL);
    DIBSECTION on_black, on_white;
    HICON handle = NULL;

    for (int i = 1; i < (int)ARRAYSIZE(table); i++)
        if (table[i] == icon) handle = (HICON)(ULONG_PTR)(0x7c0000u | (UINT)i);
    if (pixels && black && white && handle) { /* drawn on black and on white: the difference is the transparency */
        HDC dc = CreateCompatibleDC(NULL);
        HGDIOBJ old = SelectObject(dc, black);
        PatBlt(dc, 0, 0, width, height, BLACKNESS);
        DrawIconEx(dc, 0, 0, handle, width, height, 0, NULL, DI_NORMAL);
        SelectObject(dc, white);
        PatBlt(dc, 0, 0, width, height, WHITENESS);
        DrawIconEx(dc, 0, 0, handle, width, height, 0, NULL, DI_NORMAL);
        GdiFlush();
        GetObjectW(black, sizeof(on_black), &on_black);
        GetObjectW(white, sizeof(on_white), &on_white);
        const DWORD *b = on_black.dsBm.bmBits, *w = on_white.dsBm.bmBits;
        for (int i = 0; i < width * height; i++) {
            int alpha = 255 - (int)((w[i] >> 8 & 0xff) - (b[i] >> 8 & 0xff));
            alpha = alpha < 0 ? 0 : alpha > 255 ? 255 : alpha;
            DWORD color = 0;
            for (int shift = 0; shift < 24 && alpha; shift += 8) {
                DWORD channel = (b[i] >> shift & 0xff) * 255 / (DWORD)alpha;
                color |= (channel > 255 ? 255 : channel) << shift;
            }
            pixels[i] = color | (DWORD)alpha << 24;
        }
        SelectObject(dc, old);
        DeleteDC(dc);
    }
    DeleteObject(black);
    DeleteObject(white);
    return pixels;
}

/* The window's icon for the desktop's task list. */
void show_window_icon(HWND window)
{
    struct user_window info;

    if (NtUserWindowInfo(window, &info) || !(info.flags & WINDOW_TOP_LEVEL)) return;
    HICON handle = (HICON)window_word(window, WINDOW_WORD_BIG_ICON);
    if (!handle) handle = (HICON)GetClassLongPtrW(window, GCLP_HICON);
    if (!handle) handle = (HICON)window_word(window, WINDOW_WORD_SMALL_ICON);
    const struct icon *icon = handle ? icon_of(handle) : NULL;
    DWORD *pixels = icon && icon->width <= 256 && icon->height <= 256 ? icon_pixels(icon, icon->width, icon->height) : NULL;
    if (pixels) NtUserShowIcon(window, icon->width, icon->height, (const UINT32 *)pixels);
    mem_free(pixels);
}

/* ---- the cursor on the screen ---- */

static HCURSOR current;
static int show_count;
static RECT clip_rect;
static bool clipped;

HCURSOR WINAPI SetCursor(HCURSOR handle)
{
    HCURSOR old = current;

    if (handle == old) return old;
    const struct icon *icon = handle ? icon_of(handle) : NULL;
    if (handle && !icon) return NULL;
    current = handle;
    if (icon && !icon->system && icon->width <= 128 && icon->height <= 128) {
        DWORD *pixels = icon_pixels(icon, icon->width, icon->height);
        if (pixels) NtUserCursorImage((ULONG)(ULONG_PTR)handle, icon->width, icon->height, icon->x, icon->y, (const UINT32 *)pixels);
        mem_free(pixels);
    }
    HWND unused;
    NtUserSetState(STATE_CURSOR, icon ? icon->system ? (HWND)(ULONG_PTR)icon->system : (HWND)handle : NULL, &unused);
    return old;
}

HCURSOR WINAPI GetCursor(void)
{
    return current;
}

int WINAPI ShowCursor(BOOL show)
{
    HWND unused;

    show_count += show ? 1 : -1;
    NtUserSetState(STATE_CURSOR_COUNT, (HWND)(LONG_PTR)(show ? 1 : -1), &unused);
    return show_count;
}

BOOL WINAPI GetCursorInfo(PCURSORINFO info)
{
    if (!info || info->cbSize != sizeof(*info)) return set_error(ERROR_INVALID_PARAMETER);
    info->flags = show_count >= 0 ? CURSOR_SHOWING : 0;
    info->hCursor = current;
    return GetCursorPos(&info->ptScreenPos);
}

BOOL WINAPI ClipCursor(const RECT *rect)
{
    clipped = rect != NULL;
    if (rect) clip_rect = *rect;
    POINT at;
    if (rect && GetCursorPos(&at) && !PtInRect(rect, at) && !IsRectEmpty(rect)) {
        int x = at.x < rect->left ? rect->left : at.x >= rect->right ? rect->right - 1 : at.x;
        int y = at.y < rect->top ? rect->top : at.y >= rect->bottom ? rect->bottom - 1 : at.y;
        SetCursorPos(x, y);
    }
    return TRUE;
}

BOOL WINAPI GetClipCursor(LPRECT rect)
{
    if (clipped) *rect = clip_rect;
    else SetRect(rect, 0, 0, GetSystemMetrics(SM_CXVIRTUALSCREEN), GetSystemMetrics(SM_CYVIRTUALSCREEN));
    return TRUE;
}
