#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct image *image_open(const char *path)
{
    struct image *image = calloc(1, sizeof(*image));
    struct stat st;
    int fd;

    if (!image || !(image->path = strdup(path))) {
        free(image);
        errno = ENOMEM;
        return NULL;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode)) {
        int error = fd < 0 ? errno : S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
        if (fd >= 0) close(fd);
        image_close(image);
        errno = error;
        return NULL;
    }
    image->size = (size_t)st.st_size;
    if (image->size) {
        void *bytes = mmap(NULL, image->size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED) {
            int error = errno;
            close(fd);
            image->size = 0;
            image_close(image);
            errno = error;
            return NULL;
        }
        image->bytes = bytes;
    }
    close(fd);
    image->error = pe_parse(image->bytes, image->size, image->size, &image->pe);
    return image;
}

void image_close(struct image *image)
{
    if (!image) return;
    exports_free(image->exports);
    if (image->bytes) munmap((void *)image->bytes, image->size);
    free(image->path);
    free(image);
}

const void *image_at(const struct image *image, uint32_t rva, uint32_t size)
{
    const struct pe_info *pe = &image->pe;

    if (rva < pe->headers_size && size <= pe->headers_size - rva && rva <= image->size && size <= image->size - rva)
        return image->bytes + rva;
    if (pe->low_alignment) return rva <= image->size && size <= image->size - rva ? image->bytes + rva : NULL;
    for (uint32_t i = 0; i < pe->section_count; i++) {
        const struct pe_section *section = &pe->sections[i];
        if (rva < section->rva || rva - section->rva >= section->file_size) continue;
        uint32_t offset = rva - section->rva;
        if (size > section->file_size - offset) return NULL;
        return image->bytes + section->file_offset + offset;
    }
    return NULL;
}

bool image_get32(const struct image *image, uint32_t rva, uint32_t *value)
{
    const void *at = image_at(image, rva, 4);

    if (at) memcpy(value, at, 4);
    return at != NULL;
}

bool image_get64(const struct image *image, uint32_t rva, uint64_t *value)
{
    const void *at = image_at(image, rva, 8);

    if (at) memcpy(value, at, 8);
    return at != NULL;
}

const char *image_text(const struct image *image, uint32_t rva, size_t most)
{
    const char *start = image_at(image, rva, 1);
    const char *end = (const char *)image->bytes + image->size;

    if (!start) return NULL;
    for (const char *at = start; at < end && (size_t)(at - start) <= most; at++) {
        if (!*at) return start;
        if ((unsigned char)*at < 0x20 || (unsigned char)*at >= 0x7f) return NULL;
    }
    return NULL;
}

/* ---- resources: a tree of three levels, type, name, language ---- */

static uint32_t resource_base(const struct image *image)
{
    return image->pe.directory_count > 2 ? image->pe.directories[2].rva : 0;
}

/* The entry of a directory: by number, the first if `number` is 0, or by name if `name`. False if there is none. */
static bool find_entry(const struct image *image, uint32_t directory, uint32_t number, const char *name, uint32_t *offset)
{
    uint32_t base = resource_base(image), count;
    const unsigned char *head = image_at(image, base + directory, 16);

    if (!head) return false;
    count = (uint32_t)(head[12] | head[13] << 8) + (uint32_t)(head[14] | head[15] << 8);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t id;
        if (!image_get32(image, base + directory + 16 + i * 8, &id)) return false;
        if (name) {
            const unsigned char *text;
            size_t length = strlen(name), j;
            if (!(id & 0x80000000) || !(text = image_at(image, base + (id & 0x7fffffff), (uint32_t)(2 + length * 2)))) continue;
            if ((size_t)(text[0] | text[1] << 8) != length) continue;
            for (j = 0; j < length && text[2 + j * 2] == (unsigned char)name[j] && !text[3 + j * 2]; j++) {}
            if (j < length) continue;
        } else if (number && id != number) {
            continue;
        }
        return image_get32(image, base + directory + 16 + i * 8 + 4, offset);
    }
    return false;
}

const void *image_resource(const struct image *image, uint32_t type, uint32_t name, uint32_t *size)
{
    uint32_t names, languages, data, rva;

    if (!resource_base(image) || !find_entry(image, 0, type, NULL, &names) || !(names & 0x80000000)) return NULL;
    if (!find_entry(image, names & 0x7fffffff, name, NULL, &languages) || !(languages & 0x80000000)) return NULL;
    if (!find_entry(image, languages & 0x7fffffff, 0, NULL, &data) || data & 0x80000000) return NULL;
    if (!image_get32(image, resource_base(image) + data, &rva)) return NULL;
    if (!image_get32(image, resource_base(image) + data + 4, size)) return NULL;
    return image_at(image, rva, *size);
}

bool image_has_named_resource(const struct image *image, const char *name)
{
    uint32_t names, found;

    if (!resource_base(image) || !find_entry(image, 0, 10, NULL, &names) || !(names & 0x80000000)) return false;
    return find_entry(image, names & 0x7fffffff, 0, name, &found);
}
