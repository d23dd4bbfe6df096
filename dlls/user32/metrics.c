/* winuser.h: GetSystemMetrics, colours, SystemParametersInfo, monitors, DPI. */
#include "user32.h"

static RECT screen_rect(void)
{
    RECT screen = { 0, 0, 1024, 768 };
    BOOL shown;

    NtUserScreen(&screen, &shown);
    return screen;
}

RECT work_area(void)
{
    return screen_rect();
}

int WINAPI GetSystemMetrics(int index)
{
    RECT screen;

    switch (index) {
    case SM_CXSCREEN:
    case SM_CXVIRTUALSCREEN:
    case SM_CXFULLSCREEN: screen = screen_rect(); return screen.right - screen.left;
    case SM_CYSCREEN:
    case SM_CYVIRTUALSCREEN: screen = screen_rect(); return screen.bottom - screen.top;
    case SM_XVIRTUALSCREEN: return screen_rect().left;
    case SM_YVIRTUALSCREEN: return screen_rect().top;
    case SM_CYFULLSCREEN: screen = work_area(); return screen.bottom - screen.top - 23;
    case SM_CXMAXTRACK: screen = screen_rect(); return screen.right - screen.left + 4 + 2 * 8;
    case SM_CYMAXTRACK: screen = screen_rect(); return screen.bottom - screen.top + 4 + 2 * 8;
    case SM_CXMAXIMIZED: screen = work_area(); return screen.right - screen.left + 2 * 8;
    case SM_CYMAXIMIZED: screen = work_area(); return screen.bottom - screen.top + 2 * 8;
    case SM_CXVSCROLL:
    case SM_CYHSCROLL:
    case SM_CYVSCROLL:
    case SM_CXHSCROLL:
    case SM_CYVTHUMB:
    case SM_CXHTHUMB: return 17;
    case SM_CYCAPTION: return 23;
    case SM_CXBORDER:
    case SM_CYBORDER: return 1;
    case SM_CXDLGFRAME:
    case SM_CYDLGFRAME: return 3;
    case SM_CXICON:
    case SM_CYICON:
    case SM_CXCURSOR:
    case SM_CYCURSOR: return 32;
    case SM_CYMENU: return 20;
    case SM_MOUSEPRESENT:
    case SM_MOUSEWHEELPRESENT:
    case SM_MOUSEHORIZONTALWHEELPRESENT: return 1;
    case SM_CMOUSEBUTTONS: return 5;
    case SM_CXMIN: return 136;
    case SM_CYMIN: return 39;
    case SM_CXMINTRACK: return 136;
    case SM_CYMINTRACK: return 39;
    case SM_CXSIZE: return 36;
    case SM_CYSIZE: return 22;
    case SM_CXFRAME:
    case SM_CYFRAME:
    case SM_CXPADDEDBORDER: return 4;
    case SM_CXDOUBLECLK:
    case SM_CYDOUBLECLK:
    case SM_CXDRAG:
    case SM_CYDRAG: return 4;
    case SM_CXICONSPACING:
    case SM_CYICONSPACING: return 75;
    case SM_CXEDGE:
    case SM_CYEDGE: return 2;
    case SM_CXMINSPACING: return 160;
    case SM_CYMINSPACING: return 28;
    case SM_CXSMICON:
    case SM_CYSMICON: return 16;
    case SM_CYSMCAPTION: return 23;
    case SM_CXSMSIZE:
    case SM_CYSMSIZE: return 22;
    case SM_CXMENUSIZE:
    case SM_CYMENUSIZE: return 19;
    case SM_ARRANGE: return ARW_HIDE;
    case SM_CXMINIMIZED: return 160;
    case SM_CYMINIMIZED: return 28;
    case SM_NETWORK: return 3;
    case SM_CLEANBOOT: return 0;
    case SM_CXMENUCHECK:
    case SM_CYMENUCHECK: return 15;
    case SM_CMONITORS:
    case SM_SAMEDISPLAYFORMAT: return 1;
    case SM_CXFOCUSBORDER:
    case SM_CYFOCUSBORDER: return 1;
    }
    return 0;
}

int WINAPI GetSystemMetricsForDpi(int index, UINT dpi)
{
    return GetSystemMetrics(index);
}

