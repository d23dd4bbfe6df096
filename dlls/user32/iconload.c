/* winuser.h: icons, cursors and bitmaps from resources and files; those of the system. */
#include "icon.h"

#pragma pack(push, 2)
struct group_entry {
    BYTE width, height, colors, reserved;
    WORD planes, bits; /* of a cursor: width and height in 16 bits come first */
    DWORD bytes;
    WORD id;
};
struct group {
    WORD reserved, type, count;
    struct group_entry entries[];
};
struct file_entry {
    BYTE width, height, colors, reserved;
    WORD x, y; /* of a cursor its hot spot */
    DWORD bytes, offset;
};
#pragma pack(pop)

/* ---- choosing ---- */

static int better(int width, int height, int bits, int want_width, int want_height, int want_bits, int best[3])
{
    int distance = (width > want_width ? width - want_width : (want_width - width) * 2) +
                   (height > want_height ? height - want_height : (want_height - height) * 2);
    int depth = bits > want_bits ? (bits - want_bits) * 2 : want_bits - bits;

    if (best[2] && (distance > best[0] || (distance == best[0] && depth >= best[1]))) return 0;
    best[0] = distance, best[1] = depth, best[2] = 1;
    return 1;
}

int WINAPI LookupIconIdFromDirectoryEx(PBYTE data, BOOL icon, int width, int height, UINT flags)
{
    const struct group *group = (const struct group *)data;
    int best[3] = { 0, 0, 0 }, id = 0;

    if (!group || group->reserved || (group->type != 1 && group->type != 2)) return 0;
    if (!width) width = GetSystemMetrics(SM_CXICON);
    if (!height) height = GetSystemMetrics(SM_CYICON);
    for (int i = 0; i < group->count; i++) {
        const struct group_entry *entry = &group->entries[i];
        int w = entry->width ? entry->width : 256, h = entry->height ? entry->height : 256;
        if (!icon) {
            const WORD *size = (const WORD *)entry;
            w = size[0];
            h = size[1] / 2;
        }
        if (better(w, h, entry->bits, width, height, flags & LR_MONOCHROME ? 1 : 32, best)) id = entry->id;
    }
    return id;
}

int WINAPI LookupIconIdFromDirectory(PBYTE data, BOOL icon)
{
    return LookupIconIdFromDirectoryEx(data, icon, 0, 0, 0);
}

/* ---- one image ---- */

