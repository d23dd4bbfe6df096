/* Icons and cursors: icon.c keeps and draws them, iconload.c makes them of resources and files. */
#ifndef USER32_ICON_H
#define USER32_ICON_H

#include "user32.h"

struct icon {
    UINT magic;
    bool is_cursor, shared, alpha; /* alpha: the colour bitmap has an alpha channel, premultiplied */
    UINT system;                   /* IDC_* or IDI_* of the system, 0 */
    int width, height, x, y;       /* hot spot */
    HBITMAP color;                 /* NULL: monochrome, the mask holds both halves */
    HBITMAP mask;
    HMODULE module;
    WCHAR *name; /* of a shared one: where it came from */
    UINT id;
};

struct icon *icon_of(HICON handle); /* NULL with ERROR_INVALID_CURSOR_HANDLE */
HICON icon_make(const struct icon *icon);
/* A 32-bit bitmap of BGRA pixels from the top down. */
HBITMAP icon_bitmap(int width, int height, const DWORD *pixels);
HICON icon_from_pixels(int width, int height, int x, int y, bool is_cursor, const DWORD *pixels);
HICON icon_find_shared(HMODULE module, LPCWSTR name, int width, int height, bool is_cursor);
HICON icon_system(UINT id, bool is_cursor);
/* The icon's pixels as BGRA, not premultiplied, on the heap. */
DWORD *icon_pixels(const struct icon *icon, int width, int height);
/* BGRA pixels of a PNG image on the heap, NULL: not one. png.c */
DWORD *png_decode(const BYTE *data, DWORD bytes, int *width, int *height);

#endif
