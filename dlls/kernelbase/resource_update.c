/* winbase.h: BeginUpdateResource, UpdateResource, EndUpdateResource.
 *
 * The file's resources are read into a sorted list of (type, name, language); EndUpdateResource writes a new .rsrc
 * section. Where it does not fit into the old one, what follows moves: section data in the file, and, where .rsrc is
 * not the last section, the new one goes to the end of the image and the old one stays as dead space. Data after the
 * last section (an overlay, such as an installer's archive) is kept, the checksum is made anew if there was one.
 */
#include "kernelbase.h"

struct resource {
    struct resource *next;
    WCHAR *type; /* text, or an integer below 0x10000 */
    WCHAR *name;
    WORD language;
    ULONG codepage;
    ULONG size;
    void *data; /* on the process heap */
    bool deleted;
};

struct update {
    HANDLE file;
    UCHAR *image; /* the file's contents */
    ULONG size;
    struct resource *resources; /* sorted as the directory wants them */
};

#define UPDATE_MAGIC 0x44505552
struct update_handle {
    ULONG magic;
    struct update update;
};

/* ---- identifiers ---- */

static bool is_id(const WCHAR *name)
{
    return !((ULONG_PTR)name >> 16);
}

static void free_id(WCHAR *name)
{
    if (!is_id(name)) mem_free(name);
}

/* Names come before integers, names by their upper-case text, integers by value. */
static int compare_ids(const WCHAR *a, const WCHAR *b)
{
    if (is_id(a) != is_id(b)) return is_id(a) ? 1 : -1;
    if (!is_id(a)) return wide_compare_nocase(a, b);
    return (ULONG_PTR)a < (ULONG_PTR)b ? -1 : (ULONG_PTR)a > (ULONG_PTR)b;
}