/* Pixels of the colour half of a DIB in an icon resource, by GDI. */
static HICON from_dib(const BITMAPINFO *dib, DWORD bytes, int x, int y, bool is_cursor, int want_width, int want_height)
{
    const BITMAPINFOHEADER *header = &dib->bmiHeader;
    struct icon icon;
    int width, height, bits, colors = 0;

    if (bytes < sizeof(BITMAPCOREHEADER)) return NULL;
    if (header->biSize == sizeof(BITMAPCOREHEADER)) {
        const BITMAPCOREHEADER *core = (const BITMAPCOREHEADER *)dib;
        width = core->bcWidth, height = core->bcHeight / 2, bits = core->bcBitCount;
        colors = bits <= 8 ? (1 << bits) * 3 : 0;
    } else {
        if (header->biSize < sizeof(*header) || bytes < header->biSize) return NULL;
        width = header->biWidth, height = header->biHeight / 2, bits = header->biBitCount;
        if (header->biCompression != BI_RGB) return NULL;
        if (bits <= 8) colors = (header->biClrUsed ? (int)header->biClrUsed : 1 << bits) * 4;
    }
    if (width <= 0 || height <= 0 || width > 1024 || height > 1024 || (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32))
        return NULL;
    SIZE_T color_stride = ((SIZE_T)width * (SIZE_T)bits + 31) / 32 * 4, mask_stride = ((SIZE_T)width + 31) / 32 * 4;
    const BYTE *pixels = (const BYTE *)dib + header->biSize + colors, *mask = pixels + color_stride * (SIZE_T)height;
    if (mask > (const BYTE *)dib + bytes) return NULL;
    bool has_mask = mask + mask_stride * (SIZE_T)height <= (const BYTE *)dib + bytes;
    memset(&icon, 0, sizeof(icon));
    bool alpha = false;
    if (bits == 32)
        for (SIZE_T i = 0; i < (SIZE_T)width * (SIZE_T)height && !alpha; i++) alpha = pixels[i * 4 + 3];
    if (alpha) {
        DWORD *copy = mem_alloc((SIZE_T)width * (SIZE_T)height * 4);
        if (!copy) return NULL;
        for (int row = 0; row < height; row++)
            memcpy(copy + (SIZE_T)row * (SIZE_T)width, pixels + color_stride * (SIZE_T)(height - 1 - row), (SIZE_T)width * 4);
        HICON made = icon_from_pixels(width, height, x, y, is_cursor, copy);
        mem_free(copy);
        return made;
    }
    BYTE *info_copy = mem_alloc(header->biSize + (SIZE_T)colors + 64);
    if (!info_copy) return NULL;
    memcpy(info_copy, dib, header->biSize + (SIZE_T)colors);
    if (header->biSize == sizeof(BITMAPCOREHEADER)) ((BITMAPCOREHEADER *)info_copy)->bcHeight = (WORD)height;
    else ((BITMAPINFOHEADER *)info_copy)->biHeight = height, ((BITMAPINFOHEADER *)info_copy)->biSizeImage = 0;
    HDC dc = CreateCompatibleDC(NULL);
    icon.color = icon_bitmap(width, height, NULL);
    HGDIOBJ old = SelectObject(dc, icon.color);
    StretchDIBits(dc, 0, 0, width, height, 0, 0, width, height, pixels, (const BITMAPINFO *)info_copy, DIB_RGB_COLORS, SRCCOPY);
    struct {
        BITMAPINFOHEADER header;
        RGBQUAD colors[2];
    } mono = { { sizeof(mono.header), width, height, 1, 1, BI_RGB, 0, 0, 0, 0, 0 }, { { 0, 0, 0, 0 }, { 255, 255, 255, 0 } } };
    icon.mask = CreateBitmap(width, height, 1, 1, NULL);
    SelectObject(dc, icon.mask);
    if (has_mask) StretchDIBits(dc, 0, 0, width, height, 0, 0, width, height, mask, (const BITMAPINFO *)&mono, DIB_RGB_COLORS, SRCCOPY);
    else PatBlt(dc, 0, 0, width, height, BLACKNESS);
    SelectObject(dc, old);
    DeleteDC(dc);
    mem_free(info_copy);
    icon.is_cursor = is_cursor;
    icon.width = width;
    icon.height = height;
    icon.x = x;
    icon.y = y;
    return icon_make(&icon);
}

static HICON scaled(HICON handle, int width, int height)
{
    const struct icon *icon = handle ? icon_of(handle) : NULL;

    if (!icon || ((!width || icon->width == width) && (!height || icon->height == height))) return handle;
    if (!width) width = icon->width;
    if (!height) height = icon->height;
    DWORD *pixels = icon_pixels(icon, width, height);
    if (!pixels) return handle;
    HICON made = icon_from_pixels(width, height, icon->x * width / icon->width, icon->y * height / icon->height, icon->is_cursor, pixels);
    mem_free(pixels);
    if (!made) return handle;
    DestroyIcon(handle);
    return made;
}