/* ---- colours: those of Windows 10 ---- */

#define COLOR_COUNT 31
static COLORREF colors[COLOR_COUNT] = {
    [COLOR_SCROLLBAR] = RGB(200, 200, 200), [COLOR_BACKGROUND] = RGB(0, 0, 0), [COLOR_ACTIVECAPTION] = RGB(153, 180, 209),
    [COLOR_INACTIVECAPTION] = RGB(191, 205, 219), [COLOR_MENU] = RGB(240, 240, 240), [COLOR_WINDOW] = RGB(255, 255, 255),
    [COLOR_WINDOWFRAME] = RGB(100, 100, 100), [COLOR_MENUTEXT] = RGB(0, 0, 0), [COLOR_WINDOWTEXT] = RGB(0, 0, 0),
    [COLOR_CAPTIONTEXT] = RGB(0, 0, 0), [COLOR_ACTIVEBORDER] = RGB(180, 180, 180), [COLOR_INACTIVEBORDER] = RGB(244, 247, 252),
    [COLOR_APPWORKSPACE] = RGB(171, 171, 171), [COLOR_HIGHLIGHT] = RGB(0, 120, 215), [COLOR_HIGHLIGHTTEXT] = RGB(255, 255, 255),
    [COLOR_BTNFACE] = RGB(240, 240, 240), [COLOR_BTNSHADOW] = RGB(160, 160, 160), [COLOR_GRAYTEXT] = RGB(109, 109, 109),
    [COLOR_BTNTEXT] = RGB(0, 0, 0), [COLOR_INACTIVECAPTIONTEXT] = RGB(0, 0, 0), [COLOR_BTNHIGHLIGHT] = RGB(255, 255, 255),
    [COLOR_3DDKSHADOW] = RGB(105, 105, 105), [COLOR_3DLIGHT] = RGB(227, 227, 227), [COLOR_INFOTEXT] = RGB(0, 0, 0),
    [COLOR_INFOBK] = RGB(255, 255, 225), [25] = RGB(0, 0, 0), [COLOR_HOTLIGHT] = RGB(0, 102, 204),
    [COLOR_GRADIENTACTIVECAPTION] = RGB(185, 209, 234), [COLOR_GRADIENTINACTIVECAPTION] = RGB(215, 228, 242),
    [COLOR_MENUHILIGHT] = RGB(0, 120, 215), [COLOR_MENUBAR] = RGB(240, 240, 240),
};
static HBRUSH brushes[COLOR_COUNT];

DWORD WINAPI GetSysColor(int index)
{
    return index >= 0 && index < COLOR_COUNT ? colors[index] : 0;
}

/* Owned by the system: programs must not delete it, and if they try, nothing happens. */
HBRUSH WINAPI GetSysColorBrush(int index)
{
    if (index < 0 || index >= COLOR_COUNT) return NULL;
    if (!brushes[index]) brushes[index] = CreateSolidBrush(colors[index]);
    return brushes[index];
}

BOOL WINAPI SetSysColors(int count, const INT *elements, const COLORREF *values)
{
    for (int i = 0; i < count; i++) {
        if (elements[i] < 0 || elements[i] >= COLOR_COUNT) continue;
        colors[elements[i]] = values[i];
        brushes[elements[i]] = NULL;
    }
    PostMessageW(HWND_BROADCAST, WM_SYSCOLORCHANGE, 0, 0);
    return TRUE;
}

/* ---- parameters ---- */

static void default_font(LOGFONTW *font, LONG height, LONG weight)
{
    static const WCHAR face[] = L"Segoe UI";

    memset(font, 0, sizeof(*font));
    font->lfHeight = height;
    font->lfWeight = weight;
    font->lfCharSet = DEFAULT_CHARSET;
    memcpy(font->lfFaceName, face, sizeof(face));
}

