/* Characters and code pages: case, RtlMultiByteToUnicodeN and relatives, and the shared data file behind them.
 *
 * The ANSI code page is 65001 when the program's manifest asks for it (activeCodePage); else the one Windows has for
 * the language of the Unix locale (LC_ALL, LC_CTYPE, LANG), 1252 for English and for the C locale. The character set
 * of the Unix locale does not count: a UTF-8 locale does not make the ANSI code page UTF-8, since many programs
 * take it that an ANSI character has at most two bytes.
 */
#define FERRY_NTDLL_EXPORT
#include "ntdll.h"
#include "ferry/codepage.h"

USHORT NlsAnsiCodePage = 1252;
static USHORT oem_codepage = 437;
UCHAR NlsMbCodePageTag;
UCHAR NlsMbOemCodePageTag;

extern const unsigned char nls_upper_index[], nls_lower_index[];
extern const unsigned short nls_upper_delta[], nls_lower_delta[];
extern const unsigned int nls_codepage_1252[], nls_codepage_437[];

/* NULL while the code page is UTF-8. */
static const CODEPAGE *ansi = (const CODEPAGE *)nls_codepage_1252;
static const CODEPAGE *oem = (const CODEPAGE *)nls_codepage_437;
static char unix_locale[32];

WCHAR NTAPI RtlUpcaseUnicodeChar(WCHAR c)
{
    if (c < 0x80) return c - (c >= 'a' && c <= 'z' ? 32 : 0);
    return c + nls_upper_delta[nls_upper_index[c >> 6] * 64 + (c & 63)];
}

WCHAR NTAPI RtlDowncaseUnicodeChar(WCHAR c)
{
    if (c < 0x80) return c + (c >= 'A' && c <= 'Z' ? 32 : 0);
    return c + nls_lower_delta[nls_lower_index[c >> 6] * 64 + (c & 63)];
}

/* ---- the file ---- */

static uint32_t crc32(uint32_t crc, const unsigned char *from, size_t size)
{
    crc = ~crc;
    while (size--) {
        crc ^= *from++;
        for (int i = 0; i < 8; i++) crc = crc >> 1 ^ (0xedb88320 & -(crc & 1));
    }
    return ~crc;
}

static bool header_is_valid(const struct nls_header *file, SIZE_T size)
{
    struct nls_header head;
    size_t directory;
    if (size < sizeof(head)) return false;
    head = *file;
    if (head.magic != NLS_MAGIC || head.version != NLS_VERSION || head.size > size || head.count > 1000) return false;
    directory = head.count * sizeof(struct nls_entry);
    if (sizeof(head) + directory > head.size) return false;
    head.checksum = 0;
    if (crc32(crc32(0, (unsigned char *)&head, sizeof(head)), (unsigned char *)(file + 1), directory) != file->checksum)
        return false;
    const struct nls_entry *entry = (const struct nls_entry *)(file + 1);
    for (unsigned i = 0; i < head.count; i++)
        if (entry[i].offset > head.size || entry[i].size > head.size - entry[i].offset) return false;
    return true;
}

