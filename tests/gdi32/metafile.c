/* wingdi.h: metafiles of both kinds: what is recorded comes back when it is played.
 *
 * Wine 8 draws the DIB of META_STRETCHDIB wrongly and reads a header that is not there whole. */
#include "canvas.h"

static void draw(HDC dc)
{
    HPEN pen = CreatePen(PS_SOLID, 1, RGB(255, 0, 0));
    HBRUSH brush = CreateSolidBrush(RGB(200, 255, 200)), hatched = CreateHatchBrush(HS_CROSS, RGB(0, 0, 255));
    POINT triangle[3] = { { 110, 90 }, { 200, 100 }, { 150, 150 } };
    BITMAPINFO info = { { sizeof(BITMAPINFOHEADER), 4, 4, 1, 24, BI_RGB } };
    BYTE bits[48];
    HGDIOBJ old_pen = SelectObject(dc, pen), old_brush = SelectObject(dc, brush);

    Rectangle(dc, 10, 10, 100, 80);
    SelectObject(dc, hatched);
    Polygon(dc, triangle, 3);
    SetBkColor(dc, RGB(255, 255, 0));
    Rectangle(dc, 110, 10, 200, 80);
    MoveToEx(dc, 10, 200, NULL);
    LineTo(dc, 200, 210);
    SaveDC(dc);
    IntersectClipRect(dc, 20, 110, 60, 160);
    PatBlt(dc, 0, 100, 100, 100, PATCOPY);
    RestoreDC(dc, -1);
    for (int i = 0; i < 48; i++) bits[i] = (BYTE)(i * 5);
    StretchDIBits(dc, 220, 20, 4, 4, 0, 0, 4, 4, bits, &info, DIB_RGB_COLORS, SRCCOPY);
    SelectObject(dc, old_pen);
    SelectObject(dc, old_brush);
    DeleteObject(pen);
    DeleteObject(brush);
    DeleteObject(hatched);
}

static int records, texts;
static int CALLBACK count_records(HDC dc, HANDLETABLE *table, const ENHMETARECORD *record, int handles, LPARAM param)
{
    records++;
    texts += record->iType == EMR_GDICOMMENT;
    return TRUE;
}