static BOOL non_client_metrics(NONCLIENTMETRICSW *metrics)
{
    UINT size = metrics->cbSize;

    if (size != sizeof(*metrics) && size != offsetof(NONCLIENTMETRICSW, iPaddedBorderWidth)) return set_error(ERROR_INVALID_PARAMETER);
    memset(metrics, 0, size);
    metrics->cbSize = size;
    metrics->iBorderWidth = 1;
    metrics->iScrollWidth = metrics->iScrollHeight = 17;
    metrics->iCaptionWidth = 36;
    metrics->iCaptionHeight = 22;
    metrics->iSmCaptionWidth = metrics->iSmCaptionHeight = 22;
    metrics->iMenuWidth = metrics->iMenuHeight = 19;
    default_font(&metrics->lfCaptionFont, -12, FW_NORMAL);
    default_font(&metrics->lfSmCaptionFont, -12, FW_NORMAL);
    default_font(&metrics->lfMenuFont, -12, FW_NORMAL);
    default_font(&metrics->lfStatusFont, -12, FW_NORMAL);
    default_font(&metrics->lfMessageFont, -12, FW_NORMAL);
    if (size == sizeof(*metrics)) metrics->iPaddedBorderWidth = 4;
    return TRUE;
}

static UINT settings[0x2100];
static bool settings_known[0x2100];

static UINT setting_default(UINT action)
{
    switch (action) {
    case SPI_GETBEEP: return TRUE;
    case SPI_GETBORDER: return 1;
    case SPI_GETKEYBOARDSPEED: return 31;
    case SPI_GETKEYBOARDDELAY: return 1;
    case SPI_GETSCREENSAVETIMEOUT: return 600;
    case SPI_GETICONTITLEWRAP: return TRUE;
    case SPI_GETMENUDROPALIGNMENT: return FALSE;
    case SPI_GETFASTTASKSWITCH: return TRUE;
    case SPI_GETDRAGFULLWINDOWS: return TRUE;
    case SPI_GETWHEELSCROLLLINES:
    case SPI_GETWHEELSCROLLCHARS: return 3;
    case SPI_GETMENUSHOWDELAY: return 400;
    case SPI_GETMOUSEHOVERWIDTH:
    case SPI_GETMOUSEHOVERHEIGHT: return 4;
    case SPI_GETMOUSEHOVERTIME: return 400;
    case SPI_GETFONTSMOOTHING: return TRUE;
    case SPI_GETMOUSESPEED: return 10;
    case SPI_GETFOREGROUNDLOCKTIMEOUT: return 200000;
    case SPI_GETFOREGROUNDFLASHCOUNT: return 7;
    case SPI_GETCARETWIDTH: return 1;
    case SPI_GETFONTSMOOTHINGTYPE: return FE_FONTSMOOTHINGSTANDARD;
    case SPI_GETFONTSMOOTHINGCONTRAST: return 1400;
    case SPI_GETFOCUSBORDERWIDTH:
    case SPI_GETFOCUSBORDERHEIGHT: return 1;
    case SPI_GETCLIENTAREAANIMATION: return FALSE;
    case SPI_GETFLATMENU: return TRUE;
    case SPI_GETCLEARTYPE: return TRUE;
    case SPI_GETMESSAGEDURATION: return 5;
    }
    return 0;
}

static UINT setting(UINT action)
{
    return action < ARRAYSIZE(settings) && settings_known[action] ? settings[action] : setting_default(action);
}