HICON WINAPI CreateIconFromResourceEx(PBYTE data, DWORD bytes, BOOL icon, DWORD version, int width, int height, UINT flags)
{
    int x = 0, y = 0;
    HICON made;

    if (!data || bytes < 16) return NULL;
    if (version != 0x00030000 && version != 0x00020000) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!icon) { /* a cursor's hot spot comes first */
        x = ((const WORD *)data)[0];
        y = ((const WORD *)data)[1];
        data += 4;
        bytes -= 4;
    }
    int png_width, png_height;
    DWORD *pixels = png_decode(data, bytes, &png_width, &png_height);
    if (pixels) {
        made = icon_from_pixels(png_width, png_height, x, y, !icon, pixels);
        mem_free(pixels);
    } else {
        made = from_dib((const BITMAPINFO *)data, bytes, x, y, !icon, width, height);
    }
    if (!made) return NULL;
    if (flags & LR_DEFAULTSIZE) {
        if (!width) width = GetSystemMetrics(SM_CXICON);
        if (!height) height = GetSystemMetrics(SM_CYICON);
    }
    return scaled(made, width, height);
}

HICON WINAPI CreateIconFromResource(PBYTE data, DWORD bytes, BOOL icon, DWORD version)
{
    return CreateIconFromResourceEx(data, bytes, icon, version, 0, 0, LR_DEFAULTSIZE);
}

/* ---- from a module ---- */

static HICON load_icon(HMODULE module, LPCWSTR name, bool is_cursor, int width, int height, UINT flags)
{
    HICON icon;
    HRSRC resource;

    if (flags & LR_DEFAULTSIZE) {
        if (!width) width = GetSystemMetrics(SM_CXICON);
        if (!height) height = GetSystemMetrics(SM_CYICON);
    }
    if ((flags & LR_SHARED) && (icon = icon_find_shared(module, name, width, height, is_cursor))) return icon;
    if (!(resource = FindResourceW(module, name, is_cursor ? (LPCWSTR)RT_GROUP_CURSOR : (LPCWSTR)RT_GROUP_ICON))) return NULL;
    BYTE *group = LoadResource(module, resource);
    int id = group ? LookupIconIdFromDirectoryEx(group, !is_cursor, width, height, flags) : 0;
    if (!id || !(resource = FindResourceW(module, (LPCWSTR)(ULONG_PTR)id, is_cursor ? (LPCWSTR)RT_CURSOR : (LPCWSTR)RT_ICON))) return NULL;
    BYTE *data = LoadResource(module, resource);
    if (!data) return NULL;
    icon = CreateIconFromResourceEx(data, SizeofResource(module, resource), !is_cursor, 0x00030000, width, height, flags & ~(UINT)LR_SHARED);
    struct icon *made = icon ? icon_of(icon) : NULL;
    if (made) {
        made->module = module;
        made->shared = flags & LR_SHARED;
        made->id = IS_ATOM(name) ? (UINT)(ULONG_PTR)name : 0;
        made->name = IS_ATOM(name) ? NULL : wide_copy(name);
    }
    return icon;
}

/* ---- from a file ---- */

static BYTE *read_file(LPCWSTR path, DWORD *bytes)
{
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    BYTE *data = NULL;

    if (file == INVALID_HANDLE_VALUE) return NULL;
    *bytes = GetFileSize(file, NULL);
    if (*bytes < 0x10000000 && (data = mem_alloc(*bytes + 1)) && !ReadFile(file, data, *bytes, bytes, NULL)) {
        mem_free(data);
        data = NULL;
    }
    CloseHandle(file);
    return data;
}