/* A copy of a caller's name, upper case as resource compilers store it; "#12" becomes the number. */
static bool copy_id(const WCHAR *name, WCHAR **copy)
{
    ULONG_PTR id;

    if (resource_id(name, &id) < 0) return set_error(ERROR_INVALID_PARAMETER);
    if (is_id((WCHAR *)id)) {
        *copy = (WCHAR *)id;
        return true;
    }
    if (!(*copy = wide_copy(name))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    for (WCHAR *at = *copy; *at; at++) *at = RtlUpcaseUnicodeChar(*at);
    return true;
}

static int compare_keys(const struct resource *r, const WCHAR *type, const WCHAR *name, WORD language)
{
    int order = compare_ids(r->type, type);

    if (!order) order = compare_ids(r->name, name);
    return order ? order : (int)r->language - (int)language;
}

/* Puts the resource where it belongs, in place of one with the same key. Takes all three over. */
static bool put(struct update *update, WCHAR *type, WCHAR *name, WORD language, void *data, ULONG size, ULONG codepage)
{
    struct resource **at = &update->resources, *made;
    int order = 1;

    while (*at && (order = compare_keys(*at, type, name, language)) < 0) at = &(*at)->next;
    if (*at && !order) {
        struct resource *old = *at;
        free_id(type);
        free_id(name);
        mem_free(old->data);
        old->data = data;
        old->size = size;
        old->codepage = codepage;
        return true;
    }
    if (!(made = mem_alloc(sizeof(*made)))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    *made = (struct resource){ *at, type, name, language, codepage, size, data, false };
    *at = made;
    return true;
}

static void free_resource(struct resource *resource)
{
    free_id(resource->type);
    free_id(resource->name);
    mem_free(resource->data);
    mem_free(resource);
}

/* ---- the file's headers ---- */

static IMAGE_NT_HEADERS *nt_headers(const struct update *update)
{
    const IMAGE_DOS_HEADER *dos = (IMAGE_DOS_HEADER *)update->image;

    if (update->size < sizeof(*dos) || dos->e_magic != IMAGE_DOS_SIGNATURE || dos->e_lfanew < 0 ||
        (ULONG)dos->e_lfanew > update->size - sizeof(IMAGE_NT_HEADERS64) || update->size < sizeof(IMAGE_NT_HEADERS64))
        return NULL;
    IMAGE_NT_HEADERS *nt = (IMAGE_NT_HEADERS *)(update->image + dos->e_lfanew);
    if (nt->Signature != IMAGE_NT_SIGNATURE) return NULL;
    if (nt->OptionalHeader.Magic != IMAGE_NT_OPTIONAL_HDR32_MAGIC &&
        nt->OptionalHeader.Magic != IMAGE_NT_OPTIONAL_HDR64_MAGIC) return NULL;
    ULONGLONG end = (UCHAR *)IMAGE_FIRST_SECTION(nt) - update->image +
                    (ULONGLONG)nt->FileHeader.NumberOfSections * sizeof(IMAGE_SECTION_HEADER);
    return end <= update->size ? nt : NULL;
}

static bool is_64(const IMAGE_NT_HEADERS *nt)
{
    return nt->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC;
}

static IMAGE_DATA_DIRECTORY *directory_entry(IMAGE_NT_HEADERS *nt, ULONG index)
{
    ULONG count = is_64(nt) ? ((IMAGE_NT_HEADERS64 *)nt)->OptionalHeader.NumberOfRvaAndSizes
                            : ((IMAGE_NT_HEADERS32 *)nt)->OptionalHeader.NumberOfRvaAndSizes;

    if (index >= count) return NULL;
    return is_64(nt) ? &((IMAGE_NT_HEADERS64 *)nt)->OptionalHeader.DataDirectory[index]
                     : &((IMAGE_NT_HEADERS32 *)nt)->OptionalHeader.DataDirectory[index];
}

/* These fields lie at the same place in both optional headers. */
#define SECTION_ALIGNMENT(nt) ((nt)->OptionalHeader.SectionAlignment)
#define FILE_ALIGNMENT(nt) ((nt)->OptionalHeader.FileAlignment)
_Static_assert(offsetof(IMAGE_NT_HEADERS32, OptionalHeader.CheckSum) ==
               offsetof(IMAGE_NT_HEADERS64, OptionalHeader.CheckSum), "checksum");
_Static_assert(offsetof(IMAGE_NT_HEADERS32, OptionalHeader.SizeOfImage) ==
               offsetof(IMAGE_NT_HEADERS64, OptionalHeader.SizeOfImage), "size of image");

static ULONG align_up(ULONG value, ULONG alignment)
{
    if (!alignment) return value;
    return (value + alignment - 1) / alignment * alignment;
}

static UCHAR *file_at(const struct update *update, IMAGE_NT_HEADERS *nt, ULONG rva, ULONG size)
{
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);

    for (int i = 0; i < nt->FileHeader.NumberOfSections; i++, section++) {
        if (rva < section->VirtualAddress || rva - section->VirtualAddress >= section->SizeOfRawData) continue;
        ULONG offset = rva - section->VirtualAddress;
        if (size > section->SizeOfRawData - offset) return NULL;
        if ((ULONGLONG)section->PointerToRawData + offset + size > update->size) return NULL;
        return update->image + section->PointerToRawData + offset;
    }
    return NULL;
}

/* ---- reading what is there ---- */

struct reader {
    struct update *update;
    IMAGE_NT_HEADERS *nt;
    UCHAR *root;
    ULONG size;
};

static bool read_id(const struct reader *reader, const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry, WCHAR **id)
{
    if (!entry->NameIsString) {
        *id = (WCHAR *)(ULONG_PTR)entry->Id;
        return true;
    }
    ULONG offset = entry->NameOffset;
    if (offset > reader->size - 2) return false;
    const IMAGE_RESOURCE_DIR_STRING_U *name = (void *)(reader->root + offset);
    if (name->Length > (reader->size - offset - 2) / sizeof(WCHAR)) return false;
    if (!(*id = mem_alloc((name->Length + 1) * sizeof(WCHAR)))) return false;
    memcpy(*id, name->NameString, name->Length * sizeof(WCHAR));
    (*id)[name->Length] = 0;
    return true;
}

static bool copy_of_id(const WCHAR *id, WCHAR **copy)
{
    *copy = (WCHAR *)id;
    return is_id(id) || (*copy = wide_copy(id));
}

static bool read_level(const struct reader *reader, ULONG offset, int level, const WCHAR *type, const WCHAR *name)
{
    const IMAGE_RESOURCE_DIRECTORY *directory = (void *)(reader->root + offset);

    if (reader->size < sizeof(*directory) || offset > reader->size - sizeof(*directory)) return false;
    ULONG count = directory->NumberOfNamedEntries + directory->NumberOfIdEntries;
    if (count > (reader->size - offset - sizeof(*directory)) / sizeof(IMAGE_RESOURCE_DIRECTORY_ENTRY)) return false;
    const IMAGE_RESOURCE_DIRECTORY_ENTRY *entry = (void *)(directory + 1);
    for (; count--; entry++) {
        if (level < 2) {
            WCHAR *id;
            if (!entry->DataIsDirectory || !read_id(reader, entry, &id)) return false;
            bool good = read_level(reader, entry->OffsetToDirectory, level + 1, level ? type : id, level ? id : NULL);
            free_id(id);
            if (!good) return false;
            continue;
        }
        if (entry->DataIsDirectory || entry->NameIsString ||
            entry->OffsetToData > reader->size - sizeof(IMAGE_RESOURCE_DATA_ENTRY)) return false;
        const IMAGE_RESOURCE_DATA_ENTRY *data = (void *)(reader->root + entry->OffsetToData);
        const UCHAR *from = data->Size ? file_at(reader->update, reader->nt, data->OffsetToData, data->Size) : NULL;
        if (data->Size && !from) return false;
        void *copy = mem_alloc(data->Size + 1);
        WCHAR *own_type, *own_name;
        if (!copy || !copy_of_id(type, &own_type) || !copy_of_id(name, &own_name)) return false;
        if (data->Size) memcpy(copy, from, data->Size);
        if (!put(reader->update, own_type, own_name, entry->Id, copy, data->Size, data->CodePage)) return false;
    }
    return true;
}

static bool read_resources(struct update *update, IMAGE_NT_HEADERS *nt)
{
    const IMAGE_DATA_DIRECTORY *entry = directory_entry(nt, IMAGE_DIRECTORY_ENTRY_RESOURCE);
    struct reader reader = { update, nt, NULL, 0 };

    if (!entry || !entry->VirtualAddress || !entry->Size) return true;
    /* The directory may say less than the section holds: offsets count from its start to the section's end. */
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);
    for (int i = 0; i < nt->FileHeader.NumberOfSections; i++, section++) {
        if (entry->VirtualAddress < section->VirtualAddress ||
            entry->VirtualAddress - section->VirtualAddress >= section->SizeOfRawData) continue;
        ULONG skip = entry->VirtualAddress - section->VirtualAddress;
        if ((ULONGLONG)section->PointerToRawData + section->SizeOfRawData > update->size) return false;
        reader.root = update->image + section->PointerToRawData + skip;
        reader.size = section->SizeOfRawData - skip;
        return read_level(&reader, 0, 0, NULL, NULL);
    }
    return false;
}