BOOL WINAPI SystemParametersInfoW(UINT action, UINT parameter, PVOID data, UINT flags)
{
    switch (action) {
    case SPI_GETBEEP:
    case SPI_GETBORDER:
    case SPI_GETKEYBOARDSPEED:
    case SPI_GETKEYBOARDDELAY:
    case SPI_GETSCREENSAVETIMEOUT:
    case SPI_GETSCREENSAVEACTIVE:
    case SPI_GETICONTITLEWRAP:
    case SPI_GETMENUDROPALIGNMENT:
    case SPI_GETFASTTASKSWITCH:
    case SPI_GETDRAGFULLWINDOWS:
    case SPI_GETWHEELSCROLLLINES:
    case SPI_GETWHEELSCROLLCHARS:
    case SPI_GETMENUSHOWDELAY:
    case SPI_GETMOUSEHOVERWIDTH:
    case SPI_GETMOUSEHOVERHEIGHT:
    case SPI_GETMOUSEHOVERTIME:
    case SPI_GETFONTSMOOTHING:
    case SPI_GETMOUSESPEED:
    case SPI_GETFOREGROUNDLOCKTIMEOUT:
    case SPI_GETFOREGROUNDFLASHCOUNT:
    case SPI_GETCARETWIDTH:
    case SPI_GETFONTSMOOTHINGTYPE:
    case SPI_GETFONTSMOOTHINGCONTRAST:
    case SPI_GETFOCUSBORDERWIDTH:
    case SPI_GETFOCUSBORDERHEIGHT:
    case SPI_GETCLIENTAREAANIMATION:
    case SPI_GETFLATMENU:
    case SPI_GETCLEARTYPE:
    case SPI_GETMESSAGEDURATION:
    case SPI_GETSCREENREADER:
    case SPI_GETSHOWSOUNDS:
    case SPI_GETKEYBOARDPREF:
    case SPI_GETKEYBOARDCUES:
    case SPI_GETMENUANIMATION:
    case SPI_GETCOMBOBOXANIMATION:
    case SPI_GETLISTBOXSMOOTHSCROLLING:
    case SPI_GETGRADIENTCAPTIONS:
    case SPI_GETHOTTRACKING:
    case SPI_GETMENUFADE:
    case SPI_GETSELECTIONFADE:
    case SPI_GETTOOLTIPANIMATION:
    case SPI_GETCURSORSHADOW:
    case SPI_GETMOUSESONAR:
    case SPI_GETDROPSHADOW:
    case SPI_GETUIEFFECTS:
    case SPI_GETACTIVEWINDOWTRACKING:
    case SPI_GETMOUSETRAILS:
    case SPI_GETSNAPTODEFBUTTON:
    case SPI_GETSCREENSAVERRUNNING:
    case SPI_GETMOUSEVANISH:
        if (!data) return set_error(ERROR_INVALID_PARAMETER);
        *(UINT *)data = setting(action);
        return TRUE;
    case SPI_SETBEEP:
    case SPI_SETKEYBOARDSPEED:
    case SPI_SETKEYBOARDDELAY:
    case SPI_SETSCREENSAVETIMEOUT:
    case SPI_SETSCREENSAVEACTIVE:
    case SPI_SETICONTITLEWRAP:
    case SPI_SETMENUDROPALIGNMENT:
    case SPI_SETDRAGFULLWINDOWS:
    case SPI_SETWHEELSCROLLLINES:
    case SPI_SETWHEELSCROLLCHARS:
    case SPI_SETMENUSHOWDELAY:
    case SPI_SETMOUSEHOVERWIDTH:
    case SPI_SETMOUSEHOVERHEIGHT:
    case SPI_SETMOUSEHOVERTIME:
    case SPI_SETFONTSMOOTHING:
    case SPI_SETSHOWSOUNDS:
    case SPI_SETKEYBOARDPREF:
    case SPI_SETSCREENREADER:
    case SPI_SETMOUSETRAILS:
    case SPI_SETSNAPTODEFBUTTON: { /* for this process */
        UINT get = action == SPI_SETDRAGFULLWINDOWS ? SPI_GETDRAGFULLWINDOWS : action == SPI_SETWHEELSCROLLLINES ? SPI_GETWHEELSCROLLLINES
                   : action == SPI_SETMOUSETRAILS ? SPI_GETMOUSETRAILS : action - 1;
        if (action == SPI_SETFONTSMOOTHING || action == SPI_SETSCREENREADER || action == SPI_SETSHOWSOUNDS) get = action - 1;
        settings[get] = parameter;
        settings_known[get] = true;
        break;
    }
    case SPI_GETWORKAREA:
        if (!data) return set_error(ERROR_INVALID_PARAMETER);
        *(RECT *)data = work_area();
        return TRUE;
    case SPI_GETNONCLIENTMETRICS: return data ? non_client_metrics(data) : set_error(ERROR_INVALID_PARAMETER);
    case SPI_GETICONTITLELOGFONT:
        if (!data || parameter < sizeof(LOGFONTW)) return set_error(ERROR_INVALID_PARAMETER);
        default_font(data, -12, FW_NORMAL);
        return TRUE;
    case SPI_GETICONMETRICS: {
        ICONMETRICSW *metrics = data;
        if (!metrics || metrics->cbSize != sizeof(*metrics)) return set_error(ERROR_INVALID_PARAMETER);
        metrics->iHorzSpacing = metrics->iVertSpacing = 75;
        metrics->iTitleWrap = (int)setting(SPI_GETICONTITLEWRAP);
        default_font(&metrics->lfFont, -12, FW_NORMAL);
        return TRUE;
    }
    case SPI_GETMINIMIZEDMETRICS: {
        MINIMIZEDMETRICS *metrics = data;
        if (!metrics || metrics->cbSize != sizeof(*metrics)) return set_error(ERROR_INVALID_PARAMETER);
        metrics->iWidth = 154;
        metrics->iHorzGap = metrics->iVertGap = 0;
        metrics->iArrange = ARW_HIDE;
        return TRUE;
    }
    case SPI_GETANIMATION: {
        ANIMATIONINFO *animation = data;
        if (!animation || animation->cbSize != sizeof(*animation)) return set_error(ERROR_INVALID_PARAMETER);
        animation->iMinAnimate = 0;
        return TRUE;
    }
    case SPI_GETHIGHCONTRAST: {
        HIGHCONTRASTW *contrast = data;
        if (!contrast || contrast->cbSize != sizeof(*contrast)) return set_error(ERROR_INVALID_PARAMETER);
        contrast->dwFlags = 0;
        contrast->lpszDefaultScheme = NULL;
        return TRUE;
    }
    case SPI_GETMOUSE: {
        int *mouse = data;
        if (!mouse) return set_error(ERROR_INVALID_PARAMETER);
        mouse[0] = 6, mouse[1] = 10, mouse[2] = 1;
        return TRUE;
    }
    case SPI_GETDEFAULTINPUTLANG:
        if (!data) return set_error(ERROR_INVALID_PARAMETER);
        *(HKL *)data = GetKeyboardLayout(0);
        return TRUE;
    case SPI_GETDESKWALLPAPER:
        if (!data || !parameter) return set_error(ERROR_INVALID_PARAMETER);
        *(WCHAR *)data = 0;
        return TRUE;
    default: return set_error(ERROR_INVALID_SPI_VALUE);
    }
    if (flags & (SPIF_UPDATEINIFILE | SPIF_SENDCHANGE) && (flags & SPIF_SENDCHANGE))
        SendNotifyMessageW(HWND_BROADCAST, WM_SETTINGCHANGE, action, 0);
    return TRUE;
}

