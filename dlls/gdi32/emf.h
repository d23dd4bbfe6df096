/* Enhanced metafiles: what is being recorded, and a metafile in memory. */
#ifndef EMF_H
#define EMF_H

#include "gdi32.h"

struct emf { /* behind the DC of CreateEnhMetaFile */
    BYTE *data;           /* records; starts with the ENHMETAHEADER */
    SIZE_T size, room;
    DWORD records, handles; /* entries of the table in use; index 0 is the metafile's own */
    HGDIOBJ *objects;
    DWORD object_room;
    bool failed;          /* out of memory: closing gives nothing */
    bool has_frame, bounded;
    RECTL bounds;         /* device units */
    WCHAR *file;
};

struct emf *emf_of(HDC dc); /* NULL: not one */

/* A zeroed record of that many bytes (rounded up to 4) with emr filled in; NULL: no memory. Valid until the next one. */
void *emf_record(struct emf *emf, DWORD type, SIZE_T size);
/* The bounds of logical points on the device, which are added to those of the metafile; `grow`: the pen reaches beyond. */
RECTL emf_bounds(HDC dc, struct emf *emf, const POINT *points, DWORD count);
/* Index of an object, recording its creation the first time; 0: it cannot be recorded. */
DWORD emf_object(HDC dc, struct emf *emf, HGDIOBJ object);

/* Hooks of the drawing functions; they record and the caller goes on. False: it could not be recorded. */
bool emf_value(HDC dc, UINT which, DWORD value);
bool emf_point(HDC dc, UINT which, int x, int y);
bool emf_select(HDC dc, HGDIOBJ object);
bool emf_simple(HDC dc, DWORD type, int count, ...); /* a record of `count` DWORDs */
bool emf_shape(HDC dc, ULONG shape, int left, int top, int right, int bottom, int width, int height);
bool emf_arc(HDC dc, ULONG shape, const INT *box);
bool emf_poly(HDC dc, ULONG kind, const POINT *points, const INT *counts, int polygons);
bool emf_path(HDC dc, ULONG operation);
bool emf_text(HDC dc, const struct gdi_text *text);
bool emf_region(HDC dc, DWORD type, HRGN region, HBRUSH brush, int width, int height);
bool emf_clip_region(HDC dc, HRGN region, int mode);
bool emf_transform(HDC dc, const XFORM *transform, DWORD mode);
bool emf_blit(HDC dc, const struct gdi_blit *blit);
bool emf_dib(HDC dc, const struct gdi_dib *dib, bool stretch);
bool emf_gradient(HDC dc, const TRIVERTEX *vertices, ULONG count, const void *mesh, ULONG meshes, ULONG mode);

/* A metafile in memory, behind a HENHMETAFILE. */
struct metafile {
    SIZE_T size;
    BYTE *data;
};
struct metafile *emf_get(HENHMETAFILE handle);
HENHMETAFILE emf_create(BYTE *data, SIZE_T size); /* takes the data */

/* wmf.c: the same for the old ones. */
bool wmf_record(HDC dc, WORD function, int count, ...);
bool wmf_value(HDC dc, UINT which, DWORD value);
bool wmf_point(HDC dc, UINT which, int x, int y);
bool wmf_select(HDC dc, HGDIOBJ object);
bool wmf_poly(HDC dc, ULONG kind, const POINT *points, const INT *counts, int polygons);
bool wmf_text(HDC dc, const struct gdi_text *text);
bool wmf_dib(HDC dc, const struct gdi_dib *dib, bool stretch);
bool wmf_blit(HDC dc, const struct gdi_blit *blit);
bool wmf_arc(HDC dc, ULONG shape, const INT *box);

#endif
