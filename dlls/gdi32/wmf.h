/* Old metafiles (MS-WMF): what is being recorded, and a metafile in memory. */
#ifndef WMF_H
#define WMF_H

#include "emf.h"

struct wmf { /* behind the DC of CreateMetaFile */
    BYTE *data;      /* METAHEADER and records */
    SIZE_T size, room;
    WORD objects;
    DWORD largest;   /* record, in words */
    HGDIOBJ *object;
    bool failed;
    WCHAR *file;
};

struct wmf *wmf_of(HDC dc);
HMETAFILE wmf_create(BYTE *data, SIZE_T size); /* takes the data */

#endif
