/* Menus as user32 keeps them: menu.c has the data, menudraw.c the looks, menutrack.c the mouse and keyboard. */
#ifndef USER32_MENU_H
#define USER32_MENU_H

#include "user32.h"

struct menu_item {
    UINT type;  /* MFT_* */
    UINT state; /* MFS_* */
    UINT id;
    HMENU submenu;
    HBITMAP checked, unchecked, bitmap;
    ULONG_PTR data;
    WCHAR *text; /* NULL: none */
    RECT rect;   /* relative to the menu */
    int tab;     /* where the part behind a tab begins */
};

struct menu {
    UINT magic;
    HMENU handle;
    bool popup, system;
    struct menu_item *items;
    int count, room;
    int focused; /* -1: none */
    int width, height;
    HWND window;  /* that shows it as its bar, or the popup's own */
    HWND owner;
    DWORD style;  /* MNS_* */
    UINT max_height;
    HBRUSH background;
    ULONG_PTR data;
    DWORD help;
};
#define NO_ITEM (-1)

struct menu *menu_of(HMENU handle); /* NULL with ERROR_INVALID_MENU_HANDLE */
/* By command or position; looks into submenus by command. */
struct menu_item *menu_find(struct menu **menu, UINT id, UINT flags, int *position);

void menu_measure(struct menu *menu, HWND owner, int width); /* a bar of that width; 0: a popup */
void menu_draw(struct menu *menu, HDC dc, HWND owner);
void menu_draw_item(struct menu *menu, HDC dc, HWND owner, int position);
HFONT menu_font(bool bold);

/* Opens the bar or system menu by mouse or key (WM_SYSCOMMAND). */
void menu_track_mouse(HWND window, int code, POINT at);
void menu_track_key(HWND window, WPARAM wparam, WCHAR key);

#endif
