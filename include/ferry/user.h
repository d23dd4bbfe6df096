/* What user32.dll and win32u.so tell each other: fields of fixed size, the same for both architectures. */
#ifndef FERRY_USER_H
#define FERRY_USER_H

#include "ferry/nt.h"

/* Win32 errors of windows have no NTSTATUS of their own; RtlNtStatusToDosError gives the lower half back. */
#define STATUS_USER(error) ((NTSTATUS)(0xc0070000u | (error)))
#define STATUS_BAD_WINDOW STATUS_USER(ERROR_INVALID_WINDOW_HANDLE)

/* What the reference leaves out. */
#ifndef DCX_USESTYLE
#define DCX_USESTYLE 0x00010000
#endif
#ifndef WM_SYSTIMER
#define WM_SYSTIMER 0x0118
#endif
#ifndef SWP_STATECHANGED
#define SWP_STATECHANGED 0x8000 /* minimised, maximised or restored */
#endif
#ifndef SWP_NOCLIENTSIZE
#define SWP_NOCLIENTSIZE 0x0800
#define SWP_NOCLIENTMOVE 0x1000
#endif

/* ---- classes ---- */

#define CLASS_UNICODE 1u /* window_proc takes wide strings */
#define CLASS_SYSTEM 2u  /* of user32 itself: found by every module */

struct user_class {
    UINT64 token; /* of the class in this process */
    UINT64 window_proc;
    UINT64 instance;
    UINT64 icon, small_icon, cursor, background;
    UINT64 menu_name; /* user32's own copies, or a number */
    UINT32 style, atom;
    INT32 class_extra, window_extra; /* bytes */
    UINT32 flags;
    UINT32 name_units;
    WCHAR name[256];
};

/* ---- windows ---- */

struct user_create {
    UINT64 class_token;
    UINT64 parent, owner;
    UINT64 menu; /* or the child's id */
    UINT64 instance;
    UINT32 style, ex_style;
    INT32 x, y, width, height; /* relative to the parent's client area */
};

#define WINDOW_UNICODE 1u
#define WINDOW_LOCAL 2u       /* of this process */
#define WINDOW_MINE 4u        /* of the calling thread */
#define WINDOW_DESTROYING 8u
#define WINDOW_TOP_LEVEL 16u  /* child of the desktop */
#define WINDOW_DIALOG 32u
#define WINDOW_HOOKED 64u     /* WH_CALLWNDPROC or WH_CALLWNDPROCRET are set for the calling thread */
#define WINDOW_REALLY_VISIBLE 128u
#define WINDOW_NO_ACTIVATION 256u
#define WINDOW_CREATED 512u   /* WM_NCCREATE has been answered */
#define WINDOW_NEED_SIZE 2048u /* WM_SIZE and WM_MOVE come when it is first shown */
#define WINDOW_NC_ACTIVE 4096u

struct user_window {
    UINT64 proc, instance, user_data, id, class_token;
    UINT32 parent, owner;
    UINT32 style, ex_style, class_style;
    UINT32 thread, process;
    UINT32 flags;
    UINT32 class_atom;
    INT32 window_extra;
    RECT window, client; /* screen coordinates */
    RECT relative;       /* the window, relative to the parent's client area */
    INT32 dpi;
    UINT32 reserved;
};

struct user_target {
    UINT64 proc;
    UINT32 flags;
    UINT32 thread;
};

/* NtUserWindowList */
#define LIST_CHILDREN 0    /* of a parent, top to bottom */
#define LIST_DESCENDANTS 1 /* depth first */
#define LIST_THREAD 2      /* top-level windows of a thread */

/* NtUserWindowWord: indexes beside those of GetWindowLong. */
#define WINDOW_WORD_FLAGS (-100) /* WINDOW_DIALOG, WINDOW_CREATED, … to set; upper half: to clear */
#define WINDOW_WORD_STYLE_RAW (-101)
#define WINDOW_WORD_BIG_ICON (-102)
#define WINDOW_WORD_SMALL_ICON (-103)
#define WINDOW_WORD_SYSTEM_MENU (-104)
#define WINDOW_WORD_UNICODE (-105)
#define WINDOW_WORD_HELP_ID (-106)
#define WINDOW_WORD_MENU (-107)
#define WINDOW_WORD_CONTROL (-108) /* user32's own, for its controls */
#define WINDOW_WORD_SCROLL (-109)
#define WINDOW_WORD_LAST_POPUP (-110)

/* ---- messages ---- */

struct user_message {
    UINT64 window;
    UINT64 wparam, lparam;
    UINT64 extra;
    UINT32 message;
    UINT32 time;
    INT32 x, y;
};