static HICON icon_from_file(LPCWSTR path, bool is_cursor, int width, int height, UINT flags)
{
    DWORD bytes;
    BYTE *data = read_file(path, &bytes);
    HICON icon = NULL;
    int best[3] = { 0, 0, 0 }, chosen = -1;

    if (!data) return NULL;
    const struct group *group = (const struct group *)data;
    const struct file_entry *entries = (const struct file_entry *)(data + 6);
    if (flags & LR_DEFAULTSIZE) {
        if (!width) width = GetSystemMetrics(SM_CXICON);
        if (!height) height = GetSystemMetrics(SM_CYICON);
    }
    if (bytes > 6 && !group->reserved && (group->type == 1 || group->type == 2) && 6 + group->count * sizeof(*entries) <= bytes) {
        for (int i = 0; i < group->count; i++)
            if (better(entries[i].width ? entries[i].width : 256, entries[i].height ? entries[i].height : 256,
                       group->type == 1 ? entries[i].y : 0, width ? width : 256, height ? height : 256, 32, best)) chosen = i;
        if (chosen >= 0 && entries[chosen].offset < bytes && entries[chosen].bytes <= bytes - entries[chosen].offset) {
            int png_width, png_height, x = group->type == 2 ? entries[chosen].x : 0, y = group->type == 2 ? entries[chosen].y : 0;
            const BYTE *image = data + entries[chosen].offset;
            DWORD *pixels = png_decode(image, entries[chosen].bytes, &png_width, &png_height);
            if (pixels) icon = icon_from_pixels(png_width, png_height, x, y, is_cursor, pixels);
            else icon = from_dib((const BITMAPINFO *)image, entries[chosen].bytes, x, y, is_cursor, width, height);
            mem_free(pixels);
            icon = scaled(icon, width, height);
        }
    }
    mem_free(data);
    return icon;
}

static HBITMAP bitmap_from_dib(const BITMAPINFO *dib, DWORD bytes, const BYTE *bits, int width, int height, UINT flags)
{
    const BITMAPINFOHEADER *header = &dib->bmiHeader;
    int own_width, own_height, depth, colors = 0;
    HBITMAP bitmap;

    if (header->biSize == sizeof(BITMAPCOREHEADER)) {
        const BITMAPCOREHEADER *core = (const BITMAPCOREHEADER *)dib;
        own_width = core->bcWidth, own_height = core->bcHeight, depth = core->bcBitCount;
        colors = depth <= 8 ? (1 << depth) * 3 : 0;
    } else {
        own_width = header->biWidth, own_height = header->biHeight < 0 ? -header->biHeight : header->biHeight, depth = header->biBitCount;
        if (depth <= 8) colors = (header->biClrUsed ? (int)header->biClrUsed : 1 << depth) * 4;
        else if (header->biCompression == BI_BITFIELDS && header->biSize == sizeof(*header)) colors = 12;
    }
    if (!bits) bits = (const BYTE *)dib + header->biSize + colors;
    if (bits > (const BYTE *)dib + bytes || own_width <= 0 || own_height <= 0) return NULL;
    if (!width) width = own_width;
    if (!height) height = own_height;
    HDC dc = CreateCompatibleDC(NULL);
    if (flags & LR_CREATEDIBSECTION) {
        BYTE *copy = mem_alloc(header->biSize + (SIZE_T)colors + 64);
        void *unused;
        memcpy(copy, dib, header->biSize + (SIZE_T)colors);
        if (header->biSize != sizeof(BITMAPCOREHEADER)) {
            BITMAPINFOHEADER *fresh = (BITMAPINFOHEADER *)copy;
            fresh->biWidth = width;
            fresh->biHeight = header->biHeight < 0 ? -height : height;
            fresh->biSizeImage = 0;
            if (fresh->biCompression != BI_BITFIELDS) fresh->biCompression = BI_RGB;
        }
        bitmap = CreateDIBSection(NULL, (const BITMAPINFO *)copy, DIB_RGB_COLORS, &unused, NULL, 0);
        mem_free(copy);
    } else if ((flags & LR_MONOCHROME) || depth == 1) {
        bitmap = CreateBitmap(width, height, 1, 1, NULL);
    } else {
        HDC screen = GetDC(NULL);
        bitmap = CreateCompatibleBitmap(screen, width, height);
        ReleaseDC(NULL, screen);
    }
    HGDIOBJ old = SelectObject(dc, bitmap);
    StretchDIBits(dc, 0, 0, width, height, 0, 0, own_width, own_height, bits, dib, DIB_RGB_COLORS, SRCCOPY);
    SelectObject(dc, old);
    DeleteDC(dc);
    return bitmap;
}