/* ---- making the section ---- */

struct layout {
    ULONG directories; /* bytes of directories and their entries */
    ULONG data_entries;
    ULONG strings;
    ULONG data;
    ULONG total;
};

static bool same_type(const struct resource *a, const struct resource *b)
{
    return b && !compare_ids(a->type, b->type);
}

static bool same_name(const struct resource *a, const struct resource *b)
{
    return same_type(a, b) && !compare_ids(a->name, b->name);
}

static ULONG string_size(const WCHAR *id)
{
    return is_id(id) ? 0 : (ULONG)(wide_length(id) + 1) * sizeof(WCHAR);
}

static void measure(const struct resource *list, struct layout *layout)
{
    const ULONG directory = sizeof(IMAGE_RESOURCE_DIRECTORY), entry = sizeof(IMAGE_RESOURCE_DIRECTORY_ENTRY);
    const struct resource *previous = NULL;

    *layout = (struct layout){ .directories = directory };
    for (const struct resource *r = list; r; previous = r, r = r->next) {
        if (!previous || !same_type(previous, r)) {
            layout->directories += entry + directory;
            layout->strings += string_size(r->type);
        }
        if (!previous || !same_name(previous, r)) {
            layout->directories += entry + directory;
            layout->strings += string_size(r->name);
        }
        layout->directories += entry;
        layout->data_entries += sizeof(IMAGE_RESOURCE_DATA_ENTRY);
        layout->data += align_up(r->size, 8);
    }
    layout->strings = align_up(layout->strings, 8);
    layout->total = layout->directories + layout->data_entries + layout->strings + layout->data;
}