static void font_to_ansi(const LOGFONTW *wide, LOGFONTA *ansi)
{
    memcpy(ansi, wide, offsetof(LOGFONTA, lfFaceName));
    ansi_into(ansi->lfFaceName, LF_FACESIZE, wide->lfFaceName, wide_length(wide->lfFaceName));
}

BOOL WINAPI SystemParametersInfoA(UINT action, UINT parameter, PVOID data, UINT flags)
{
    switch (action) {
    case SPI_GETNONCLIENTMETRICS: {
        NONCLIENTMETRICSA *ansi = data;
        NONCLIENTMETRICSW wide = { sizeof(wide) };
        if (!ansi || (ansi->cbSize != sizeof(*ansi) && ansi->cbSize != offsetof(NONCLIENTMETRICSA, iPaddedBorderWidth)))
            return set_error(ERROR_INVALID_PARAMETER);
        non_client_metrics(&wide);
        ansi->iBorderWidth = wide.iBorderWidth;
        ansi->iScrollWidth = wide.iScrollWidth;
        ansi->iScrollHeight = wide.iScrollHeight;
        ansi->iCaptionWidth = wide.iCaptionWidth;
        ansi->iCaptionHeight = wide.iCaptionHeight;
        ansi->iSmCaptionWidth = wide.iSmCaptionWidth;
        ansi->iSmCaptionHeight = wide.iSmCaptionHeight;
        ansi->iMenuWidth = wide.iMenuWidth;
        ansi->iMenuHeight = wide.iMenuHeight;
        font_to_ansi(&wide.lfCaptionFont, &ansi->lfCaptionFont);
        font_to_ansi(&wide.lfSmCaptionFont, &ansi->lfSmCaptionFont);
        font_to_ansi(&wide.lfMenuFont, &ansi->lfMenuFont);
        font_to_ansi(&wide.lfStatusFont, &ansi->lfStatusFont);
        font_to_ansi(&wide.lfMessageFont, &ansi->lfMessageFont);
        if (ansi->cbSize == sizeof(*ansi)) ansi->iPaddedBorderWidth = wide.iPaddedBorderWidth;
        return TRUE;
    }
    case SPI_GETICONTITLELOGFONT: {
        LOGFONTW wide;
        if (!data || parameter < sizeof(LOGFONTA)) return set_error(ERROR_INVALID_PARAMETER);
        default_font(&wide, -12, FW_NORMAL);
        font_to_ansi(&wide, data);
        return TRUE;
    }
    case SPI_GETICONMETRICS: {
        ICONMETRICSA *ansi = data;
        ICONMETRICSW wide = { sizeof(wide) };
        if (!ansi || ansi->cbSize != sizeof(*ansi)) return set_error(ERROR_INVALID_PARAMETER);
        SystemParametersInfoW(action, sizeof(wide), &wide, 0);
        ansi->iHorzSpacing = wide.iHorzSpacing;
        ansi->iVertSpacing = wide.iVertSpacing;
        ansi->iTitleWrap = wide.iTitleWrap;
        font_to_ansi(&wide.lfFont, &ansi->lfFont);
        return TRUE;
    }
    case SPI_GETDESKWALLPAPER:
        if (!data || !parameter) return set_error(ERROR_INVALID_PARAMETER);
        *(char *)data = 0;
        return TRUE;
    }
    return SystemParametersInfoW(action, parameter, data, flags);
}

