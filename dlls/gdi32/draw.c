/* wingdi.h: lines, shapes, paths. */
#include "emf.h"

BOOL WINAPI LineTo(HDC dc, int x, int y)
{
    if (is_emf(dc) ? !emf_simple(dc, EMR_LINETO, 2, x, y) : is_wmf(dc) && !wmf_record(dc, META_LINETO, 2, y, x)) return FALSE;
    return NtGdiLineTo(dc, x, y);
}

BOOL WINAPI Rectangle(HDC dc, int left, int top, int right, int bottom)
{
    if (is_emf(dc) ? !emf_shape(dc, GDI_SHAPE_RECTANGLE, left, top, right, bottom, 0, 0) : is_wmf(dc) && !wmf_record(dc, META_RECTANGLE, 4, bottom, right, top, left)) return FALSE;
    return NtGdiRectangle(dc, GDI_SHAPE_RECTANGLE, left, top, right, bottom, 0, 0);
}

BOOL WINAPI Ellipse(HDC dc, int left, int top, int right, int bottom)
{
    if (is_emf(dc) ? !emf_shape(dc, GDI_SHAPE_ELLIPSE, left, top, right, bottom, 0, 0) : is_wmf(dc) && !wmf_record(dc, META_ELLIPSE, 4, bottom, right, top, left)) return FALSE;
    return NtGdiRectangle(dc, GDI_SHAPE_ELLIPSE, left, top, right, bottom, 0, 0);
}

BOOL WINAPI RoundRect(HDC dc, int left, int top, int right, int bottom, int width, int height)
{
    if (is_emf(dc) ? !emf_shape(dc, GDI_SHAPE_ROUND_RECT, left, top, right, bottom, width, height) : is_wmf(dc) && !wmf_record(dc, META_ROUNDRECT, 6, height, width, bottom, right, top, left)) return FALSE;
    return NtGdiRectangle(dc, GDI_SHAPE_ROUND_RECT, left, top, right, bottom, width, height);
}

static BOOL arc(HDC dc, ULONG shape, int left, int top, int right, int bottom, int x1, int y1, int x2, int y2)
{
    INT box[8] = { left, top, right, bottom, x1, y1, x2, y2 };
    if (is_emf(dc) ? !emf_arc(dc, shape, box) : is_wmf(dc) && !wmf_arc(dc, shape, box)) return FALSE;
    return NtGdiArc(dc, shape, box);
}

BOOL WINAPI Arc(HDC dc, int left, int top, int right, int bottom, int x1, int y1, int x2, int y2)
{
    return arc(dc, GDI_SHAPE_ARC, left, top, right, bottom, x1, y1, x2, y2);
}

BOOL WINAPI ArcTo(HDC dc, int left, int top, int right, int bottom, int x1, int y1, int x2, int y2)
{
    return arc(dc, GDI_SHAPE_ARC_TO, left, top, right, bottom, x1, y1, x2, y2);
}

BOOL WINAPI Chord(HDC dc, int left, int top, int right, int bottom, int x1, int y1, int x2, int y2)
{
    return arc(dc, GDI_SHAPE_CHORD, left, top, right, bottom, x1, y1, x2, y2);
}

BOOL WINAPI Pie(HDC dc, int left, int top, int right, int bottom, int x1, int y1, int x2, int y2)
{
    return arc(dc, GDI_SHAPE_PIE, left, top, right, bottom, x1, y1, x2, y2);
}

/* Sine and cosine of an angle in degrees, by the series after reduction to ±45°. */
static void sine_cosine(double degrees, double *sine, double *cosine)
{
    double turns = degrees / 90;
    LONGLONG quarter = (LONGLONG)(turns + (turns < 0 ? -0.5 : 0.5));
    double x = (degrees - quarter * 90.0) * 3.14159265358979323846 / 180, x2 = x * x, s = x, c = 1, term = x;

    for (int i = 1; i < 10; i++) s += term *= -x2 / ((2 * i) * (2 * i + 1));
    term = 1;
    for (int i = 1; i < 10; i++) c += term *= -x2 / ((2 * i - 1) * (2 * i));
    switch (quarter & 3) {
    case 0: *sine = s, *cosine = c; break;
    case 1: *sine = c, *cosine = -s; break;
    case 2: *sine = -s, *cosine = -c; break;
    default: *sine = -c, *cosine = s;
    }
}

static int nearest(double value)
{
    return (int)(value + (value < 0 ? -0.5 : 0.5));
}