static HBITMAP load_bitmap(HINSTANCE module, LPCWSTR name, int width, int height, UINT flags)
{
    HBITMAP bitmap = NULL;
    DWORD bytes;

    if (flags & LR_LOADFROMFILE) {
        BYTE *data = read_file(name, &bytes);
        const BITMAPFILEHEADER *file = (const BITMAPFILEHEADER *)data;
        if (data && bytes > sizeof(*file) + sizeof(BITMAPCOREHEADER) && file->bfType == 0x4d42 && file->bfOffBits < bytes)
            bitmap = bitmap_from_dib((const BITMAPINFO *)(data + sizeof(*file)), bytes - (DWORD)sizeof(*file), data + file->bfOffBits, width, height, flags);
        mem_free(data);
        return bitmap;
    }
    HRSRC resource = FindResourceW(module, name, (LPCWSTR)RT_BITMAP);
    if (!resource) return NULL;
    return bitmap_from_dib(LoadResource(module, resource), SizeofResource(module, resource), NULL, width, height, flags);
}

HANDLE WINAPI LoadImageW(HINSTANCE module, LPCWSTR name, UINT kind, int width, int height, UINT flags)
{
    if (flags & LR_LOADFROMFILE) {
        if (kind == IMAGE_BITMAP) return load_bitmap(module, name, width, height, flags);
        return icon_from_file(name, kind == IMAGE_CURSOR, width, height, flags);
    }
    switch (kind) {
    case IMAGE_BITMAP: return load_bitmap(module, name, width, height, flags);
    case IMAGE_ICON:
        if (!module && IS_ATOM(name)) return icon_system((UINT)(ULONG_PTR)name, false);
        return load_icon(module, name, false, width, height, flags);
    case IMAGE_CURSOR:
        if (!module && IS_ATOM(name)) return icon_system((UINT)(ULONG_PTR)name, true);
        return load_icon(module, name, true, width, height, flags);
    }
    set_error(ERROR_INVALID_PARAMETER);
    return NULL;
}

HANDLE WINAPI LoadImageA(HINSTANCE module, LPCSTR name, UINT kind, int width, int height, UINT flags)
{
    WCHAR *wide = IS_ATOM(name) ? NULL : wide_from_ansi(name);
    HANDLE image = LoadImageW(module, wide ? wide : (LPCWSTR)name, kind, width, height, flags);

    mem_free(wide);
    return image;
}

HICON WINAPI LoadIconW(HINSTANCE module, LPCWSTR name)
{
    return LoadImageW(module, name, IMAGE_ICON, 0, 0, LR_SHARED | LR_DEFAULTSIZE);
}

HICON WINAPI LoadIconA(HINSTANCE module, LPCSTR name)
{
    return LoadImageA(module, name, IMAGE_ICON, 0, 0, LR_SHARED | LR_DEFAULTSIZE);
}

HCURSOR WINAPI LoadCursorW(HINSTANCE module, LPCWSTR name)
{
    return LoadImageW(module, name, IMAGE_CURSOR, 0, 0, LR_SHARED | LR_DEFAULTSIZE);
}

HCURSOR WINAPI LoadCursorA(HINSTANCE module, LPCSTR name)
{
    return LoadImageA(module, name, IMAGE_CURSOR, 0, 0, LR_SHARED | LR_DEFAULTSIZE);
}

HCURSOR WINAPI LoadCursorFromFileW(LPCWSTR path)
{
    return LoadImageW(NULL, path, IMAGE_CURSOR, 0, 0, LR_LOADFROMFILE | LR_DEFAULTSIZE);
}

HCURSOR WINAPI LoadCursorFromFileA(LPCSTR path)
{
    return LoadImageA(NULL, path, IMAGE_CURSOR, 0, 0, LR_LOADFROMFILE | LR_DEFAULTSIZE);
}