BOOL WINAPI SystemParametersInfoForDpi(UINT action, UINT parameter, PVOID data, UINT flags, UINT dpi)
{
    if (action != SPI_GETNONCLIENTMETRICS && action != SPI_GETICONMETRICS && action != SPI_GETICONTITLELOGFONT)
        return set_error(ERROR_INVALID_PARAMETER);
    return SystemParametersInfoW(action, parameter, data, flags);
}

/* ---- monitors ---- */

#define MONITOR ((HMONITOR)0x10001)

HMONITOR WINAPI MonitorFromRect(LPCRECT rect, DWORD flags)
{
    RECT screen = screen_rect(), common;

    if (IntersectRect(&common, rect, &screen)) return MONITOR;
    return flags & (MONITOR_DEFAULTTOPRIMARY | MONITOR_DEFAULTTONEAREST) ? MONITOR : NULL;
}

HMONITOR WINAPI MonitorFromPoint(POINT point, DWORD flags)
{
    RECT rect = { point.x, point.y, point.x + 1, point.y + 1 };

    return MonitorFromRect(&rect, flags);
}

HMONITOR WINAPI MonitorFromWindow(HWND window, DWORD flags)
{
    WINDOWPLACEMENT placement;
    RECT rect;

    placement.length = sizeof(placement);
    if (IsIconic(window) && GetWindowPlacement(window, &placement)) return MonitorFromRect(&placement.rcNormalPosition, flags);
    if (GetWindowRect(window, &rect)) return MonitorFromRect(&rect, flags);
    return flags & (MONITOR_DEFAULTTOPRIMARY | MONITOR_DEFAULTTONEAREST) ? MONITOR : NULL;
}

static const WCHAR device_name[] = L"\\\\.\\DISPLAY1";

BOOL WINAPI GetMonitorInfoW(HMONITOR monitor, LPMONITORINFO info)
{
    if (monitor != MONITOR) return set_error(ERROR_INVALID_MONITOR_HANDLE);
    if (info->cbSize != sizeof(MONITORINFO) && info->cbSize != sizeof(MONITORINFOEXW)) return set_error(ERROR_INVALID_PARAMETER);
    info->rcMonitor = screen_rect();
    info->rcWork = work_area();
    info->dwFlags = MONITORINFOF_PRIMARY;
    if (info->cbSize == sizeof(MONITORINFOEXW)) {
        memset(((MONITORINFOEXW *)info)->szDevice, 0, sizeof(((MONITORINFOEXW *)info)->szDevice));
        memcpy(((MONITORINFOEXW *)info)->szDevice, device_name, sizeof(device_name));
    }
    return TRUE;
}

