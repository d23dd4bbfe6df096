/* libloaderapi.h: resources of modules, loaded or mapped as data files. */
#define _USER32_ /* LoadString is kernelbase's; user32 forwards here */
#include "kernelbase.h"

/* ---- the image ---- */

struct image {
    UCHAR *base;
    bool flat; /* mapped as the file lies, not by sections (LOAD_LIBRARY_AS_DATAFILE) */
    const IMAGE_NT_HEADERS *nt;
    UCHAR *root; /* of the resource directory */
    ULONG size;  /* bytes from root that may be read */
};

static void *at_rva(const struct image *image, ULONG rva)
{
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(image->nt);

    if (!image->flat) return image->base + rva;
    for (int i = 0; i < image->nt->FileHeader.NumberOfSections; i++, section++)
        if (rva >= section->VirtualAddress && rva - section->VirtualAddress < section->SizeOfRawData)
            return image->base + section->PointerToRawData + (rva - section->VirtualAddress);
    return NULL;
}

static bool open_image(HMODULE module, struct image *image)
{
    const IMAGE_DATA_DIRECTORY *directory;

    if (!module) module = ferry_peb()->ImageBaseAddress;
    image->base = (UCHAR *)((ULONG_PTR)module & ~(ULONG_PTR)3);
    image->flat = ((ULONG_PTR)module & 3) == 1;
    image->nt = RtlImageNtHeader(image->base);
    if (!image->nt) return set_error(ERROR_BAD_EXE_FORMAT);
    if (image->nt->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC) {
        const IMAGE_NT_HEADERS64 *nt = (const IMAGE_NT_HEADERS64 *)image->nt;
        directory = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_RESOURCE];
        if (nt->OptionalHeader.NumberOfRvaAndSizes <= IMAGE_DIRECTORY_ENTRY_RESOURCE) directory = NULL;
    } else {
        const IMAGE_NT_HEADERS32 *nt = (const IMAGE_NT_HEADERS32 *)image->nt;
        directory = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_RESOURCE];
        if (nt->OptionalHeader.NumberOfRvaAndSizes <= IMAGE_DIRECTORY_ENTRY_RESOURCE) directory = NULL;
    }
    if (!directory || !directory->VirtualAddress || !directory->Size ||
        !(image->root = at_rva(image, directory->VirtualAddress)))
        return set_error(ERROR_RESOURCE_DATA_NOT_FOUND);
    image->size = directory->Size;
    return true;
}

static const IMAGE_RESOURCE_DIRECTORY *directory_at(const struct image *image, ULONG offset)
{
    const IMAGE_RESOURCE_DIRECTORY *directory = (void *)(image->root + offset);

    if (offset > image->size - sizeof(*directory) || image->size < sizeof(*directory)) return NULL;
    ULONG count = directory->NumberOfIdEntries + directory->NumberOfNamedEntries;
    if (count > (image->size - offset - sizeof(*directory)) / sizeof(IMAGE_RESOURCE_DIRECTORY_ENTRY)) return NULL;
    return directory;
}

static const IMAGE_RESOURCE_DIRECTORY_ENTRY *entries_of(const IMAGE_RESOURCE_DIRECTORY *directory)
{
    return (const IMAGE_RESOURCE_DIRECTORY_ENTRY *)(directory + 1);
}

static const IMAGE_RESOURCE_DIR_STRING_U *entry_name(const struct image *image,
                                                     const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry)
{
    const IMAGE_RESOURCE_DIR_STRING_U *name = (void *)(image->root + entry->NameOffset);

    if (entry->NameOffset > image->size - 2) return NULL;
    return name->Length <= (image->size - entry->NameOffset - 2) / sizeof(WCHAR) ? name : NULL;
}

/* ---- names: integers, "#12" for one, or text that is compared without case ---- */

