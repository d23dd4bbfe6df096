/* Names of kernel objects: Local\ and Global\ prefixes, security attributes. */
#include "kernelbase.h"

/* The names of one session and the global ones are the same directory here, as in session 0 of Windows. */
static const WCHAR base_directory[] = L"\\BaseNamedObjects\\";

static const WCHAR *strip_prefix(const WCHAR *name)
{
    if (!wide_compare_nocase_n(name, L"Global\\", 7)) return name + 7;
    if (!wide_compare_nocase_n(name, L"Local\\", 6)) return name + 6;
    if (!wide_compare_nocase_n(name, L"Session\\", 8)) {
        const WCHAR *at = name + 8;
        while (*at >= '0' && *at <= '9') at++;
        if (at > name + 8 && *at == '\\') return at + 1;
    }
    return name;
}

OBJECT_ATTRIBUTES *object_name(struct object_name *object, const SECURITY_ATTRIBUTES *security, const WCHAR *text)
{
    const ULONG prefix = ARRAYSIZE(base_directory) - 1;
    bool inherit = security && security->bInheritHandle;

    if (!text && !inherit && (!security || !security->lpSecurityDescriptor)) return NULL;
    InitializeObjectAttributes(&object->attributes, NULL, inherit ? OBJ_INHERIT : 0, NULL,
                               security ? security->lpSecurityDescriptor : NULL);
    if (text && *text) {
        text = strip_prefix(text);
        size_t length = wide_length(text);
        if (length > MAX_PATH) length = 0; /* an empty last component: STATUS_OBJECT_NAME_INVALID */
        memcpy(object->path, base_directory, prefix * sizeof(WCHAR));
        memcpy(object->path + prefix, text, length * sizeof(WCHAR));
        object->name.Buffer = object->path;
        object->name.Length = object->name.MaximumLength = (prefix + length) * sizeof(WCHAR);
        object->attributes.ObjectName = &object->name;
        object->attributes.Attributes |= OBJ_OPENIF;
    }
    return &object->attributes;
}

OBJECT_ATTRIBUTES *object_name_inherit(struct object_name *object, BOOL inherit, const WCHAR *text)
{
    SECURITY_ATTRIBUTES security = { .nLength = sizeof(security), .bInheritHandle = inherit };

    return object_name(object, &security, text);
}