struct writer {
    UCHAR *base;
    ULONG rva;
    ULONG directory, data_entry, string, data; /* offsets of what comes next */
};

static IMAGE_RESOURCE_DIRECTORY *write_directory(struct writer *writer, ULONG named, ULONG ids)
{
    IMAGE_RESOURCE_DIRECTORY *directory = (void *)(writer->base + writer->directory);

    *directory = (IMAGE_RESOURCE_DIRECTORY){ .NumberOfNamedEntries = (WORD)named, .NumberOfIdEntries = (WORD)ids };
    writer->directory += sizeof(*directory) + (named + ids) * sizeof(IMAGE_RESOURCE_DIRECTORY_ENTRY);
    return directory;
}

static void write_id(struct writer *writer, IMAGE_RESOURCE_DIRECTORY_ENTRY *entry, const WCHAR *id)
{
    if (is_id(id)) {
        entry->Name = (ULONG)(ULONG_PTR)id;
        return;
    }
    WORD length = (WORD)wide_length(id);
    entry->Name = IMAGE_RESOURCE_NAME_IS_STRING | writer->string;
    memcpy(writer->base + writer->string, &length, sizeof(length));
    memcpy(writer->base + writer->string + 2, id, length * sizeof(WCHAR));
    writer->string += string_size(id);
}

/* All directories of one level are written before those below it: the root, then types, then names. */
static void write_section(const struct resource *list, const struct layout *layout, UCHAR *base, ULONG rva)
{
    struct writer writer = { base, rva, 0, layout->directories, layout->directories + layout->data_entries,
                             layout->directories + layout->data_entries + layout->strings };
    ULONG counts[2] = { 0 };
    const struct resource *previous = NULL;

    for (const struct resource *r = list; r; previous = r, r = r->next)
        if (!previous || !same_type(previous, r)) counts[is_id(r->type)]++;
    IMAGE_RESOURCE_DIRECTORY_ENTRY *type_entry = (void *)(write_directory(&writer, counts[0], counts[1]) + 1);
    for (const struct resource *type = list; type; type_entry++) {
        const struct resource *end = type;
        memset(counts, 0, sizeof(counts));
        for (previous = NULL; end && same_type(type, end); previous = end, end = end->next)
            if (!previous || !same_name(previous, end)) counts[is_id(end->name)]++;
        write_id(&writer, type_entry, type->type);
        type_entry->OffsetToData = IMAGE_RESOURCE_DATA_IS_DIRECTORY | writer.directory;
        IMAGE_RESOURCE_DIRECTORY_ENTRY *name_entry = (void *)(write_directory(&writer, counts[0], counts[1]) + 1);
        for (const struct resource *name = type; name != end; name_entry++) {
            const struct resource *stop = name;
            ULONG languages = 0;
            for (; stop != end && same_name(name, stop); stop = stop->next) languages++;
            write_id(&writer, name_entry, name->name);
            name_entry->OffsetToData = IMAGE_RESOURCE_DATA_IS_DIRECTORY | writer.directory;
            IMAGE_RESOURCE_DIRECTORY_ENTRY *entry = (void *)(write_directory(&writer, 0, languages) + 1);
            for (; name != stop; name = name->next, entry++) {
                IMAGE_RESOURCE_DATA_ENTRY *data = (void *)(base + writer.data_entry);
                entry->Name = name->language;
                entry->OffsetToData = writer.data_entry;
                *data = (IMAGE_RESOURCE_DATA_ENTRY){ .OffsetToData = rva + writer.data, .Size = name->size,
                                                     .CodePage = name->codepage };
                memcpy(base + writer.data, name->data, name->size);
                writer.data_entry += sizeof(*data);
                writer.data += align_up(name->size, 8);
            }
        }
        type = end;
    }
}

/* ---- the new file ---- */

/* The checksum of IMAGE_OPTIONAL_HEADER: 16-bit sums with the carry added, plus the length. */
static ULONG checksum(const UCHAR *data, ULONG size, ULONG skip)
{
    ULONGLONG sum = 0;

    for (ULONG at = 0; at + 1 < size; at += 2) {
        if (at == skip || at == skip + 2) continue;
        sum += data[at] | data[at + 1] << 8;
    }
    if (size & 1) sum += data[size - 1];
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (ULONG)sum + size;
}