/* A line to the arc's start, then the arc; a sweep of a whole turn or more draws the circle too. */
BOOL WINAPI AngleArc(HDC dc, int x, int y, DWORD radius, FLOAT start, FLOAT sweep)
{
    double sine, cosine;
    POINT from, to;

    if ((INT)radius < 0) return FAIL(ERROR_INVALID_PARAMETER);
    sine_cosine(start, &sine, &cosine);
    from = (POINT){ nearest(x + cosine * radius), nearest(y - sine * radius) };
    sine_cosine(start + sweep, &sine, &cosine);
    to = (POINT){ nearest(x + cosine * radius), nearest(y - sine * radius) };
    int old = SetArcDirection(dc, sweep >= 0 ? AD_COUNTERCLOCKWISE : AD_CLOCKWISE);
    int r = (int)radius;
    BOOL done = LineTo(dc, from.x, from.y);
    if (sweep >= 360 || sweep <= -360) done = done && Arc(dc, x - r, y - r, x + r, y + r, from.x, from.y, from.x, from.y);
    done = done && ArcTo(dc, x - r, y - r, x + r, y + r, from.x, from.y, to.x, to.y);
    MoveToEx(dc, to.x, to.y, NULL);
    SetArcDirection(dc, old);
    return done;
}

BOOL draw_poly(HDC dc, ULONG kind, const POINT *points, const INT *counts, int polygons)
{
    if (is_emf(dc) ? !emf_poly(dc, kind, points, counts, polygons) : is_wmf(dc) && !wmf_poly(dc, kind, points, counts, polygons)) return FALSE;
    return NtGdiPoly(dc, kind, points, counts, polygons);
}

