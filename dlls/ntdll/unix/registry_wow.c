/* The registry as 32-bit programs see it (win32 docs: Registry Keys Affected by WOW64). */
#include <string.h>

#include "registry.h"

static const WCHAR wow_node[] = u"\\Wow6432Node";
#define WOW_NODE_UNITS (sizeof(wow_node) / sizeof(WCHAR) - 1)

/* Below HKEY_LOCAL_MACHINE\SOFTWARE: shared by both views. */
static const WCHAR *const shared[] = {
    u"\\Clients",
    u"\\Microsoft\\COM3",
    u"\\Microsoft\\Cryptography\\Calais\\Current",
    u"\\Microsoft\\Cryptography\\Calais\\Readers",
    u"\\Microsoft\\Cryptography\\Services",
    u"\\Microsoft\\CTF\\SystemShared",
    u"\\Microsoft\\CTF\\TIP",
    u"\\Microsoft\\DFS",
    u"\\Microsoft\\Driver Signing",
    u"\\Microsoft\\EnterpriseCertificates",
    u"\\Microsoft\\EventSystem",
    u"\\Microsoft\\MSMQ",
    u"\\Microsoft\\Non-Driver Signing",
    u"\\Microsoft\\Notepad\\DefaultFonts",
    u"\\Microsoft\\OLE",
    u"\\Microsoft\\RAS",
    u"\\Microsoft\\RPC",
    u"\\Microsoft\\Shared Tools\\MSInfo",
    u"\\Microsoft\\SystemCertificates",
    u"\\Microsoft\\TermServLicensing",
    u"\\Microsoft\\Transaction Server",
    u"\\Microsoft\\Windows\\CurrentVersion\\App Paths",
    u"\\Microsoft\\Windows\\CurrentVersion\\Control Panel\\Cursors\\Schemes",
    u"\\Microsoft\\Windows\\CurrentVersion\\Explorer\\AutoplayHandlers",
    u"\\Microsoft\\Windows\\CurrentVersion\\Explorer\\DriveIcons",
    u"\\Microsoft\\Windows\\CurrentVersion\\Explorer\\KindMap",
    u"\\Microsoft\\Windows\\CurrentVersion\\Group Policy",
    u"\\Microsoft\\Windows\\CurrentVersion\\Policies",
    u"\\Microsoft\\Windows\\CurrentVersion\\PreviewHandlers",
    u"\\Microsoft\\Windows\\CurrentVersion\\Setup",
    u"\\Microsoft\\Windows\\CurrentVersion\\Telephony\\Locations",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\Console",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\FontDpi",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\FontLink",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\FontMapper",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\Fonts",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\FontSubstitutes",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\Gre_Initialize",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\LanguagePack",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\NetworkCards",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\Perflib",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\Ports",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\Print",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList",
    u"\\Microsoft\\Windows NT\\CurrentVersion\\Time Zones",
    u"\\Policies",
    u"\\RegisteredApplications",
};

/* Below a Classes key: the only ones that are not shared. */
static const WCHAR *const redirected_classes[] = {
    u"\\CLSID", u"\\DirectShow", u"\\Interface", u"\\Media Type", u"\\MediaFoundation",
};

static uint32_t length_of(const WCHAR *text)
{
    uint32_t units = 0;

    while (text[units]) units++;
    return units;
}

/* Is `prefix` the start of the path, up to the end of a part? Its units, or 0. */
static uint32_t starts(const WCHAR *path, uint32_t units, const WCHAR *prefix)
{
    uint32_t length = length_of(prefix);

    if (length > units || registry_compare(path, length, prefix, length)) return 0;
    return length == units || path[length] == '\\' ? length : 0;
}

static bool starts_any(const WCHAR *path, uint32_t units, const WCHAR *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (starts(path, units, list[i])) return true;
    return false;
}

static void remove_node(WCHAR *path, uint32_t *units, uint32_t at)
{
    if (!starts(path + at, *units - at, wow_node)) return;
    *units -= WOW_NODE_UNITS;
    memmove(path + at, path + at + WOW_NODE_UNITS, (*units - at) * sizeof(WCHAR));
}

static void insert_node(WCHAR *path, uint32_t *units, uint32_t room, uint32_t at)
{
    if (*units + WOW_NODE_UNITS > room) return;
    memmove(path + at + WOW_NODE_UNITS, path + at, (*units - at) * sizeof(WCHAR));
    memcpy(path + at, wow_node, WOW_NODE_UNITS * sizeof(WCHAR));
    *units += WOW_NODE_UNITS;
}

static void redirect_classes(WCHAR *path, uint32_t *units, uint32_t room, uint32_t at)
{
    remove_node(path, units, at);
    if (starts_any(path + at, *units - at, redirected_classes, sizeof(redirected_classes) / sizeof(*redirected_classes)))
        insert_node(path, units, room, at);
}

uint32_t registry_narrow_path(WCHAR *path, uint32_t units, uint32_t room)
{
    uint32_t at = starts(path, units, u"\\REGISTRY\\MACHINE\\SOFTWARE"), classes;

    if (at) {
        remove_node(path, &units, at);
        classes = starts(path + at, units - at, u"\\Classes");
        if (classes) redirect_classes(path, &units, room, at + classes);
        else if (!starts_any(path + at, units - at, shared, sizeof(shared) / sizeof(*shared)))
            insert_node(path, &units, room, at);
        return units;
    }
    at = starts(path, units, u"\\REGISTRY\\USER");
    if (!at || at == units) return units;
    for (at++; at < units && path[at] != '\\';) at++; /* the user's SID */
    classes = starts(path + at, units - at, u"\\Software\\Classes");
    if (!classes && at > 8 && !registry_compare(path + at - 8, 8, u"_Classes", 8)) redirect_classes(path, &units, room, at);
    else if (classes) redirect_classes(path, &units, room, at + classes);
    return units;
}
