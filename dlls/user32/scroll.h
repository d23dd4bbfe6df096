/* Scroll bars: of windows (scroll.c) and as controls (scrollbar.c). */
#ifndef USER32_SCROLL_H
#define USER32_SCROLL_H

#include "user32.h"

struct scroll_data {
    int minimum, maximum, position;
    UINT page;
    UINT disabled; /* ESB_* */
    bool tracking;
    int track_position;
};

/* Along the bar, in pixels from its beginning: an arrow, the track with the thumb, an arrow. */
struct scroll_layout {
    RECT rect;
    bool vertical;
    int arrow, track, thumb, thumb_at; /* thumb 0: none */
};

enum { SCROLL_NOWHERE, SCROLL_FIRST_ARROW, SCROLL_BEFORE, SCROLL_THUMB, SCROLL_AFTER, SCROLL_LAST_ARROW };
#define SCROLL_TIMER 0x7ff3

struct scroll_data *scroll_of(HWND window, int bar, bool make);
struct scroll_data *scroll_of_control(HWND window); /* NULL: not a scroll bar */
void scroll_window_gone(HWND window);
BOOL scroll_layout(HWND window, int bar, struct scroll_layout *layout);
int scroll_hit(const struct scroll_layout *layout, POINT at);
void scroll_draw(HWND window, HDC dc, int bar, int pressed);
void scroll_track(HWND window, int bar, POINT at);
int scroll_set(HWND window, int bar, const SCROLLINFO *info, BOOL paint);
BOOL scroll_get(HWND window, int bar, SCROLLINFO *info);

#endif