/* ferry.nls, mapped at first use; NULL when it is missing or damaged, which is not tried again. */
static const struct nls_header *nls_file(void)
{
    static const struct nls_header *volatile mapped;
    static const struct nls_header none;
    static const WCHAR path[] = L"\\??\\C:\\windows\\system32\\ferry.nls";
    UNICODE_STRING name = {sizeof(path) - sizeof(WCHAR), sizeof(path), (WCHAR *)path};
    OBJECT_ATTRIBUTES attributes;
    const struct nls_header *found = mapped, *other;
    IO_STATUS_BLOCK io;
    HANDLE file, section;
    void *base = NULL;
    SIZE_T size = 0;

    if (found) return found == &none ? NULL : found;
    found = &none;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (!NtOpenFile(&file, GENERIC_READ | SYNCHRONIZE, &attributes, &io, FILE_SHARE_READ,
                    FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE)) {
        if (!NtCreateSection(&section, SECTION_MAP_READ | SECTION_QUERY, NULL, NULL, PAGE_READONLY, SEC_COMMIT, file)) {
            if (NtMapViewOfSection(section, NtCurrentProcess(), &base, 0, 0, NULL, &size, 2 /* ViewUnmap */, 0,
                                   PAGE_READONLY) >= 0) {
                if (header_is_valid(base, size)) found = base;
                else NtUnmapViewOfSection(NtCurrentProcess(), base);
            }
            NtClose(section);
        }
        NtClose(file);
    }
    other = InterlockedCompareExchangePointer((void **)&mapped, (void *)found, NULL);
    if (other) {
        if (found != &none) NtUnmapViewOfSection(NtCurrentProcess(), base);
        found = other;
    }
    return found == &none ? NULL : found;
}

