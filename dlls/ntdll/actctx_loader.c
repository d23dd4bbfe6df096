/* What the loader reads from manifests: the process's code page.
 *
 * Dependent assemblies (common controls, the Visual C++ runtimes) are not looked up in a side-by-side store: their DLLs
 * are found by the ordinary search, where the built-in ones answer. So a manifest never keeps a program from starting.
 */
#include "ldr.h"

#define MANIFEST_TYPE 24
#define CREATEPROCESS_MANIFEST 1

void *actctx_enter_module(struct module *module)
{
    return NULL;
}

void actctx_leave_module(void *cookie)
{
}

void actctx_forget_module(struct module *module)
{
}

NTSTATUS actctx_redirect_dll(const UNICODE_STRING *name, UNICODE_STRING *path)
{
    return STATUS_SXS_KEY_NOT_FOUND;
}

static const char *find_text(const char *text, const char *end, const char *wanted)
{
    SIZE_T length = strlen(wanted);

    for (; end - text >= (ptrdiff_t)length; text++)
        if (!memcmp(text, wanted, length)) return text;
    return NULL;
}

/* <activeCodePage>UTF-8</activeCodePage>, in whatever namespace prefix; 0 for none and for "Legacy". */
ULONG actctx_init(void)
{
    LDR_RESOURCE_INFO info = { MANIFEST_TYPE, CREATEPROCESS_MANIFEST, 0 };
    const IMAGE_RESOURCE_DATA_ENTRY *entry;
    void *data;
    ULONG size;

    if (LdrFindResource_U(main_module->entry.DllBase, &info, 3, &entry) < 0 ||
        LdrAccessResource(main_module->entry.DllBase, entry, &data, &size) < 0 ||
        !range_in_image(main_module, (ULONG)((char *)data - main_module->base), size))
        return 0;
    const char *end = (char *)data + size, *at = find_text(data, end, "activeCodePage");
    if (!at) return 0;
    while (at < end && *at != '>') at++;
    for (at++; at < end && (*at == ' ' || *at - '\t' < 5u); at++) {}
    return end - at >= 5 && !_strnicmp(at, "UTF-8", 5) ? CP_UTF8 : 0;
}