/* Moves what lies in the file from `from` on by `delta` bytes: section data, symbols, debug data, certificates. */
static void shift_pointers(IMAGE_NT_HEADERS *nt, struct update *update, ULONG from, LONG delta, ULONG skip_section)
{
    IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);

    /* Debug entries name file offsets. They are found through the old offsets, so they come first. */
    IMAGE_DATA_DIRECTORY *debug = directory_entry(nt, IMAGE_DIRECTORY_ENTRY_DEBUG);
    if (debug && debug->Size) {
        IMAGE_DEBUG_DIRECTORY *entry = (void *)file_at(update, nt, debug->VirtualAddress, debug->Size);
        for (ULONG i = 0; entry && i < debug->Size / sizeof(*entry); i++)
            if (entry[i].PointerToRawData >= from) entry[i].PointerToRawData += delta;
    }
    for (ULONG i = 0; i < nt->FileHeader.NumberOfSections; i++, section++) {
        if (i != skip_section && section->PointerToRawData >= from) section->PointerToRawData += delta;
        if (section->PointerToRelocations >= from) section->PointerToRelocations += delta;
        if (section->PointerToLinenumbers >= from) section->PointerToLinenumbers += delta;
    }
    if (nt->FileHeader.PointerToSymbolTable >= from) nt->FileHeader.PointerToSymbolTable += delta;
    IMAGE_DATA_DIRECTORY *security = directory_entry(nt, IMAGE_DIRECTORY_ENTRY_SECURITY);
    if (security && security->VirtualAddress >= from) security->VirtualAddress += delta;
}

/* Pages of the image that the sections need. */
static ULONG image_end(IMAGE_NT_HEADERS *nt)
{
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);
    ULONG end = 0;

    for (int i = 0; i < nt->FileHeader.NumberOfSections; i++, section++) {
        ULONG size = section->Misc.VirtualSize ? section->Misc.VirtualSize : section->SizeOfRawData;
        if (section->VirtualAddress + size > end) end = section->VirtualAddress + size;
    }
    return align_up(end, SECTION_ALIGNMENT(nt));
}

/* End in the file of all section data and headers: the overlay starts here. */
static ULONG data_end(IMAGE_NT_HEADERS *nt)
{
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);
    ULONG end = nt->OptionalHeader.SizeOfHeaders;

    for (int i = 0; i < nt->FileHeader.NumberOfSections; i++, section++)
        if (section->SizeOfRawData && section->PointerToRawData + section->SizeOfRawData > end)
            end = section->PointerToRawData + section->SizeOfRawData;
    return end;
}