BOOL WINAPI Polygon(HDC dc, const POINT *points, int count)
{
    return draw_poly(dc, GDI_POLYGON, points, &count, 1) || FAIL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI Polyline(HDC dc, const POINT *points, int count)
{
    return draw_poly(dc, GDI_POLYLINE, points, &count, 1) || FAIL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI PolylineTo(HDC dc, const POINT *points, DWORD count)
{
    if (!count) return TRUE;
    return draw_poly(dc, GDI_POLYLINE_TO, points, (INT *)&count, 1);
}

BOOL WINAPI PolyBezier(HDC dc, const POINT *points, DWORD count)
{
    return draw_poly(dc, GDI_POLYBEZIER, points, (INT *)&count, 1) || FAIL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI PolyBezierTo(HDC dc, const POINT *points, DWORD count)
{
    return draw_poly(dc, GDI_POLYBEZIER_TO, points, (INT *)&count, 1) || FAIL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI PolyPolygon(HDC dc, const POINT *points, const INT *counts, int polygons)
{
    return draw_poly(dc, GDI_POLYPOLYGON, points, counts, polygons) || FAIL(ERROR_INVALID_PARAMETER);
}

BOOL WINAPI PolyPolyline(HDC dc, const POINT *points, const DWORD *counts, DWORD lines)
{
    return draw_poly(dc, GDI_POLYPOLYLINE, points, (const INT *)counts, lines) || FAIL(ERROR_INVALID_PARAMETER);
}

/* Lines and curves by type (PT_*); a wrong sequence draws nothing. */
BOOL WINAPI PolyDraw(HDC dc, const POINT *points, const BYTE *types, int count)
{
    POINT start;

    for (int i = 0; i < count; i++) {
        BYTE type = types[i] & ~PT_CLOSEFIGURE;
        if (type == PT_BEZIERTO) {
            if (i + 2 >= count || types[i + 1] != PT_BEZIERTO || (types[i + 2] & ~PT_CLOSEFIGURE) != PT_BEZIERTO) return FALSE;
            i += 2;
        } else if (types[i] != PT_MOVETO && type != PT_LINETO) {
            return FALSE;
        }
    }
    GetCurrentPositionEx(dc, &start);
    for (int i = 0; i < count; i++) {
        BYTE type = types[i] & ~PT_CLOSEFIGURE;
        if (type == PT_MOVETO) MoveToEx(dc, points[i].x, points[i].y, NULL), start = points[i];
        else if (type == PT_LINETO) LineTo(dc, points[i].x, points[i].y);
        else PolyBezierTo(dc, &points[i], 3), i += 2;
        if (types[i] & PT_CLOSEFIGURE) LineTo(dc, start.x, start.y);
    }
    return TRUE;
}

COLORREF WINAPI SetPixel(HDC dc, int x, int y, COLORREF color)
{
    if (is_emf(dc) ? !emf_simple(dc, EMR_SETPIXELV, 3, x, y, color) : is_wmf(dc) && !wmf_record(dc, META_SETPIXEL, 4, LOWORD(color), HIWORD(color), y, x)) return CLR_INVALID;
    return NtGdiSetPixel(dc, x, y, color);
}

BOOL WINAPI SetPixelV(HDC dc, int x, int y, COLORREF color)
{
    return SetPixel(dc, x, y, color) != CLR_INVALID || is_emf(dc) || is_wmf(dc);
}

COLORREF WINAPI GetPixel(HDC dc, int x, int y)
{
    return NtGdiGetPixel(dc, x, y);
}

BOOL WINAPI ExtFloodFill(HDC dc, int x, int y, COLORREF color, UINT type)
{
    if (is_emf(dc) ? !emf_simple(dc, EMR_EXTFLOODFILL, 4, x, y, color, type) : is_wmf(dc) && !wmf_record(dc, META_EXTFLOODFILL, 5, type, LOWORD(color), HIWORD(color), y, x)) return FALSE;
    if (is_emf(dc) || is_wmf(dc)) return TRUE;
    return NtGdiExtFloodFill(dc, x, y, color, type);
}

BOOL WINAPI FloodFill(HDC dc, int x, int y, COLORREF color)
{
    return ExtFloodFill(dc, x, y, color, FLOODFILLBORDER);
}

/* Every point of the line but the last. */
BOOL WINAPI LineDDA(int x1, int y1, int x2, int y2, LINEDDAPROC callback, LPARAM param)
{
    int dx = x2 > x1 ? x2 - x1 : x1 - x2, dy = y2 > y1 ? y2 - y1 : y1 - y2, sx = x2 > x1 ? 1 : -1, sy = y2 > y1 ? 1 : -1;

    if (dx > dy) {
        int error = 2 * dy - dx;
        for (int i = 0; i < dx; i++, x1 += sx) {
            callback(x1, y1, param);
            if (error > 0) y1 += sy, error += 2 * dy - 2 * dx;
            else error += 2 * dy;
        }
    } else {
        int error = 2 * dx - dy;
        for (int i = 0; i < dy; i++, y1 += sy) {
            callback(x1, y1, param);
            if (error > 0) x1 += sx, error += 2 * dx - 2 * dy;
            else error += 2 * dx;
        }
    }
    return TRUE;
}

/* ---- paths ---- */

static BOOL path(HDC dc, ULONG operation)
{
    if (is_emf(dc) ? !emf_path(dc, operation) : is_wmf(dc)) return FALSE;
    return NtGdiPath(dc, operation) || FAIL(ERROR_CAN_NOT_COMPLETE);
}

BOOL WINAPI BeginPath(HDC dc)
{
    return path(dc, GDI_PATH_BEGIN);
}

BOOL WINAPI EndPath(HDC dc)
{
    return path(dc, GDI_PATH_END);
}

BOOL WINAPI AbortPath(HDC dc)
{
    return path(dc, GDI_PATH_ABORT);
}

BOOL WINAPI CloseFigure(HDC dc)
{
    return path(dc, GDI_PATH_CLOSE_FIGURE);
}

BOOL WINAPI FillPath(HDC dc)
{
    return path(dc, GDI_PATH_FILL);
}

BOOL WINAPI StrokePath(HDC dc)
{
    return path(dc, GDI_PATH_STROKE);
}

BOOL WINAPI StrokeAndFillPath(HDC dc)
{
    return path(dc, GDI_PATH_STROKE_AND_FILL);
}

BOOL WINAPI FlattenPath(HDC dc)
{
    return path(dc, GDI_PATH_FLATTEN);
}

BOOL WINAPI WidenPath(HDC dc)
{
    return path(dc, GDI_PATH_WIDEN);
}

int WINAPI GetPath(HDC dc, POINT *points, BYTE *types, int size)
{
    int count = NtGdiGetPath(dc, points, types, size);
    if (count < 0) SetLastError(ERROR_CAN_NOT_COMPLETE);
    return count;
}

HRGN WINAPI PathToRegion(HDC dc)
{
    HRGN region = NtGdiPathToRegion(dc);
    if (!region) SetLastError(ERROR_CAN_NOT_COMPLETE);
    return region;
}

BOOL WINAPI SelectClipPath(HDC dc, int mode)
{
    if (is_emf(dc) ? !emf_simple(dc, EMR_SELECTCLIPPATH, 1, mode) : is_wmf(dc)) return FALSE;
    HRGN region = PathToRegion(dc);
    BOOL done = region && NtGdiExtSelectClipRgn(dc, region, mode) != ERROR;

    if (region) NtGdiDeleteObjectApp(region);
    return done;
}