NTSTATUS resource_id(const WCHAR *name, ULONG_PTR *id)
{
    ULONG value = 0;

    *id = (ULONG_PTR)name;
    if (!((ULONG_PTR)name >> 16) || name[0] != '#') return STATUS_SUCCESS;
    for (const WCHAR *at = name + 1; *at; at++) {
        if (*at < '0' || *at > '9' || value > 0xffff) return STATUS_INVALID_PARAMETER;
        value = value * 10 + *at - '0';
    }
    if (value > 0xffff || !name[1]) return STATUS_INVALID_PARAMETER;
    *id = value;
    return STATUS_SUCCESS;
}

static const IMAGE_RESOURCE_DIRECTORY_ENTRY *find_entry(const struct image *image,
                                                        const IMAGE_RESOURCE_DIRECTORY *directory, ULONG_PTR id)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry = entries_of(directory);

    if (id >> 16) {
        const WCHAR *wanted = (const WCHAR *)id;
        size_t length = wide_length(wanted);
        for (int i = 0; i < directory->NumberOfNamedEntries; i++, entry++) {
            const IMAGE_RESOURCE_DIR_STRING_U *name = entry->NameIsString ? entry_name(image, entry) : NULL;
            if (name && name->Length == length && !wide_compare_nocase_n(name->NameString, wanted, length)) return entry;
        }
        return NULL;
    }
    entry += directory->NumberOfNamedEntries;
    for (int low = 0, high = directory->NumberOfIdEntries; low < high;) {
        int middle = (low + high) / 2;
        if (entry[middle].Id == id) return entry + middle;
        if (entry[middle].Id > id) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

static const IMAGE_RESOURCE_DIRECTORY *find_directory(const struct image *image,
                                                      const IMAGE_RESOURCE_DIRECTORY *directory, ULONG_PTR id)
{
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry = directory ? find_entry(image, directory, id) : NULL;

    return entry && entry->DataIsDirectory ? directory_at(image, entry->OffsetToDirectory) : NULL;
}

/* ---- finding ---- */

static const IMAGE_RESOURCE_DATA_ENTRY *data_of(const struct image *image, const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry)
{
    if (!entry || entry->DataIsDirectory || entry->OffsetToData > image->size - sizeof(IMAGE_RESOURCE_DATA_ENTRY))
        return NULL;
    return (void *)(image->root + entry->OffsetToData);
}

/* Languages are tried in the order of the reference (multilingual resources): the one asked for, its primary language,
 * neutral, the user's, the system's, English, any. */
HRSRC WINAPI FindResourceExW(HMODULE module, LPCWSTR type, LPCWSTR name, WORD language)
{
    struct image image;
    const IMAGE_RESOURCE_DIRECTORY *directory;
    const IMAGE_RESOURCE_DATA_ENTRY *data = NULL;
    ULONG_PTR type_id, name_id;

    if (resource_id(type, &type_id) < 0 || resource_id(name, &name_id) < 0) {
        set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (!open_image(module, &image)) return NULL;
    directory = find_directory(&image, directory_at(&image, 0), type_id);
    if (!directory) {
        set_error(ERROR_RESOURCE_TYPE_NOT_FOUND);
        return NULL;
    }
    directory = find_directory(&image, directory, name_id);
    if (!directory) {
        set_error(ERROR_RESOURCE_NAME_NOT_FOUND);
        return NULL;
    }
    if (language != MAKELANGID(LANG_NEUTRAL, SUBLANG_NEUTRAL)) {
        WORD tries[] = { language, MAKELANGID(PRIMARYLANGID(language), SUBLANG_NEUTRAL), 0 };
        for (int i = 0; i < 3 && !data; i++) data = data_of(&image, find_entry(&image, directory, tries[i]));
        if (!data) {
            set_error(ERROR_RESOURCE_LANG_NOT_FOUND);
            return NULL;
        }
        return (HRSRC)data;
    }
    LANGID user = (LANGID)GetUserDefaultLCID(), system = (LANGID)GetSystemDefaultLCID();
    WORD tries[] = { 0, user, MAKELANGID(PRIMARYLANGID(user), SUBLANG_NEUTRAL), system,
                     MAKELANGID(PRIMARYLANGID(system), SUBLANG_NEUTRAL), MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US),
                     MAKELANGID(LANG_ENGLISH, SUBLANG_NEUTRAL) };
    for (unsigned i = 0; i < ARRAYSIZE(tries) && !data; i++)
        data = data_of(&image, find_entry(&image, directory, tries[i]));
    if (!data && directory->NumberOfIdEntries + directory->NumberOfNamedEntries)
        data = data_of(&image, entries_of(directory));
    if (!data) set_error(ERROR_RESOURCE_LANG_NOT_FOUND);
    return (HRSRC)data;
}

HRSRC WINAPI FindResourceW(HMODULE module, LPCWSTR name, LPCWSTR type)
{
    return FindResourceExW(module, type, name, MAKELANGID(LANG_NEUTRAL, SUBLANG_NEUTRAL));
}

/* Text of an ANSI name, or the integer as it is. */
static BOOL wide_name(struct wide_argument *wide, const char *name, const WCHAR **result)
{
    if (!((ULONG_PTR)name >> 16)) {
        *result = (const WCHAR *)name;
        return TRUE;
    }
    if (!wide_from_ansi(wide, name)) return FALSE;
    *result = wide->text;
    return TRUE;
}

HRSRC WINAPI FindResourceExA(HMODULE module, LPCSTR type, LPCSTR name, WORD language)
{
    WIDE(wide_type);
    WIDE(wide);
    const WCHAR *type_id, *name_id;

    if (!wide_name(&wide_type, type, &type_id) || !wide_name(&wide, name, &name_id)) return NULL;
    return FindResourceExW(module, type_id, name_id, language);
}

HRSRC WINAPI FindResourceA(HMODULE module, LPCSTR name, LPCSTR type)
{
    return FindResourceExA(module, type, name, MAKELANGID(LANG_NEUTRAL, SUBLANG_NEUTRAL));
}

HGLOBAL WINAPI LoadResource(HMODULE module, HRSRC resource)
{
    struct image image;
    void *data;

    if (!resource) {
        set_error(ERROR_RESOURCE_DATA_NOT_FOUND);
        return NULL;
    }
    if (!open_image(module, &image)) return NULL;
    data = at_rva(&image, ((IMAGE_RESOURCE_DATA_ENTRY *)resource)->OffsetToData);
    if (!data) set_error(ERROR_RESOURCE_DATA_NOT_FOUND);
    return data;
}

/* A loaded resource is its memory; there is nothing to lock or free. */
LPVOID WINAPI LockResource(HGLOBAL data)
{
    return data;
}

BOOL WINAPI FreeResource(HGLOBAL data)
{
    return FALSE;
}

DWORD WINAPI SizeofResource(HMODULE module, HRSRC resource)
{
    if (!resource) return set_error(ERROR_RESOURCE_DATA_NOT_FOUND);
    return ((IMAGE_RESOURCE_DATA_ENTRY *)resource)->Size;
}

/* ---- strings: blocks of sixteen, each with its length in front ---- */

/* The string in place, not terminated, and its length; NULL if there is none. */
static const WCHAR *find_string(HMODULE module, UINT id, int *length)
{
    HRSRC resource = FindResourceW(module, MAKEINTRESOURCEW(((id >> 4) & 0xfff) + 1), (LPCWSTR)RT_STRING);
    const WCHAR *at, *end;

    *length = 0;
    if (!resource || !(at = LoadResource(module, resource))) return NULL;
    end = at + SizeofResource(module, resource) / sizeof(WCHAR);
    for (UINT skip = id & 15; skip && at < end; skip--) at += *at + 1;
    if (at >= end || at + 1 + *at > end) return NULL;
    *length = *at;
    return at + 1;
}

/* With size 0 the buffer is a place for a pointer to the string itself (winuser.h reference: LoadStringW). */
int WINAPI LoadStringW(HINSTANCE module, UINT id, LPWSTR buffer, int size)
{
    int length;
    const WCHAR *text = find_string(module, id, &length);

    if (!buffer || size < 0) return 0;
    if (!text) {
        if (size) buffer[0] = 0;
        return 0;
    }
    if (!size) {
        *(const WCHAR **)buffer = text;
        return length;
    }
    if (length > size - 1) length = size - 1;
    memcpy(buffer, text, length * sizeof(WCHAR));
    buffer[length] = 0;
    return length;
}

int WINAPI LoadStringA(HINSTANCE module, UINT id, LPSTR buffer, int size)
{
    int length, bytes;
    const WCHAR *text;

    if (!buffer || size <= 0) return size ? 0 : -1;
    text = find_string(module, id, &length);
    bytes = text ? ansi_from_wide(buffer, size - 1, text, length) : 0;
    buffer[bytes] = 0;
    return bytes;
}

/* ---- enumeration ---- */

/* The entry's name as callbacks get it: an integer, or a terminated copy in `buffer` (MAX_PATH units). */
static const WCHAR *callback_name(const struct image *image, const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry, WCHAR *buffer)
{
    const IMAGE_RESOURCE_DIR_STRING_U *name;

    if (!entry->NameIsString) return MAKEINTRESOURCEW(entry->Id);
    if (!(name = entry_name(image, entry))) return NULL;
    ULONG length = name->Length < MAX_PATH - 1 ? name->Length : MAX_PATH - 1;
    memcpy(buffer, name->NameString, length * sizeof(WCHAR));
    buffer[length] = 0;
    return buffer;
}

/* The enumeration stopped by a callback is told by ERROR_RESOURCE_ENUM_USER_STOP. */
static BOOL stopped(void)
{
    return set_error(ERROR_RESOURCE_ENUM_USER_STOP);
}

BOOL WINAPI EnumResourceTypesExW(HMODULE module, ENUMRESTYPEPROCW callback, LONG_PTR parameter, DWORD flags,
                                 LANGID language)
{
    struct image image;
    const IMAGE_RESOURCE_DIRECTORY *directory;
    WCHAR buffer[MAX_PATH];

    if (!open_image(module, &image)) return FALSE;
    if (!(directory = directory_at(&image, 0))) return set_error(ERROR_RESOURCE_DATA_NOT_FOUND);
    for (int i = 0; i < directory->NumberOfNamedEntries + directory->NumberOfIdEntries; i++) {
        const WCHAR *type = callback_name(&image, entries_of(directory) + i, buffer);
        if (type && !callback(module, (LPWSTR)type, parameter)) return stopped();
    }
    return TRUE;
}

BOOL WINAPI EnumResourceTypesW(HMODULE module, ENUMRESTYPEPROCW callback, LONG_PTR parameter)
{
    return EnumResourceTypesExW(module, callback, parameter, 0, 0);
}

BOOL WINAPI EnumResourceNamesExW(HMODULE module, LPCWSTR type, ENUMRESNAMEPROCW callback, LONG_PTR parameter,
                                 DWORD flags, LANGID language)
{
    struct image image;
    const IMAGE_RESOURCE_DIRECTORY *directory;
    WCHAR buffer[MAX_PATH];
    ULONG_PTR type_id;

    if (resource_id(type, &type_id) < 0) return set_error(ERROR_INVALID_PARAMETER);
    if (!open_image(module, &image)) return FALSE;
    if (!(directory = find_directory(&image, directory_at(&image, 0), type_id)))
        return set_error(ERROR_RESOURCE_TYPE_NOT_FOUND);
    for (int i = 0; i < directory->NumberOfNamedEntries + directory->NumberOfIdEntries; i++) {
        const WCHAR *name = callback_name(&image, entries_of(directory) + i, buffer);
        if (name && !callback(module, type, (LPWSTR)name, parameter)) return stopped();
    }
    return TRUE;
}

BOOL WINAPI EnumResourceNamesW(HMODULE module, LPCWSTR type, ENUMRESNAMEPROCW callback, LONG_PTR parameter)
{
    return EnumResourceNamesExW(module, type, callback, parameter, 0, 0);
}

BOOL WINAPI EnumResourceLanguagesExW(HMODULE module, LPCWSTR type, LPCWSTR name, ENUMRESLANGPROCW callback,
                                     LONG_PTR parameter, DWORD flags, LANGID language)
{
    struct image image;
    const IMAGE_RESOURCE_DIRECTORY *directory;
    ULONG_PTR type_id, name_id;

    if (resource_id(type, &type_id) < 0 || resource_id(name, &name_id) < 0) return set_error(ERROR_INVALID_PARAMETER);
    if (!open_image(module, &image)) return FALSE;
    if (!(directory = find_directory(&image, directory_at(&image, 0), type_id)))
        return set_error(ERROR_RESOURCE_TYPE_NOT_FOUND);
    if (!(directory = find_directory(&image, directory, name_id))) return set_error(ERROR_RESOURCE_NAME_NOT_FOUND);
    for (int i = 0; i < directory->NumberOfNamedEntries + directory->NumberOfIdEntries; i++) {
        const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry = entries_of(directory) + i;
        if (!entry->NameIsString && !callback(module, type, name, entry->Id, parameter)) return stopped();
    }
    return TRUE;
}

BOOL WINAPI EnumResourceLanguagesW(HMODULE module, LPCWSTR type, LPCWSTR name, ENUMRESLANGPROCW callback,
                                   LONG_PTR parameter)
{
    return EnumResourceLanguagesExW(module, type, name, callback, parameter, 0, 0);
}

/* ---- the ANSI forms: a callback between ---- */

struct ansi_callback {
    void *callback;
    LONG_PTR parameter;
    const char *type; /* as the caller gave it */
    const char *name;
};

static const char *ansi_name(const WCHAR *name, char *buffer)
{
    if (!((ULONG_PTR)name >> 16)) return (const char *)name;
    buffer[ansi_from_wide(buffer, MAX_PATH * 2 - 1, name, wide_length(name))] = 0;
    return buffer;
}

static BOOL CALLBACK type_to_ansi(HMODULE module, LPWSTR type, LONG_PTR parameter)
{
    struct ansi_callback *ansi = (struct ansi_callback *)parameter;
    char buffer[MAX_PATH * 2];

    return ((ENUMRESTYPEPROCA)ansi->callback)(module, (LPSTR)ansi_name(type, buffer), ansi->parameter);
}

static BOOL CALLBACK name_to_ansi(HMODULE module, LPCWSTR type, LPWSTR name, LONG_PTR parameter)
{
    struct ansi_callback *ansi = (struct ansi_callback *)parameter;
    char buffer[MAX_PATH * 2];

    return ((ENUMRESNAMEPROCA)ansi->callback)(module, ansi->type, (LPSTR)ansi_name(name, buffer), ansi->parameter);
}

static BOOL CALLBACK language_to_ansi(HMODULE module, LPCWSTR type, LPCWSTR name, WORD language, LONG_PTR parameter)
{
    struct ansi_callback *ansi = (struct ansi_callback *)parameter;

    return ((ENUMRESLANGPROCA)ansi->callback)(module, ansi->type, ansi->name, language, ansi->parameter);
}

BOOL WINAPI EnumResourceTypesA(HMODULE module, ENUMRESTYPEPROCA callback, LONG_PTR parameter)
{
    struct ansi_callback ansi = { (void *)callback, parameter, NULL, NULL };

    return EnumResourceTypesW(module, type_to_ansi, (LONG_PTR)&ansi);
}

BOOL WINAPI EnumResourceNamesA(HMODULE module, LPCSTR type, ENUMRESNAMEPROCA callback, LONG_PTR parameter)
{
    struct ansi_callback ansi = { (void *)callback, parameter, type, NULL };
    WIDE(wide);
    const WCHAR *type_id;

    return wide_name(&wide, type, &type_id) && EnumResourceNamesW(module, type_id, name_to_ansi, (LONG_PTR)&ansi);
}

BOOL WINAPI EnumResourceLanguagesA(HMODULE module, LPCSTR type, LPCSTR name, ENUMRESLANGPROCA callback,
                                   LONG_PTR parameter)
{
    struct ansi_callback ansi = { (void *)callback, parameter, type, name };
    WIDE(wide_type);
    WIDE(wide);
    const WCHAR *type_id, *name_id;

    return wide_name(&wide_type, type, &type_id) && wide_name(&wide, name, &name_id) &&
           EnumResourceLanguagesW(module, type_id, name_id, language_to_ansi, (LONG_PTR)&ansi);
}