/* Makes the new contents of the file in `*made`, on the process heap. */
static bool rebuild(struct update *update, UCHAR **made, ULONG *made_size)
{
    IMAGE_NT_HEADERS *nt = nt_headers(update);
    IMAGE_DATA_DIRECTORY *entry = directory_entry(nt, IMAGE_DIRECTORY_ENTRY_RESOURCE);
    IMAGE_SECTION_HEADER *sections = IMAGE_FIRST_SECTION(nt);
    ULONG count = nt->FileHeader.NumberOfSections, index = count;
    struct layout layout;

    if (!entry) return set_error(ERROR_BAD_EXE_FORMAT);
    measure(update->resources, &layout);
    for (ULONG i = 0; i < count && entry->VirtualAddress; i++)
        if (sections[i].VirtualAddress == entry->VirtualAddress) index = i;
    ULONG raw = align_up(layout.total, FILE_ALIGNMENT(nt));
    /* In place, if the pages that the section has are enough or nothing lies behind them. */
    bool last = true, room = false;
    if (index < count) {
        ULONG limit = ~0u;
        for (ULONG i = 0; i < count; i++)
            if (sections[i].VirtualAddress > sections[index].VirtualAddress) {
                last = false;
                if (sections[i].VirtualAddress < limit) limit = sections[i].VirtualAddress;
            }
        room = last || layout.total <= limit - sections[index].VirtualAddress;
    }
    ULONG old_raw, offset;
    if (index < count && !room) {
        /* What follows in memory can move only if nothing refers to it by address: the relocations alone. */
        ULONG delta_pages = align_up(layout.total, SECTION_ALIGNMENT(nt)) -
                            align_up(sections[index].Misc.VirtualSize, SECTION_ALIGNMENT(nt));
        IMAGE_DATA_DIRECTORY *relocations = directory_entry(nt, IMAGE_DIRECTORY_ENTRY_BASERELOC);
        bool movable = relocations != NULL;
        for (ULONG i = 0; i < count && movable; i++)
            if (sections[i].VirtualAddress > sections[index].VirtualAddress)
                movable = sections[i].VirtualAddress == relocations->VirtualAddress;
        if (movable) {
            for (ULONG i = 0; i < count; i++)
                if (sections[i].VirtualAddress > sections[index].VirtualAddress) sections[i].VirtualAddress += delta_pages;
            relocations->VirtualAddress += delta_pages;
            room = true;
        }
    }
    if (index == count || !room) {
        /* A new section at the end; its header must fit before the first section's data. */
        ULONG header_end = (ULONG)((UCHAR *)(sections + count + 1) - update->image);
        ULONG first = ~0u;
        for (ULONG i = 0; i < count; i++)
            if (sections[i].SizeOfRawData && sections[i].PointerToRawData < first) first = sections[i].PointerToRawData;
        if (header_end > first || header_end > nt->OptionalHeader.SizeOfHeaders) return set_error(ERROR_OPEN_FAILED);
        if (index < count) memcpy(sections[index].Name, ".rsrc0\0\0", 8);
        index = count;
        sections[index] = (IMAGE_SECTION_HEADER){
            .Name = ".rsrc",
            .VirtualAddress = image_end(nt),
            .PointerToRawData = align_up(data_end(nt), FILE_ALIGNMENT(nt)),
            .Characteristics = IMAGE_SCN_CNT_INITIALIZED_DATA | IMAGE_SCN_MEM_READ,
        };
        nt->FileHeader.NumberOfSections++;
        count++;
        old_raw = 0;
        offset = sections[index].PointerToRawData;
    } else {
        old_raw = sections[index].SizeOfRawData;
        offset = sections[index].PointerToRawData;
    }
    if (offset > update->size) offset = update->size;
    ULONG tail = offset + old_raw < update->size ? offset + old_raw : update->size; /* kept from here on */
    ULONG start = sections[index].PointerToRawData;
    shift_pointers(nt, update, tail > start ? tail : start + old_raw, (LONG)raw - (LONG)old_raw, index);
    sections[index].SizeOfRawData = raw;
    sections[index].Misc.VirtualSize = layout.total;
    entry->VirtualAddress = sections[index].VirtualAddress;
    entry->Size = layout.total;
    nt->OptionalHeader.SizeOfImage = image_end(nt);
    nt->OptionalHeader.SizeOfInitializedData += (LONG)raw - (LONG)old_raw;
    *made_size = start + raw + (update->size - tail);
    if (!(*made = mem_alloc_zeroed(*made_size))) return set_error(ERROR_NOT_ENOUGH_MEMORY);
    memcpy(*made, update->image, offset);
    write_section(update->resources, &layout, *made + start, sections[index].VirtualAddress);
    memcpy(*made + start + raw, update->image + tail, update->size - tail);
    if (nt->OptionalHeader.CheckSum) {
        ULONG at = (ULONG)((UCHAR *)&nt->OptionalHeader.CheckSum - update->image);
        ULONG sum = checksum(*made, *made_size, at);
        memcpy(*made + at, &sum, sizeof(sum));
    }
    return true;
}

/* ---- the functions ---- */

static struct update *update_of(HANDLE handle)
{
    struct update_handle *found = (struct update_handle *)handle;

    if (!handle || handle == INVALID_HANDLE_VALUE || found->magic != UPDATE_MAGIC) {
        set_error(ERROR_INVALID_HANDLE);
        return NULL;
    }
    return &found->update;
}

static void free_update(HANDLE handle)
{
    struct update_handle *found = (struct update_handle *)handle;

    while (found->update.resources) {
        struct resource *resource = found->update.resources;
        found->update.resources = resource->next;
        free_resource(resource);
    }
    mem_free(found->update.image);
    if (found->update.file) NtClose(found->update.file);
    found->magic = 0;
    mem_free(found);
}

