/* Logical fonts. */
#include "gdi.h"

void font_object_free(struct font_object *font)
{
    free(font);
}

/* CreateFontIndirectEx. */
HFONT sys_NtGdiCreateFont(const LOGFONTW *in)
{
    GDI_LOCK();
    struct font_object *font = calloc(1, sizeof(*font));
    HGDIOBJ handle = 0;

    if (!font || !virtual_read(&font->logical, in, sizeof(font->logical)) || !(handle = gdi_add(&font->header, GDI_FONT)))
        free(font);
    return (HFONT)handle;
}