static void test_enhanced(void)
{
    struct canvas direct = canvas_make(240, 240, 32), played = canvas_make(240, 240, 32);
    HDC screen = CreateCompatibleDC(NULL);
    ENHMETAHEADER header;
    RECT frame, rect = { 0, 0, 240, 240 };
    WCHAR text[64];
    BYTE *bits;

    /* a frame of exactly 240 x 240 pixels */
    frame = (RECT){ 0, 0, 240 * GetDeviceCaps(screen, HORZSIZE) * 100 / GetDeviceCaps(screen, HORZRES), 240 * GetDeviceCaps(screen, VERTSIZE) * 100 / GetDeviceCaps(screen, VERTRES) };
    draw(direct.dc);
    HDC dc = CreateEnhMetaFileW(screen, NULL, &frame, L"Program\0Picture\0");
    ok(dc && GetObjectType(dc) == OBJ_ENHMETADC, "CreateEnhMetaFile");
    draw(dc);
    ok(GdiComment(dc, 5, (const BYTE *)"hello"), "GdiComment");
    HENHMETAFILE file = CloseEnhMetaFile(dc);
    ok(file && GetObjectType(file) == OBJ_ENHMETAFILE && !GetObjectType(dc), "CloseEnhMetaFile");
    ok(GetEnhMetaFileHeader(file, sizeof(header), &header) == sizeof(header) && header.dSignature == ENHMETA_SIGNATURE && header.nHandles == 4 && header.rclFrame.right == frame.right, "header: %u handles", header.nHandles);
    ok(GetEnhMetaFileDescriptionW(file, 64, text) == 17 && text[8] == 'P' && !text[7], "description: %u", GetEnhMetaFileDescriptionW(file, 64, text));
    ok(EnumEnhMetaFile(NULL, file, count_records, NULL, NULL) && records == (int)header.nRecords && texts == 1, "%d records", records);
    ok(PlayEnhMetaFile(played.dc, file, &rect), "PlayEnhMetaFile");
    int differ = 0;
    for (int y = 0; y < 240; y++)
        for (int x = 0; x < 240; x++) differ += canvas_pixel(&direct, x, y) != canvas_pixel(&played, x, y);
    ok(differ < 240 * 240 / 50, "played as drawn, but for %d pixels", differ);
    UINT size = GetEnhMetaFileBits(file, 0, NULL);
    bits = HeapAlloc(GetProcessHeap(), 0, size);
    ok(size == header.nBytes && GetEnhMetaFileBits(file, size, bits) == size, "bits: %u", size);
    HENHMETAFILE copy = SetEnhMetaFileBits(size, bits);
    ok(copy && copy != file, "made of its bits");
    bits[40] ^= 0xff; /* the signature */
    ok(!SetEnhMetaFileBits(size, bits), "bits that are no metafile");
    ok(DeleteEnhMetaFile(copy) && !DeleteEnhMetaFile(copy), "deleted once");
    copy = CopyEnhMetaFileW(file, L"test.emf");
    ok(copy && DeleteEnhMetaFile(copy), "copied into a file");
    copy = GetEnhMetaFileW(L"test.emf");
    ok(copy && GetEnhMetaFileBits(copy, 0, NULL) == size && DeleteEnhMetaFile(copy), "and read from it");
    DeleteFileW(L"test.emf");
    UINT old_size = GetWinMetaFileBits(file, 0, NULL, MM_ANISOTROPIC, screen);
    ok(old_size > 100, "as an old metafile: %u bytes", old_size);
    DeleteEnhMetaFile(file);
    HeapFree(GetProcessHeap(), 0, bits);
    DeleteDC(screen);
    canvas_free(&direct);
    canvas_free(&played);
}

static void test_old(void)
{
    struct canvas direct = canvas_make(240, 240, 32), played = canvas_make(240, 240, 32);
    BYTE bits[4096];

    draw(direct.dc);
    HDC dc = CreateMetaFileW(NULL);
    ok(dc && GetObjectType(dc) == OBJ_METADC, "CreateMetaFile");
    draw(dc);
    HMETAFILE file = CloseMetaFile(dc);
    ok(file && GetObjectType(file) == OBJ_METAFILE, "CloseMetaFile");
    ok(PlayMetaFile(played.dc, file), "PlayMetaFile");
    ok(canvas_hash(&direct) == canvas_hash(&played), "played as drawn");
    UINT size = GetMetaFileBitsEx(file, sizeof(bits), bits);
    ok(size > sizeof(METAHEADER) && ((METAHEADER *)bits)->mtSize == size / 2 && ((METAHEADER *)bits)->mtNoObjects >= 3, "bits: %u", size);
    ok(DeleteMetaFile(file) && !DeleteMetaFile(file), "deleted once");
    file = SetMetaFileBitsEx(size, bits);
    canvas_clear(&played);
    SetBkColor(played.dc, 0xffffff);
    ok(file && PlayMetaFile(played.dc, file) && canvas_hash(&direct) == canvas_hash(&played), "made of its bits");
    METAFILEPICT picture = { MM_ANISOTROPIC, 5000, 5000, NULL };
    HENHMETAFILE enhanced = SetWinMetaFileBits(size, bits, NULL, &picture);
    ok(enhanced && GetEnhMetaFileHeader(enhanced, 0, NULL), "as an enhanced metafile");
    DeleteEnhMetaFile(enhanced);
    DeleteMetaFile(file);
    ok(!SetMetaFileBitsEx(10, bits), "bits that are too short");
    canvas_free(&direct);
    canvas_free(&played);
}

START_TESTS
{
    test_enhanced();
    test_old();
}