HANDLE WINAPI BeginUpdateResourceW(LPCWSTR name, BOOL delete_existing)
{
    struct update_handle *made = mem_alloc_zeroed(sizeof(*made));
    LARGE_INTEGER size;
    DWORD done;
    IMAGE_NT_HEADERS *nt;

    if (!made) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    made->magic = UPDATE_MAGIC;
    made->update.file = CreateFileW(name, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (made->update.file == INVALID_HANDLE_VALUE) {
        made->update.file = NULL;
        goto failed;
    }
    if (!GetFileSizeEx(made->update.file, &size)) goto failed;
    if (size.QuadPart > 0x7fffffff) {
        set_error(ERROR_FILE_TOO_LARGE);
        goto failed;
    }
    if (!(made->update.image = mem_alloc(size.LowPart + 1))) {
        set_error(ERROR_NOT_ENOUGH_MEMORY);
        goto failed;
    }
    if (!ReadFile(made->update.file, made->update.image, size.LowPart, &done, NULL)) goto failed;
    made->update.size = done;
    if (!(nt = nt_headers(&made->update))) {
        set_error(ERROR_BAD_EXE_FORMAT);
        goto failed;
    }
    if (!delete_existing && !read_resources(&made->update, nt)) {
        set_error(ERROR_BAD_EXE_FORMAT);
        goto failed;
    }
    return made;
failed:
    free_update(made);
    return NULL;
}

HANDLE WINAPI BeginUpdateResourceA(LPCSTR name, BOOL delete_existing)
{
    WIDE(wide);
    return wide_from_file_name(&wide, name) ? BeginUpdateResourceW(wide.text, delete_existing) : NULL;
}

/* NULL data removes the resource (winbase.h reference: UpdateResource). */
BOOL WINAPI UpdateResourceW(HANDLE handle, LPCWSTR type, LPCWSTR name, WORD language, LPVOID data, DWORD size)
{
    struct update *update = update_of(handle);
    WCHAR *own_type, *own_name;
    void *copy;

    if (!update) return FALSE;
    if (!copy_id(type, &own_type)) return FALSE;
    if (!copy_id(name, &own_name)) {
        free_id(own_type);
        return FALSE;
    }
    if (!data || !size) {
        BOOL found = FALSE;
        for (struct resource **at = &update->resources; *at; at = &(*at)->next) {
            if (compare_keys(*at, own_type, own_name, language)) continue;
            struct resource *gone = *at;
            *at = gone->next;
            free_resource(gone);
            found = TRUE;
            break;
        }
        free_id(own_type);
        free_id(own_name);
        return found ? TRUE : set_error(ERROR_INVALID_PARAMETER);
    }
    if (!(copy = mem_alloc(size))) {
        free_id(own_type);
        free_id(own_name);
        return set_error(ERROR_NOT_ENOUGH_MEMORY);
    }
    memcpy(copy, data, size);
    return put(update, own_type, own_name, language, copy, size, 0);
}

BOOL WINAPI UpdateResourceA(HANDLE handle, LPCSTR type, LPCSTR name, WORD language, LPVOID data, DWORD size)
{
    WIDE(wide_type);
    WIDE(wide);
    const WCHAR *type_id = (const WCHAR *)type, *name_id = (const WCHAR *)name;

    if ((ULONG_PTR)type >> 16) {
        if (!wide_from_ansi(&wide_type, type)) return FALSE;
        type_id = wide_type.text;
    }
    if ((ULONG_PTR)name >> 16) {
        if (!wide_from_ansi(&wide, name)) return FALSE;
        name_id = wide.text;
    }
    return UpdateResourceW(handle, type_id, name_id, language, data, size);
}

BOOL WINAPI EndUpdateResourceW(HANDLE handle, BOOL discard)
{
    struct update *update = update_of(handle);
    UCHAR *made = NULL;
    ULONG size = 0;
    DWORD done;
    BOOL result = TRUE;

    if (!update) return FALSE;
    if (!discard) {
        LARGE_INTEGER start = { .QuadPart = 0 };
        result = rebuild(update, &made, &size) && SetFilePointerEx(update->file, start, NULL, FILE_BEGIN) &&
                 WriteFile(update->file, made, size, &done, NULL) && SetEndOfFile(update->file);
        mem_free(made);
    }
    free_update(handle);
    return result;
}

BOOL WINAPI EndUpdateResourceA(HANDLE handle, BOOL discard)
{
    return EndUpdateResourceW(handle, discard);
}
