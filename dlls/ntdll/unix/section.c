/* Section objects: memory backed by a file, by the paging file, or a PE image. */
#include "section.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ferry/infos.h"
#include "ferry/syscall_table.h"
#include "file.h"
#include "host.h"
#include "names.h"
#include "path.h"

#define SECTION_READS (PAGE_READONLY | PAGE_READWRITE | PAGE_WRITECOPY | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | \
                       PAGE_EXECUTE_WRITECOPY)
#define SECTION_WRITES (PAGE_READWRITE | PAGE_EXECUTE_READWRITE)
#define SECTION_EXECUTES (PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY)

void section_retain(struct section *section)
{
    object_retain(&section->object);
}

void section_release(struct section *section)
{
    if (section) object_release(&section->object);
}

static void destroy(struct object *object)
{
    struct section *section = (struct section *)object;

    if (section->charged) {
        pthread_mutex_lock(&virtual_lock);
        commit_return(section->charged);
        pthread_mutex_unlock(&virtual_lock);
    }
    if (section->name) object_name_release(section->name);
    if (section->file) object_release(section->file);
    else if (section->object.fd >= 0) close(section->object.fd);
    if (section->pages) view_free(section->pages);
    free(section->image);
    free(section);
}

/* ---- how a section goes to another process ---- */

struct section_data {
    uint32_t protect, attributes;
    uint64_t size;
};

/* Makes the commits so far visible to others: a committed page of the memfd is one that has memory. */
static void publish_commits(struct section *section)
{
    pthread_mutex_lock(&virtual_lock);
    section->shared = true;
    if (section->pages) {
        uintptr_t run_end;
        for (uintptr_t at = 0; at < section->pages->end; at = run_end)
            if (view_protect_at(section->pages, at, &run_end))
                fallocate(section->object.fd, FALLOC_FL_KEEP_SIZE, (off_t)at, (off_t)(run_end - at));
    }
    pthread_mutex_unlock(&virtual_lock);
}

static int save(struct object *object, void *data, int room)
{
    struct section *section = (struct section *)object;
    struct section_data saved = {
        .protect = section->protect, .attributes = section->attributes, .size = section->size
    };

    if (room < (int)sizeof(saved)) return -1;
    publish_commits(section);
    memcpy(data, &saved, sizeof(saved));
    return sizeof(saved);
}

static struct section *section_new(uint32_t protect, uint32_t attributes, uint64_t size, int fd)
{
    struct section *section = calloc(1, sizeof(*section));

    if (!section) return NULL;
    object_init(&section->object, &section_object_ops, fd);
    section->protect = protect;
    section->attributes = attributes;
    section->size = size;
    return section;
}

