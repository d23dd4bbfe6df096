/* Enhanced metafiles as objects: creation, files, bits, what they say of themselves. */
#include "emf.h"

struct metafile *emf_get(HENHMETAFILE handle)
{
    if (handle_type(handle) != TYPE_ENHMETAFILE) return NULL;
    return (struct metafile *)NtGdiGetClientObj(handle);
}

HENHMETAFILE emf_create(BYTE *data, SIZE_T size)
{
    struct metafile *file = mem_alloc(sizeof(*file));
    HGDIOBJ handle = 0;

    if (file) {
        file->data = data;
        file->size = size;
        if (!(handle = NtGdiCreateClientObj(TYPE_ENHMETAFILE, (ULONG_PTR)file))) mem_free(file);
    }
    if (!handle) mem_free(data);
    return handle;
}

/* Is it what a metafile must be: a header that describes it, records that end where the next begins, an end? */
static bool is_valid(const BYTE *data, SIZE_T size)
{
    const ENHMETAHEADER *header = (const ENHMETAHEADER *)data;

    if (size < 88 || header->iType != EMR_HEADER || header->dSignature != ENHMETA_SIGNATURE || header->nSize < 88 ||
        header->nBytes > size || header->nBytes & 3)
        return false;
    for (SIZE_T at = 0; at + sizeof(EMR) <= header->nBytes;) {
        const EMR *record = (const EMR *)(data + at);
        if (record->nSize < sizeof(EMR) || record->nSize & 3 || record->nSize > header->nBytes - at) return false;
        if (record->iType == EMR_EOF) return true;
        at += record->nSize;
    }
    return false;
}

/* ---- recording ---- */

static void free_recorder(struct emf *emf)
{
    mem_free(emf->data);
    mem_free(emf->objects);
    mem_free(emf->file);
    mem_free(emf);
}

/* `frame`: 100ths of a millimetre, NULL: what is drawn. `description`: application and title, each ended by a zero. */
HDC WINAPI CreateEnhMetaFileW(HDC reference, const WCHAR *name, const RECT *frame, const WCHAR *description)
{
    struct emf *emf = mem_alloc(sizeof(*emf));
    DWORD units = 0;
    ENHMETAHEADER *header;
    HDC screen = reference ? reference : NtGdiOpenDC(1, 0), dc;

    if (!emf || !screen) return NULL;
    memset(emf, 0, sizeof(*emf));
    if (description) {
        while (description[units] || description[units + 1]) units++;
        units += 2;
    }
    emf->handles = 1;
    emf->object_room = 32;
    emf->objects = mem_alloc(32 * sizeof(*emf->objects));
    header = emf->objects ? emf_record(emf, EMR_HEADER, sizeof(*header) + units * sizeof(WCHAR)) : NULL;
    if (header) {
        header->dSignature = ENHMETA_SIGNATURE;
        header->nVersion = 0x10000;
        if (units) {
            header->nDescription = units;
            header->offDescription = sizeof(*header);
            memcpy(header + 1, description, units * sizeof(WCHAR));
        }
        header->szlDevice = (SIZEL){ NtGdiGetDeviceCaps(screen, HORZRES), NtGdiGetDeviceCaps(screen, VERTRES) };
        header->szlMillimeters = (SIZEL){ NtGdiGetDeviceCaps(screen, HORZSIZE), NtGdiGetDeviceCaps(screen, VERTSIZE) };
        header->szlMicrometers = (SIZEL){ header->szlMillimeters.cx * 1000, header->szlMillimeters.cy * 1000 };
        if (frame) {
            memcpy(&header->rclFrame, frame, sizeof(*frame));
            emf->has_frame = true;
        }
        if (name) {
            WCHAR path[MAX_PATH];
            DWORD length = GetFullPathNameW(name, MAX_PATH, path, NULL);
            if (length && length < MAX_PATH && (emf->file = mem_alloc((length + 1) * sizeof(WCHAR))))
                memcpy(emf->file, path, (length + 1) * sizeof(WCHAR));
            HANDLE file = emf->file ? CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL) : INVALID_HANDLE_VALUE;
            if (file == INVALID_HANDLE_VALUE) header = NULL;
            else CloseHandle(file);
        }
    }
    if (!reference) NtGdiDeleteDC(screen);
    dc = header ? NtGdiOpenDC(2, (ULONG_PTR)emf) : NULL;
    if (!dc) free_recorder(emf);
    return dc;
}

HDC WINAPI CreateEnhMetaFileA(HDC reference, const char *name, const RECT *frame, const char *description)
{
    WCHAR path[MAX_PATH], text[512];

    if (name && !MultiByteToWideChar(CP_ACP, 0, name, -1, path, MAX_PATH)) return NULL;
    if (description) {
        int length = 0;
        while (description[length] || description[length + 1]) length++;
        if (!MultiByteToWideChar(CP_ACP, 0, description, length + 2, text, 512)) return NULL;
    }
    return CreateEnhMetaFileW(reference, name ? path : NULL, frame, description ? text : NULL);
}