const void *NTAPI FerryNlsBlock(ULONG kind, ULONG key)
{
    const struct nls_header *file;
    const struct nls_entry *entry;
    unsigned low = 0, high;

    if (kind == NLS_CODEPAGE && key == 1252) return nls_codepage_1252;
    if (kind == NLS_CODEPAGE && key == 437) return nls_codepage_437;
    if (!(file = nls_file())) return NULL;
    entry = (const struct nls_entry *)(file + 1);
    high = file->count;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (entry[middle].kind == kind && entry[middle].key == key) return (const char *)file + entry[middle].offset;
        if (entry[middle].kind < kind || (entry[middle].kind == kind && entry[middle].key < key)) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

/* ---- the process's code pages ---- */

/* Languages whose pages are not 1252 and 850. */
static const struct {
    char language[3];
    char territory[3]; /* "" for any */
    USHORT ansi, oem;
} language_pages[] = {
    {"ar", "", 1256, 720}, {"az", "", 1254, 857},   {"be", "", 1251, 866},   {"bg", "", 1251, 866},
    {"bs", "", 1250, 852}, {"cs", "", 1250, 852},   {"el", "", 1253, 737},   {"en", "US", 1252, 437},
    {"en", "PH", 1252, 437}, {"et", "", 1257, 775}, {"fa", "", 1256, 720},   {"he", "", 1255, 862},
    {"hr", "", 1250, 852}, {"hu", "", 1250, 852},   {"iw", "", 1255, 862},   {"ja", "", 932, 932},
    {"kk", "", 1251, 866}, {"ko", "", 949, 949},    {"ky", "", 1251, 866},   {"lt", "", 1257, 775},
    {"lv", "", 1257, 775}, {"mk", "", 1251, 866},   {"mn", "", 1251, 866},   {"pl", "", 1250, 852},
    {"ro", "", 1250, 852}, {"ru", "", 1251, 866},   {"sk", "", 1250, 852},   {"sl", "", 1250, 852},
    {"sq", "", 1250, 852}, {"sr", "", 1250, 852},   {"tg", "", 1251, 866},   {"th", "", 874, 874},
    {"tr", "", 1254, 857}, {"tt", "", 1251, 866},   {"uk", "", 1251, 866},   {"ur", "", 1256, 720},
    {"uz", "", 1254, 857}, {"vi", "", 1258, 1258},  {"zh", "HK", 950, 950},  {"zh", "MO", 950, 950},
    {"zh", "TW", 950, 950}, {"zh", "", 936, 936},
};

static void set_page(ULONG codepage, USHORT *number, const CODEPAGE **table, UCHAR *tag)
{
    const CODEPAGE *page = codepage == CP_UTF8 ? NULL : FerryNlsBlock(NLS_CODEPAGE, codepage);
    if (!page && codepage != CP_UTF8) return;
    *table = page;
    *number = codepage;
    *tag = !page || page->max_char_size > 1;
}

/* Chooses the code pages. The loader calls it once the manifest is known, with its activeCodePage or 0, before
 * any code of the program runs. */
void nls_init(ULONG manifest_codepage)
{
    FERRY_PEB *peb = ferry_peb();
    ULONG size, ansi_number = 1252, oem_number = 437;

    if (NtFerryQueryHost("locale", unix_locale, sizeof(unix_locale), &size) < 0) unix_locale[0] = 0;
    unix_locale[sizeof(unix_locale) - 1] = 0;
    if (unix_locale[0] >= 'a' && unix_locale[0] <= 'z' && unix_locale[1]) {
        const char *territory = unix_locale[2] == '_' ? unix_locale + 3 : "";
        if (unix_locale[0] != 'e' || unix_locale[1] != 'n' || *territory) oem_number = 850;
        for (unsigned i = 0; i < sizeof(language_pages) / sizeof(language_pages[0]); i++) {
            const char *want = language_pages[i].territory;
            if (language_pages[i].language[0] != unix_locale[0] || language_pages[i].language[1] != unix_locale[1]) continue;
            if (want[0] && (want[0] != territory[0] || want[1] != territory[1])) continue;
            ansi_number = language_pages[i].ansi;
            oem_number = language_pages[i].oem;
            break;
        }
    }
    if (manifest_codepage == CP_UTF8) ansi_number = oem_number = CP_UTF8;
    set_page(ansi_number, &NlsAnsiCodePage, &ansi, &NlsMbCodePageTag);
    set_page(oem_number, &oem_codepage, &oem, &NlsMbOemCodePageTag);
    peb->ActiveCodePage = NlsAnsiCodePage;
    peb->OemCodePage = oem_codepage;
}

const char *NTAPI FerryNlsUnixLocale(void)
{
    return unix_locale;
}

VOID NTAPI RtlGetDefaultCodePage(USHORT *ansi_number, USHORT *oem_number)
{
    *ansi_number = NlsAnsiCodePage;
    *oem_number = oem_codepage;
}

/* ---- conversion; sizes are bytes. What does not fit is left out without an error. ---- */

static NTSTATUS to_unicode(const CODEPAGE *page, WCHAR *to, ULONG to_bytes, ULONG *written, const char *from, ULONG size)
{
    size_t units = page ? codepage_decode(page, to, to_bytes / sizeof(WCHAR), from, size, NULL, NULL)
                        : utf8_decode(to, to_bytes / sizeof(WCHAR), from, size, NULL, NULL);
    if (written) *written = units * sizeof(WCHAR);
    return STATUS_SUCCESS;
}

static NTSTATUS from_unicode(const CODEPAGE *page, char *to, ULONG room, ULONG *written, const WCHAR *from, ULONG bytes)
{
    size_t size = page ? codepage_encode(page, to, room, from, bytes / sizeof(WCHAR), NULL)
                       : utf8_encode(to, room, from, bytes / sizeof(WCHAR), NULL, NULL);
    if (written) *written = size;
    return STATUS_SUCCESS;
}

/* Upper case first, then back and forth through the page, so that the result is capital in the page as well. */
static NTSTATUS from_unicode_upper(const CODEPAGE *page, char *to, ULONG room, ULONG *written, const WCHAR *from,
                                   ULONG bytes)
{
    ULONG out = 0;
    for (ULONG in = 0; in < bytes / sizeof(WCHAR); in++) {
        WCHAR pair[2] = {RtlUpcaseUnicodeChar(from[in])};
        ULONG units = 1, size;
        if (!page && (from[in] & 0xfc00) == 0xd800 && in + 1 < bytes / sizeof(WCHAR)) pair[units++] = from[++in];
        if (page) pair[0] = RtlUpcaseUnicodeChar(codepage_to_wide(page, codepage_from_wide(page, pair[0])));
        char small[8];
        from_unicode(page, small, sizeof(small), &size, pair, units * sizeof(WCHAR));
        if (to && size > room - out) break;
        for (ULONG i = 0; to && i < size; i++) to[out + i] = small[i];
        out += size;
    }
    if (written) *written = out;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlMultiByteToUnicodeN(WCHAR *to, ULONG to_bytes, ULONG *written, const char *from, ULONG size)
{
    return to_unicode(ansi, to, to_bytes, written, from, size);
}

NTSTATUS NTAPI RtlMultiByteToUnicodeSize(ULONG *bytes, const char *from, ULONG size)
{
    return to_unicode(ansi, NULL, 0, bytes, from, size);
}

NTSTATUS NTAPI RtlUnicodeToMultiByteN(char *to, ULONG room, ULONG *written, const WCHAR *from, ULONG bytes)
{
    return from_unicode(ansi, to, room, written, from, bytes);
}

NTSTATUS NTAPI RtlUnicodeToMultiByteSize(ULONG *size, WCHAR *from, ULONG bytes)
{
    return from_unicode(ansi, NULL, 0, size, from, bytes);
}

NTSTATUS NTAPI RtlOemToUnicodeN(WCHAR *to, ULONG to_bytes, ULONG *written, const char *from, ULONG size)
{
    return to_unicode(oem, to, to_bytes, written, from, size);
}

NTSTATUS NTAPI RtlUnicodeToOemN(char *to, ULONG room, ULONG *written, const WCHAR *from, ULONG bytes)
{
    return from_unicode(oem, to, room, written, from, bytes);
}

/* Bytes that the other form of a string takes, for RtlxUnicodeStringToOemSize and RtlxOemStringToUnicodeSize. */
ULONG nls_oem_size(const WCHAR *from, ULONG bytes)
{
    ULONG size;
    from_unicode(oem, NULL, 0, &size, from, bytes);
    return size;
}
ULONG nls_oem_unicode_size(const char *from, ULONG size)
{
    ULONG bytes;
    to_unicode(oem, NULL, 0, &bytes, from, size);
    return bytes;
}

NTSTATUS NTAPI RtlUpcaseUnicodeToMultiByteN(char *to, ULONG room, ULONG *written, const WCHAR *from, ULONG bytes)
{
    return from_unicode_upper(ansi, to, room, written, from, bytes);
}

NTSTATUS NTAPI RtlUpcaseUnicodeToOemN(char *to, ULONG room, ULONG *written, const WCHAR *from, ULONG bytes)
{
    return from_unicode_upper(oem, to, room, written, from, bytes);
}

/* STATUS_BUFFER_TOO_SMALL, with what fitted written; STATUS_SOME_NOT_MAPPED when U+FFFD stands for something
 * (wdm.h reference). With `to` NULL only counts. */
NTSTATUS NTAPI RtlUTF8ToUnicodeN(WCHAR *to, ULONG to_bytes, ULONG *written, const char *from, ULONG size)
{
    bool invalid = false;
    size_t used, units;
    if (!to && !written) return STATUS_INVALID_PARAMETER;
    if (!from) return STATUS_INVALID_PARAMETER_4;
    units = utf8_decode(to, to_bytes / sizeof(WCHAR), from, size, &used, &invalid);
    if (written) *written = units * sizeof(WCHAR);
    if (used < size) return STATUS_BUFFER_TOO_SMALL;
    return invalid ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlUnicodeToUTF8N(char *to, ULONG room, ULONG *written, const WCHAR *from, ULONG bytes)
{
    bool invalid = false;
    size_t used, size;
    if (!to && !written) return STATUS_INVALID_PARAMETER;
    if (!from) return STATUS_INVALID_PARAMETER_4;
    if (bytes % sizeof(WCHAR)) return STATUS_INVALID_PARAMETER_5;
    size = utf8_encode(to, room, from, bytes / sizeof(WCHAR), &used, &invalid);
    if (written) *written = size;
    if (used < bytes / sizeof(WCHAR)) return STATUS_BUFFER_TOO_SMALL;
    return invalid ? STATUS_SOME_NOT_MAPPED : STATUS_SUCCESS;
}