/* What a section has beside the numbers: image headers, the identity of the file, the commits of SEC_RESERVE. */
static NTSTATUS complete(struct section *section)
{
    struct stat file;
    NTSTATUS status;

    if (section->attributes & SEC_IMAGE) {
        section->image = malloc(sizeof(*section->image));
        if (!section->image) return STATUS_NO_MEMORY;
        status = image_read(section->object.fd, section->image);
        if (status) return status;
        section->size = section->image->pe.image_size;
        section->device = section->image->device;
        section->inode = section->image->inode;
    } else if (section->attributes & SEC_FILE) {
        if (fstat(section->object.fd, &file)) return status_from_errno(errno);
        section->device = file.st_dev;
        section->inode = file.st_ino;
    } else if (section->attributes & SEC_RESERVE) {
        section->pages = view_new(0, page_up(section->size), MEM_MAPPED, 0);
        if (!section->pages) return STATUS_NO_MEMORY;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS restore(const void *data, int size, int fd, struct object **object)
{
    struct section_data saved;
    struct section *section;
    NTSTATUS status;

    if (size != sizeof(saved) || fd < 0) {
        if (fd >= 0) close(fd);
        return STATUS_INVALID_PARAMETER;
    }
    memcpy(&saved, data, sizeof(saved));
    section = section_new(saved.protect, saved.attributes, saved.size, fd);
    if (!section) {
        close(fd);
        return STATUS_NO_MEMORY;
    }
    section->shared = true;
    status = complete(section);
    if (status) section_release(section);
    else *object = &section->object;
    return status;
}

const struct object_ops section_object_ops = {
    .type = OBJECT_SECTION,
    .type_name = "Section",
    .mapping = {
        .GenericRead = STANDARD_RIGHTS_READ | SECTION_QUERY | SECTION_MAP_READ,
        .GenericWrite = STANDARD_RIGHTS_WRITE | SECTION_MAP_WRITE,
        .GenericExecute = STANDARD_RIGHTS_EXECUTE | SECTION_MAP_EXECUTE,
        .GenericAll = SECTION_ALL_ACCESS,
    },
    .destroy = destroy,
    .save = save,
    .restore = restore,
};

void section_init(void)
{
    object_register_type(&section_object_ops);
}

/* ---- names of files ---- */

NTSTATUS section_file_name(const struct section *section, WCHAR **name, uint32_t *units)
{
    char link[64], path[PATH_MAX];
    UNICODE_STRING string;
    ssize_t length;
    NTSTATUS status;

    if (!section_is_file(section)) return STATUS_FILE_INVALID;
    snprintf(link, sizeof(link), "/proc/self/fd/%d", section->object.fd);
    length = readlink(link, path, sizeof(path) - 1);
    if (length <= 0) return STATUS_FILE_INVALID;
    path[length] = 0;
    status = path_from_unix(path, &string);
    if (status) return status;
    *name = string.Buffer;
    *units = string.Length / sizeof(WCHAR);
    return STATUS_SUCCESS;
}

/* path.c reads \Device\HarddiskVolumeN as the drive with the N-th letter. */
NTSTATUS device_name(WCHAR **name, uint32_t *units)
{
    static const WCHAR prefix[] = L"\\Device\\HarddiskVolume";
    const uint32_t prefix_units = sizeof(prefix) / sizeof(WCHAR) - 1;
    WCHAR *old = *name, *result, *at;
    uint32_t number;

    if (*units < 6 || old[0] != '\\' || old[1] != '?' || old[2] != '?' || old[3] != '\\' || old[5] != ':')
        return STATUS_SUCCESS;
    number = (old[4] | 0x20u) - 'a' + 1;
    if (number > 26) return STATUS_SUCCESS;
    at = result = malloc((prefix_units + 2 + *units) * sizeof(WCHAR));
    if (!result) return STATUS_NO_MEMORY;
    memcpy(at, prefix, prefix_units * sizeof(WCHAR));
    at += prefix_units;
    if (number >= 10) *at++ = (WCHAR)('0' + number / 10);
    *at++ = (WCHAR)('0' + number % 10);
    memcpy(at, old + 6, (*units - 6) * sizeof(WCHAR));
    *units = (uint32_t)(at - result) + *units - 6;
    *name = result;
    free(old);
    return STATUS_SUCCESS;
}

/* ---- NtCreateSection ---- */

static bool attributes_valid(ULONG attributes)
{
    const ULONG known = SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE | SEC_WRITECOMBINE | SEC_LARGE_PAGES |
                        SEC_PROTECTED_IMAGE | SEC_64K_PAGES | 0x200000 /* SEC_BASED */ | 0x400000 /* SEC_NO_CHANGE */;
    ULONG kind = attributes & (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT);

    if (attributes & ~known || !kind || kind & (kind - 1)) return false;
    if (kind == SEC_IMAGE && attributes & (SEC_WRITECOMBINE | SEC_LARGE_PAGES)) return false;
    return !(attributes & SEC_LARGE_PAGES) || kind == SEC_COMMIT;
}

static NTSTATUS create_of_file(HANDLE handle, uint64_t size, ULONG protect, ULONG attributes, struct section **out)
{
    ACCESS_MASK access = 0;
    struct section *section;
    struct file *file;
    struct stat info;
    NTSTATUS status;
    int fd;

    if (protect & SECTION_READS || attributes & SEC_IMAGE) access |= FILE_READ_DATA;
    if (protect & SECTION_WRITES && !(attributes & SEC_IMAGE)) access |= FILE_WRITE_DATA;
    if (protect & SECTION_EXECUTES) access |= FILE_EXECUTE;
    if (attributes & SEC_IMAGE && protect & SECTION_EXECUTES) access &= ~(ACCESS_MASK)FILE_READ_DATA;
    status = file_from_handle(handle, access, &file, NULL);
    if (status) return status;
    fd = file->object.fd;
    if (file->kind != FILE_KIND_DISK || fd < 0) {
        file_release(file);
        return STATUS_INVALID_FILE_FOR_SECTION;
    }
    section = section_new(protect, (attributes & ~(SEC_COMMIT | SEC_RESERVE)) | SEC_FILE, size, fd);
    if (!section) {
        file_release(file);
        return STATUS_NO_MEMORY;
    }
    section->file = &file->object;
    if (!(attributes & SEC_IMAGE)) {
        if (fstat(fd, &info)) {
            status = status_from_errno(errno);
        } else if (!S_ISREG(info.st_mode)) {
            status = STATUS_INVALID_FILE_FOR_SECTION;
        } else if (!size) {
            section->size = (uint64_t)info.st_size;
            if (!info.st_size) status = STATUS_MAPPED_FILE_SIZE_ZERO;
        } else if (size > (uint64_t)info.st_size) {
            if (!(protect & SECTION_WRITES)) status = STATUS_SECTION_TOO_BIG;
            else if (ftruncate(fd, (off_t)size)) status = status_from_errno(errno);
        }
    }
    if (!status) status = complete(section);
    if (status) section_release(section);
    else *out = section;
    return status;
}

static NTSTATUS create_of_paging_file(uint64_t size, ULONG protect, ULONG attributes, struct section **out)
{
    struct section *section;
    uint64_t pages;
    bool charged;
    NTSTATUS status;
    int fd;

    if (attributes & SEC_IMAGE) return STATUS_INVALID_FILE_FOR_SECTION;
    if (!size) return STATUS_INVALID_PARAMETER_4;
    if (size > (uint64_t)1 << 46) return STATUS_SECTION_TOO_BIG;
    if (attributes & SEC_LARGE_PAGES) return STATUS_PRIVILEGE_NOT_HELD;
    size = page_up(size);
    pages = attributes & SEC_COMMIT ? size / PAGE_SIZE_ : 0;
    pthread_mutex_lock(&virtual_lock);
    charged = commit_charge(pages);
    pthread_mutex_unlock(&virtual_lock);
    if (!charged) return STATUS_COMMITMENT_LIMIT;

    fd = memfd_create("section", MFD_CLOEXEC);
    section = section_new(protect, attributes, size, fd);
    if (section) section->charged = pages;
    if (fd < 0 || ftruncate(fd, (off_t)size)) status = status_from_errno(errno);
    else status = section ? complete(section) : STATUS_NO_MEMORY;
    if (!status) {
        *out = section;
        return STATUS_SUCCESS;
    }
    if (section) {
        section_release(section);
    } else {
        if (fd >= 0) close(fd);
        pthread_mutex_lock(&virtual_lock);
        commit_return(pages);
        pthread_mutex_unlock(&virtual_lock);
    }
    return status;
}

static bool has_name(const OBJECT_ATTRIBUTES *attributes)
{
    return attributes && attributes->ObjectName && attributes->ObjectName->Length;
}

/* A section that another process made and named. */
static NTSTATUS from_named(struct named_object *found, struct section **out)
{
    struct object *object;
    NTSTATUS status = restore(found->data, (int)found->size, found->fd, &object);

    if (status) {
        object_name_release(found->name);
        return status;
    }
    *out = (struct section *)object;
    (*out)->name = found->name;
    return STATUS_SUCCESS;
}

NTSTATUS sys_NtCreateSection(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes,
                             LARGE_INTEGER *maximum_size, ULONG protect, ULONG section_attributes, HANDLE file)
{
    LONGLONG size = maximum_size ? maximum_size->QuadPart : 0;
    ULONG handle_attributes = attributes ? attributes->Attributes : 0;
    struct section *section = NULL, *other;
    NTSTATUS status, named = STATUS_SUCCESS;
    HANDLE result;

    *handle = NULL;
    if (!attributes_valid(section_attributes)) return STATUS_INVALID_PARAMETER_6;
    if (!protection_valid(protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE)) || protect & (PAGE_GUARD | PAGE_NOACCESS))
        return STATUS_INVALID_PAGE_PROTECTION;
    if (size < 0) return file ? STATUS_SECTION_TOO_BIG : STATUS_INVALID_PARAMETER_4;
    status = file ? create_of_file(file, (uint64_t)size, protect & 0xff, section_attributes, &section)
                  : create_of_paging_file((uint64_t)size, protect & 0xff, section_attributes, &section);
    if (status) return status;

    if (has_name(attributes)) {
        struct named_object found = { .fd = -1 };
        struct section_data data = {
            .protect = section->protect, .attributes = section->attributes, .size = section->size
        };
        section->shared = true;
        named = object_name_create(OBJECT_SECTION, attributes, &data, sizeof(data), section->object.fd, &found);
        if (named == STATUS_OBJECT_NAME_EXISTS) {
            section_release(section);
            status = from_named(&found, &other);
            if (status) return status;
            section = other;
        } else if (!NT_SUCCESS(named)) {
            section_release(section);
            return named;
        } else {
            section->name = found.name;
        }
    }
    status = handle_create(&section->object, OBJECT_SECTION, 0, access, handle_attributes, &result);
    section_release(section);
    if (status) return status;
    *handle = result;
    return named;
}

NTSTATUS sys_NtOpenSection(HANDLE *handle, ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes)
{
    struct named_object found = { .fd = -1 };
    struct section *section;
    NTSTATUS status;
    HANDLE result;

    *handle = NULL;
    if (!attributes) return STATUS_INVALID_PARAMETER;
    if (!has_name(attributes)) return STATUS_OBJECT_PATH_SYNTAX_BAD;
    status = object_name_open(OBJECT_SECTION, attributes, &found);
    if (!NT_SUCCESS(status)) return status;
    status = from_named(&found, &section);
    if (status) return status;
    status = handle_create(&section->object, OBJECT_SECTION, 0, access, attributes->Attributes, &result);
    section_release(section);
    if (!status) *handle = result;
    return status;
}

/* ---- NtQuerySection, NtExtendSection ---- */

NTSTATUS sys_NtQuerySection(HANDLE handle, ULONG class, void *buffer, SIZE_T length, SIZE_T *returned)
{
    union {
        FERRY_SECTION_BASIC_INFORMATION basic;
        FERRY_SECTION_IMAGE_INFORMATION image;
        ULONG_PTR original_base;
    } info;
    struct section *section;
    SIZE_T size;
    NTSTATUS status;

    memset(&info, 0, sizeof(info));
    size = class == 0 ? sizeof(info.basic) : class == 1 ? sizeof(info.image) : sizeof(info.original_base);
    if (class > 3 || class == 2) return STATUS_INVALID_INFO_CLASS; /* 2: SectionRelocationInformation */
    if (length < size) return STATUS_INFO_LENGTH_MISMATCH;
    status = handle_object(handle, OBJECT_SECTION, SECTION_QUERY, (struct object **)&section, NULL);
    if (status) return status;
    if (class == 0) {
        info.basic.AllocationAttributes = section->attributes;
        info.basic.MaximumSize.QuadPart = (LONGLONG)section->size;
    } else if (!section->image) {
        status = STATUS_SECTION_NOT_IMAGE;
    } else if (class == 1) {
        image_information(section->image, section->image->pe.image_base, &info.image);
    } else {
        info.original_base = section->image->pe.image_base;
    }
    section_release(section);
    if (status) return status;
    memcpy(buffer, &info, size);
    if (returned) *returned = size;
    return STATUS_SUCCESS;
}

/* Only sections of writable data files grow (ntifs.h reference: ZwExtendSection is for those). */
NTSTATUS sys_NtExtendSection(HANDLE handle, LARGE_INTEGER *new_size)
{
    LONGLONG size = new_size->QuadPart;
    struct section *section;
    struct stat file;
    NTSTATUS status;

    status = handle_object(handle, OBJECT_SECTION, SECTION_EXTEND_SIZE, (struct object **)&section, NULL);
    if (status) return status;
    if (!(section->attributes & SEC_FILE) || section->image) {
        status = STATUS_SECTION_NOT_EXTENDED;
    } else if (size < 0) {
        status = STATUS_SECTION_TOO_BIG;
    } else if ((uint64_t)size > section->size) {
        if (fstat(section->object.fd, &file)) status = status_from_errno(errno);
        else if (size > file.st_size && !(section->protect & SECTION_WRITES)) status = STATUS_SECTION_NOT_EXTENDED;
        else if (size > file.st_size && ftruncate(section->object.fd, size)) status = status_from_errno(errno);
        else section->size = (uint64_t)size;
    }
    size = (LONGLONG)section->size;
    section_release(section);
    if (!status) new_size->QuadPart = size;
    return status;
}