HENHMETAFILE WINAPI CloseEnhMetaFile(HDC dc)
{
    struct emf *emf = emf_of(dc);
    HENHMETAFILE handle = NULL;
    EMREOF *end;

    if (!emf) return FAIL_NULL(ERROR_INVALID_HANDLE);
    if ((end = emf_record(emf, EMR_EOF, sizeof(*end)))) {
        end->offPalEntries = 16;
        end->nSizeLast = sizeof(*end);
    }
    if (!emf->failed) {
        ENHMETAHEADER *header = (ENHMETAHEADER *)emf->data;
        header->rclBounds = emf->bounded ? emf->bounds : (RECTL){ 0, 0, -1, -1 };
        header->nBytes = (DWORD)emf->size;
        header->nRecords = emf->records;
        header->nHandles = (WORD)emf->handles;
        if (!emf->has_frame) {
            header->rclFrame.left = MulDiv(header->rclBounds.left, header->szlMillimeters.cx * 100, header->szlDevice.cx);
            header->rclFrame.top = MulDiv(header->rclBounds.top, header->szlMillimeters.cy * 100, header->szlDevice.cy);
            header->rclFrame.right = MulDiv(header->rclBounds.right, header->szlMillimeters.cx * 100, header->szlDevice.cx);
            header->rclFrame.bottom = MulDiv(header->rclBounds.bottom, header->szlMillimeters.cy * 100, header->szlDevice.cy);
        }
        DWORD written = (DWORD)emf->size;
        if (emf->file) {
            HANDLE file = CreateFileW(emf->file, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
            written = 0;
            if (file != INVALID_HANDLE_VALUE) {
                if (!WriteFile(file, emf->data, (DWORD)emf->size, &written, NULL)) written = 0;
                CloseHandle(file);
            }
        }
        if (written == emf->size) {
            handle = emf_create(emf->data, emf->size);
            emf->data = NULL;
        }
    }
    NtGdiDeleteDC(dc);
    free_recorder(emf);
    return handle;
}

/* Data for whoever plays the metafile; part of it, not drawn. */
BOOL WINAPI GdiComment(HDC dc, UINT size, const BYTE *data)
{
    struct emf *emf = emf_of(dc);
    EMRGDICOMMENT *r;

    if (!emf) return NtGdiGetObjectType(dc) != 0;
    if (!(r = emf_record(emf, EMR_GDICOMMENT, offsetof(EMRGDICOMMENT, Data) + size))) return FALSE;
    r->cbData = size;
    memcpy(r->Data, data, size);
    return TRUE;
}

/* ---- in memory and in files ---- */

HENHMETAFILE WINAPI SetEnhMetaFileBits(UINT size, const BYTE *data)
{
    BYTE *copy;

    if (!data || !is_valid(data, size) || !(copy = mem_alloc(size))) return FAIL_NULL(ERROR_INVALID_DATA);
    memcpy(copy, data, size);
    return emf_create(copy, size);
}

UINT WINAPI GetEnhMetaFileBits(HENHMETAFILE handle, UINT size, BYTE *out)
{
    struct metafile *file = emf_get(handle);

    if (!file) return FAIL(ERROR_INVALID_HANDLE);
    UINT all = ((ENHMETAHEADER *)file->data)->nBytes;
    if (!out) return all;
    if (size > all) size = all;
    memcpy(out, file->data, size);
    return size;
}

HENHMETAFILE WINAPI GetEnhMetaFileW(const WCHAR *name)
{
    HANDLE file = CreateFileW(name, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    HENHMETAFILE handle = NULL;
    LARGE_INTEGER size;
    DWORD got;

    if (file == INVALID_HANDLE_VALUE) return NULL;
    BYTE *data = GetFileSizeEx(file, &size) && size.QuadPart < 0x20000000 ? mem_alloc((SIZE_T)size.QuadPart + 4) : NULL;
    if (data && ReadFile(file, data, (DWORD)size.QuadPart, &got, NULL) && got == size.QuadPart && is_valid(data, got)) {
        handle = emf_create(data, got);
    } else {
        mem_free(data);
        SetLastError(ERROR_INVALID_DATA);
    }
    CloseHandle(file);
    return handle;
}

HENHMETAFILE WINAPI GetEnhMetaFileA(const char *name)
{
    WCHAR path[MAX_PATH];
    return MultiByteToWideChar(CP_ACP, 0, name, -1, path, MAX_PATH) ? GetEnhMetaFileW(path) : NULL;
}

HENHMETAFILE WINAPI CopyEnhMetaFileW(HENHMETAFILE handle, const WCHAR *name)
{
    struct metafile *file = emf_get(handle);
    HENHMETAFILE copy;

    if (!file || !(copy = SetEnhMetaFileBits((UINT)file->size, file->data))) return NULL;
    if (name) {
        HANDLE target = CreateFileW(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
        DWORD written = 0;
        if (target != INVALID_HANDLE_VALUE) {
            if (!WriteFile(target, file->data, (DWORD)file->size, &written, NULL)) written = 0;
            CloseHandle(target);
        }
        if (written != file->size) {
            DeleteEnhMetaFile(copy);
            return NULL;
        }
    }
    return copy;
}

HENHMETAFILE WINAPI CopyEnhMetaFileA(HENHMETAFILE handle, const char *name)
{
    WCHAR path[MAX_PATH];

    if (name && !MultiByteToWideChar(CP_ACP, 0, name, -1, path, MAX_PATH)) return NULL;
    return CopyEnhMetaFileW(handle, name ? path : NULL);
}

BOOL WINAPI DeleteEnhMetaFile(HENHMETAFILE handle)
{
    struct metafile *file = emf_get(handle);

    if (!file || !NtGdiDeleteClientObj(handle)) return FAIL(ERROR_INVALID_HANDLE);
    mem_free(file->data);
    mem_free(file);
    return TRUE;
}

UINT WINAPI GetEnhMetaFileHeader(HENHMETAFILE handle, UINT size, ENHMETAHEADER *out)
{
    struct metafile *file = emf_get(handle);

    if (!file) return FAIL(ERROR_INVALID_HANDLE);
    UINT all = ((ENHMETAHEADER *)file->data)->nSize;
    if (!out) return all > sizeof(ENHMETAHEADER) ? sizeof(ENHMETAHEADER) : all;
    if (all > sizeof(ENHMETAHEADER)) all = sizeof(ENHMETAHEADER);
    if (size > all) size = all;
    memcpy(out, file->data, size);
    return size;
}

/* Characters, with both zeroes at the end; 0: it has none. */
UINT WINAPI GetEnhMetaFileDescriptionW(HENHMETAFILE handle, UINT room, WCHAR *out)
{
    struct metafile *file = emf_get(handle);
    ENHMETAHEADER *header;

    if (!file) return SetLastError(ERROR_INVALID_HANDLE), GDI_ERROR;
    header = (ENHMETAHEADER *)file->data;
    if (!header->nDescription || !header->offDescription ||
        header->offDescription + (ULONGLONG)header->nDescription * sizeof(WCHAR) > file->size)
        return 0;
    if (!out) return header->nDescription;
    if (room > header->nDescription) room = header->nDescription;
    memcpy(out, file->data + header->offDescription, room * sizeof(WCHAR));
    return room;
}

UINT WINAPI GetEnhMetaFileDescriptionA(HENHMETAFILE handle, UINT room, char *out)
{
    UINT length = GetEnhMetaFileDescriptionW(handle, 0, NULL), done;
    WCHAR *wide;

    if (!length || length == GDI_ERROR) return length;
    if (!(wide = mem_alloc(length * sizeof(WCHAR)))) return GDI_ERROR;
    GetEnhMetaFileDescriptionW(handle, length, wide);
    done = WideCharToMultiByte(CP_ACP, 0, wide, length, out, out ? room : 0, NULL, NULL);
    mem_free(wide);
    return done;
}

UINT WINAPI GetEnhMetaFilePaletteEntries(HENHMETAFILE handle, UINT count, PALETTEENTRY *out)
{
    struct metafile *file = emf_get(handle);
    ENHMETAHEADER *header;

    if (!file) return SetLastError(ERROR_INVALID_HANDLE), GDI_ERROR;
    header = (ENHMETAHEADER *)file->data;
    if (!out || !header->nPalEntries) return header->nPalEntries;
    for (SIZE_T at = 0; at < header->nBytes; at += ((EMR *)(file->data + at))->nSize) {
        EMREOF *end = (EMREOF *)(file->data + at);
        if (end->emr.iType != EMR_EOF) continue;
        if (count > end->nPalEntries) count = end->nPalEntries;
        if (end->offPalEntries > end->emr.nSize || count > (end->emr.nSize - end->offPalEntries) / sizeof(*out)) return GDI_ERROR;
        memcpy(out, (BYTE *)end + end->offPalEntries, count * sizeof(*out));
        return count;
    }
    return GDI_ERROR;
}

UINT WINAPI GetEnhMetaFilePixelFormat(HENHMETAFILE handle, UINT size, PIXELFORMATDESCRIPTOR *out)
{
    return emf_get(handle) ? 0 : (SetLastError(ERROR_INVALID_HANDLE), GDI_ERROR);
}
