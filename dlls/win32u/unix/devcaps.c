/* GetDeviceCaps. */
#include "gdi.h"

int sys_NtGdiGetDeviceCaps(HDC handle, int index)
{
    GDI_LOCK();
    struct dc *dc = dc_get(handle);

    if (!dc) return 0;
    int bpp = dc->kind == DC_MEMORY ? 32 : dc->dib.bpp;
    switch (index) {
    case DRIVERVERSION: return 0x4000;
    case TECHNOLOGY: return DT_RASDISPLAY;
    case HORZSIZE: return gdi_screen_width_mm;
    case VERTSIZE: return gdi_screen_height_mm;
    case HORZRES: return gdi_screen_width;
    case VERTRES: return gdi_screen_height;
    case DESKTOPHORZRES: return gdi_screen_width;
    case DESKTOPVERTRES: return gdi_screen_height;
    case BITSPIXEL: return bpp;
    case PLANES: return 1;
    case NUMBRUSHES: return -1;
    case NUMPENS: return -1;
    case NUMMARKERS: return 0;
    case NUMFONTS: return 0;
    case NUMCOLORS: return bpp > 8 ? -1 : 1 << bpp;
    case PDEVICESIZE: return 0;
    case CURVECAPS:
        return CC_CIRCLES | CC_PIE | CC_CHORD | CC_ELLIPSES | CC_WIDE | CC_STYLED | CC_WIDESTYLED | CC_INTERIORS | CC_ROUNDRECT;
    case LINECAPS: return LC_POLYLINE | LC_MARKER | LC_POLYMARKER | LC_WIDE | LC_STYLED | LC_WIDESTYLED | LC_INTERIORS;
    case POLYGONALCAPS:
        return PC_POLYGON | PC_RECTANGLE | PC_WINDPOLYGON | PC_SCANLINE | PC_WIDE | PC_STYLED | PC_WIDESTYLED | PC_INTERIORS;
    case TEXTCAPS:
        return TC_OP_CHARACTER | TC_OP_STROKE | TC_CP_STROKE | TC_CR_ANY | TC_SF_X_YINDEP | TC_SA_DOUBLE | TC_SA_INTEGER |
            TC_SA_CONTIN | TC_UA_ABLE | TC_SO_ABLE | TC_RA_ABLE | TC_VA_ABLE;
    case CLIPCAPS: return CP_REGION;
    case RASTERCAPS:
        return RC_BITBLT | RC_BITMAP64 | RC_GDI20_OUTPUT | RC_DI_BITMAP | RC_DIBTODEV | RC_BIGFONT | RC_STRETCHBLT |
            RC_FLOODFILL | RC_STRETCHDIB | RC_DEVBITS;
    case ASPECTX:
    case ASPECTY: return 36;
    case ASPECTXY: return 51;
    case LOGPIXELSX:
    case LOGPIXELSY: return gdi_dpi;
    case SIZEPALETTE:
    case NUMRESERVED: return 0;
    case COLORRES: return 0;
    case VREFRESH: return dc->kind == DC_MEMORY ? 1 : 60;
    case SHADEBLENDCAPS:
        return SB_GRAD_RECT | SB_GRAD_TRI | SB_CONST_ALPHA | SB_PIXEL_ALPHA | SB_PREMULT_ALPHA;
    case COLORMGMTCAPS: return CM_GAMMA_RAMP;
    }
    return 0;
}