#define EVENT_NOTHING 0
#define EVENT_MESSAGE 1  /* a posted message, timer, paint, quit */
#define EVENT_CALL 2     /* a message was sent: run the procedure, then NtUserReply(token, result) */
#define EVENT_RESULT 3   /* SendMessageCallback: call `proc`(window, message, extra, result in wparam) */
#define EVENT_INPUT 4    /* of the device queue, number in token: user32 makes the message */
#define EVENT_DONE 5     /* the wait for a reply is over: result in `result` */
#define EVENT_HOOK 6     /* a low-level hook: call `proc`; wparam message, payload the structure */
#define EVENT_TIMEOUT 7

#define SEND_ANSI 1u     /* the sender's strings are ANSI */
#define SEND_NOTIFY 2u
#define SEND_CALLBACK 4u
#define SEND_ABORT_IF_HUNG 8u
#define SEND_BLOCK 16u
#define SEND_TIMEOUT 32u
#define SEND_FOREIGN 64u /* from another process: data, if any, lies in the payload */
#define SEND_NO_TIMEOUT_IF_NOT_HUNG 128u
#define SEND_ERROR_ON_EXIT 256u

struct user_event {
    struct user_message message;
    UINT32 kind;
    UINT32 flags; /* SEND_* */
    UINT64 token;
    UINT64 proc;
    UINT64 result;
    UINT32 payload_bytes; /* read with NtUserPayload */
    UINT32 hooks;         /* kinds of hooks set for this thread: bit WH_x + 1 */
};

#define INPUT_MOUSE_MESSAGE 1
#define INPUT_KEY_MESSAGE 2

/* Another process's message may carry data both ways. */
struct user_send {
    struct user_message message;
    UINT32 flags, timeout;
    UINT64 callback, callback_data;
    UINT64 data; /* pointer to data_bytes, sent along to another process */
    UINT32 data_bytes;
    UINT32 reply_bytes; /* room at reply_data */
    UINT64 reply_data;
    UINT64 token, deadline; /* set by NtUserSend, for NtUserSendWait */
};

/* ---- hooks ---- */

struct user_hook {
    UINT64 proc;
    UINT32 handle; /* 0: none */
    UINT32 flags;  /* 1: proc is of the Unicode kind */
    INT32 id;
    UINT32 thread;
};

/* NtUserThreadState */
struct user_thread_state {
    UINT32 focus, active, capture, foreground, menu_owner, move_size, caret;
    UINT32 flags;
    RECT caret_rect;
    UINT32 message_time;
    INT32 message_x, message_y;
    UINT64 extra;
};

/* NtUserSetState */
#define STATE_FOCUS 0
#define STATE_ACTIVE 1
#define STATE_CAPTURE 2
#define STATE_MENU 3
#define STATE_MOVE_SIZE 4
#define STATE_CARET 5
#define STATE_CURSOR 6       /* a cursor handle in place of the window */
#define STATE_CURSOR_COUNT 7 /* a number that is added */
#define STATE_FOREGROUND 8
#define STATE_FOREGROUND_TOLD 9 /* the desktop did it already */

/* Messages that the driver puts into queues, for user32 alone. */
#define WM_FERRY_FIRST 0x80000001u
#define WM_FERRY_MOVED 0x80000001u /* wparam: left, top << 16; lparam: width, height << 16 */
#define WM_FERRY_FOCUS 0x80000002u /* wparam: 1 got it, 0 lost it */
#define WM_FERRY_STATE 0x80000003u /* wparam: SW_* */
#define WM_FERRY_CLOSE 0x80000004u
#define WM_FERRY_LAST 0x8000000fu

/* ---- painting ---- */

/* NtUserTakeUpdate */
#define USER_PAINT_LOOK 0    /* everything stays */
#define USER_PAINT_TAKE 1    /* BeginPaint: nothing is left to paint */
#define USER_PAINT_ERASE 2   /* erasing and frame are done now */
#define USER_PAINT_REERASE 3 /* erasing failed: again with the next WM_PAINT */
#define USER_PAINT_BOUNDS 4  /* as LOOK, without regions */

#define USER_PAINT_DO_ERASE 1u
#define USER_PAINT_DO_FRAME 2u
#define USER_PAINT_INTERNAL 4u
#define USER_PAINT_UPDATE 16u

struct user_paint {
    UINT64 client; /* new region in client coordinates, the caller's */
    UINT64 whole;  /* with DO_FRAME: new region in screen coordinates, the caller's */
    RECT bounds;   /* of `client` */
    UINT32 flags;  /* USER_PAINT_* */
    UINT32 reserved;
};

/* NtUserSetPlace */
struct user_place {
    RECT window, client; /* relative to the parent's client area */
    RECT valid_from, valid_to; /* client pixels to keep, window coordinates of before and after; empty: none */
    UINT64 after;
    UINT32 flags; /* SWP_* */
    UINT32 reserved;
};

#endif