BOOL WINAPI GetMonitorInfoA(HMONITOR monitor, LPMONITORINFO info)
{
    MONITORINFO wide = { sizeof(wide) };
    DWORD size = info->cbSize;

    if (size != sizeof(MONITORINFO) && size != sizeof(MONITORINFOEXA)) return set_error(ERROR_INVALID_PARAMETER);
    if (!GetMonitorInfoW(monitor, &wide)) return FALSE;
    memcpy(info, &wide, sizeof(wide));
    info->cbSize = size;
    if (size == sizeof(MONITORINFOEXA))
        ansi_into(((MONITORINFOEXA *)info)->szDevice, CCHDEVICENAME, device_name, wide_length(device_name));
    return TRUE;
}

BOOL WINAPI EnumDisplayMonitors(HDC dc, LPCRECT clip, MONITORENUMPROC proc, LPARAM data)
{
    RECT rect = screen_rect();

    if (clip && !IntersectRect(&rect, &rect, clip)) return TRUE;
    return proc(MONITOR, dc, &rect, data);
}

/* ---- DPI: one for the whole desktop ---- */

UINT WINAPI GetDpiForSystem(void)
{
    return 96;
}

UINT WINAPI GetDpiForWindow(HWND window)
{
    return IsWindow(window) ? 96 : 0;
}

static DPI_AWARENESS_CONTEXT awareness = DPI_AWARENESS_CONTEXT_UNAWARE;

static int awareness_of(DPI_AWARENESS_CONTEXT context)
{
    LONG_PTR value = (LONG_PTR)context;

    return value >= -5 && value <= -1 ? (int)-value : 0;
}

BOOL WINAPI SetProcessDPIAware(void)
{
    awareness = DPI_AWARENESS_CONTEXT_SYSTEM_AWARE;
    return TRUE;
}

BOOL WINAPI IsProcessDPIAware(void)
{
    return awareness_of(awareness) != 1 && awareness_of(awareness) != 5;
}

BOOL WINAPI SetProcessDpiAwarenessContext(DPI_AWARENESS_CONTEXT value)
{
    static LONG set;

    if (!awareness_of(value)) return set_error(ERROR_INVALID_PARAMETER);
    if (InterlockedExchange(&set, 1)) return set_error(ERROR_ACCESS_DENIED);
    awareness = value;
    return TRUE;
}

DPI_AWARENESS_CONTEXT WINAPI GetThreadDpiAwarenessContext(void)
{
    ULONG_PTR own = ferry_teb()->Win32ClientInfo[3];

    return own ? (DPI_AWARENESS_CONTEXT)own : awareness;
}

DPI_AWARENESS_CONTEXT WINAPI SetThreadDpiAwarenessContext(DPI_AWARENESS_CONTEXT value)
{
    DPI_AWARENESS_CONTEXT old = GetThreadDpiAwarenessContext();

    if (!awareness_of(value)) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    ferry_teb()->Win32ClientInfo[3] = (ULONG_PTR)value;
    return old;
}

DPI_AWARENESS_CONTEXT WINAPI GetWindowDpiAwarenessContext(HWND window)
{
    return IsWindow(window) ? awareness : NULL;
}

BOOL WINAPI AreDpiAwarenessContextsEqual(DPI_AWARENESS_CONTEXT a, DPI_AWARENESS_CONTEXT b)
{
    return awareness_of(a) && awareness_of(a) == awareness_of(b);
}

BOOL WINAPI IsValidDpiAwarenessContext(DPI_AWARENESS_CONTEXT value)
{
    return awareness_of(value) != 0;
}

DPI_AWARENESS WINAPI GetAwarenessFromDpiAwarenessContext(DPI_AWARENESS_CONTEXT value)
{
    switch (awareness_of(value)) {
    case 1:
    case 5: return DPI_AWARENESS_UNAWARE;
    case 2: return DPI_AWARENESS_SYSTEM_AWARE;
    case 3:
    case 4: return DPI_AWARENESS_PER_MONITOR_AWARE;
    }
    return DPI_AWARENESS_INVALID;
}

BOOL WINAPI EnableNonClientDpiScaling(HWND window)
{
    return IsWindow(window);
}