HBITMAP WINAPI LoadBitmapW(HINSTANCE module, LPCWSTR name)
{
    return LoadImageW(module, name, IMAGE_BITMAP, 0, 0, 0);
}

HBITMAP WINAPI LoadBitmapA(HINSTANCE module, LPCSTR name)
{
    return LoadImageA(module, name, IMAGE_BITMAP, 0, 0, 0);
}

HANDLE WINAPI CopyImage(HANDLE image, UINT kind, int width, int height, UINT flags)
{
    if (kind == IMAGE_BITMAP) {
        BITMAP size;
        if (!GetObjectW(image, sizeof(size), &size)) return NULL;
        if (!width) width = size.bmWidth;
        if (!height) height = size.bmHeight;
        HDC from = CreateCompatibleDC(NULL), to = CreateCompatibleDC(NULL), screen = GetDC(NULL);
        HBITMAP copy = flags & LR_CREATEDIBSECTION ? icon_bitmap(width, height, NULL)
                       : size.bmBitsPixel == 1 || (flags & LR_MONOCHROME) ? CreateBitmap(width, height, 1, 1, NULL)
                                                                          : CreateCompatibleBitmap(screen, width, height);
        HGDIOBJ old_from = SelectObject(from, image), old_to = SelectObject(to, copy);
        StretchBlt(to, 0, 0, width, height, from, 0, 0, size.bmWidth, size.bmHeight, SRCCOPY);
        SelectObject(from, old_from);
        SelectObject(to, old_to);
        DeleteDC(from);
        DeleteDC(to);
        ReleaseDC(NULL, screen);
        if (flags & LR_COPYDELETEORG) DeleteObject(image);
        return copy;
    }
    if (kind != IMAGE_ICON && kind != IMAGE_CURSOR) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    const struct icon *icon = icon_of(image);
    if (!icon) return NULL;
    if (flags & LR_DEFAULTSIZE) {
        if (!width) width = GetSystemMetrics(SM_CXICON);
        if (!height) height = GetSystemMetrics(SM_CYICON);
    }
    if ((flags & LR_COPYRETURNORG) && (!width || width == icon->width) && (!height || height == icon->height)) return image;
    HICON copy = scaled(CopyIcon(image), width, height);
    if (flags & LR_COPYDELETEORG) DestroyIcon(image);
    return copy;
}

/* ---- of the system, drawn here ---- */

static bool inside_disc(int x, int y, int x2, int y2, int r2)
{
    return (2 * x - x2) * (2 * x - x2) + (2 * y - y2) * (2 * y - y2) <= r2 * r2;
}

/* A sample of the picture at 128 by 128: 0 nothing, else an opaque colour. */
static DWORD sample(UINT id, int x, int y)
{
    switch (id) {
    case 32513: /* IDI_ERROR */
        if (!inside_disc(x, y, 128, 128, 118)) return 0;
        if (x + y > 118 - 14 + 10 && x + y < 138 + 4 && x > 36 && x < 92 && y > 36 && y < 92) return 0xffffff;
        if (x - y > -12 && x - y < 12 && x > 36 && x < 92 && y > 36 && y < 92) return 0xffffff;
        return 0xc42b1c;
    case 32514: /* IDI_QUESTION */
        if (!inside_disc(x, y, 128, 128, 118)) return 0;
        if (y > 88 && y < 102 && x > 57 && x < 71) return 0xffffff;
        if (y >= 64 && y < 82 && x > 58 && x < 70) return 0xffffff;
        if (inside_disc(x, y, 128, 92, 46) && !inside_disc(x, y, 128, 92, 24) && !(x < 64 && y > 46)) return 0xffffff;
        return 0x0063b1;
    case 32515: /* IDI_WARNING */
        if (y < 8 || y > 116 || x < 64 - (y - 4) * 58 / 112 || x > 64 + (y - 4) * 58 / 112) return 0;
        if (x > 58 && x < 70 && ((y > 42 && y < 84) || (y > 92 && y < 104))) return 0x1a1a1a;
        return 0xffcc33;
    case 32516: /* IDI_INFORMATION */
        if (!inside_disc(x, y, 128, 128, 118)) return 0;
        if (x > 57 && x < 71 && ((y > 54 && y < 100) || (y > 28 && y < 42))) return 0xffffff;
        return 0x0063b1;
    default: /* IDI_APPLICATION and its like: a window */
        if (x < 8 || x >= 120 || y < 16 || y >= 112) return 0;
        if (x < 12 || x >= 116 || y < 20 || y >= 108) return 0x5f6b7a;
        return y < 38 ? 0x3a78c3 : 0xffffff;
    }
}

static DWORD *paint_icon(UINT id, int size)
{
    DWORD *pixels = mem_alloc((SIZE_T)size * (SIZE_T)size * 4);
    int step = 128 / size;

    for (int y = 0; pixels && y < size; y++) {
        for (int x = 0; x < size; x++) {
            UINT r = 0, g = 0, b = 0, count = 0, total = 0;
            for (int j = 0; j < step; j++)
                for (int i = 0; i < step; i++, total++) {
                    DWORD color = sample(id, x * step + i, y * step + j);
                    if (!color) continue;
                    r += color >> 16, g += color >> 8 & 0xff, b += color & 0xff, count++;
                }
            pixels[y * size + x] = count ? (DWORD)(count * 255 / total) << 24 | r / count << 16 | g / count << 8 | b / count : 0;
        }
    }
    return pixels;
}

static DWORD *paint_arrow(void)
{
    DWORD *pixels = mem_alloc_zeroed(32 * 32 * 4);

    for (int y = 0; pixels && y < 19; y++)
        for (int x = 0; x <= y && x < 12; x++) {
            bool tail = y > 11 && x > 3 && !(x >= 4 + (y - 12) / 2 && x <= 6 + (y - 12) / 2);
            if (tail || (y > 11 && x <= 3 && x > 18 - y - 2)) continue;
            bool edge = !x || x == y || y == 18 || (y == 11 && x > 6);
            pixels[y * 32 + x] = edge ? 0xff000000 : 0xffffffff;
        }
    return pixels;
}

HICON icon_system(UINT id, bool is_cursor)
{
    static const UINT cursors[] = { 32512, 32513, 32514, 32515, 32516, 32640, 32641, 32642, 32643, 32644, 32645, 32646, 32648, 32649, 32650, 32651 };
    static struct {
        UINT id;
        bool is_cursor;
        HICON icon;
    } made[40];
    bool known = !is_cursor && id >= 32512 && id <= 32518;

    for (int i = 0; i < (int)ARRAYSIZE(cursors) && is_cursor; i++) known |= cursors[i] == id;
    if (!known) {
        set_error(ERROR_RESOURCE_NAME_NOT_FOUND);
        return NULL;
    }
    for (int i = 0; i < (int)ARRAYSIZE(made); i++) {
        if (made[i].icon && (made[i].id != id || made[i].is_cursor != is_cursor)) continue;
        if (made[i].icon) return made[i].icon;
        DWORD *pixels = is_cursor ? paint_arrow() : paint_icon(id, 32);
        HICON icon = pixels ? icon_from_pixels(32, 32, is_cursor ? 0 : 16, is_cursor ? 0 : 16, is_cursor, pixels) : NULL;
        struct icon *data = icon ? icon_of(icon) : NULL;
        mem_free(pixels);
        if (data) {
            data->system = id;
            data->shared = true;
            data->id = id;
        }
        made[i].id = id;
        made[i].is_cursor = is_cursor;
        return made[i].icon = icon;
    }
    return NULL;
}
