/* Which file a DLL name means to a program: the rules of the loader (dlls/ntdll/ldr_load.c, ldr_search.c) as far as they
 * can be told without running: API sets, system DLLs that nothing replaces, the program's folder, the shipped DLLs. */
#include "check.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "ferry/known_dlls.h"
#include "ferry/api_sets.h"

#define FORWARDS_MAX 32

static char *lower_name(const char *name)
{
    size_t length = strlen(name);
    char *lower = malloc(length + 5);
    bool dot = false;

    if (!lower) abort();
    for (size_t i = 0; i < length; i++) {
        lower[i] = (char)tolower((unsigned char)name[i]);
        if (lower[i] == '.') dot = true;
        if (lower[i] == '\\' || lower[i] == '/') dot = false;
    }
    lower[length] = 0;
    if (!dot) strcpy(lower + length, ".dll");
    else if (length && lower[length - 1] == '.') lower[length - 1] = 0;
    return lower;
}

static int by_set(const void *name, const void *entry)
{
    return strcmp(name, ((const struct api_set *)entry)->name);
}

const char *api_set_host(const char *name)
{
    char key[128];
    size_t length = strlen(name);
    const struct api_set *found;

    if (strncmp(name, "api-", 4) && strncmp(name, "ext-", 4)) return NULL;
    if (length > 4 && !strcmp(name + length - 4, ".dll")) length -= 4;
    while (length && name[length - 1] != '-') length--; /* the last number does not count */
    if (length < 2 || length > sizeof(key)) return NULL;
    memcpy(key, name, length - 1);
    key[length - 1] = 0;
    found = bsearch(key, api_sets, sizeof(api_sets) / sizeof(api_sets[0]), sizeof(api_sets[0]), by_set);
    return found ? found->host : NULL;
}

static bool is_known_dll(const char *name)
{
#define NAME(text) text,
    static const char *const known_dlls[] = { FERRY_KNOWN_DLLS(NAME) };

    for (size_t i = 0; i < sizeof(known_dlls) / sizeof(known_dlls[0]); i++)
        if (!strcmp(known_dlls[i], name)) return true;
    return false;
}

/* The file of that name in a folder, whatever its case; malloced, or NULL. */
static char *find_file(const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    struct dirent *entry;
    FILE *file;
    DIR *listing;

    if (!path) abort();
    snprintf(path, size, "%s/%s", folder, name);
    if (strchr(name, '/') || strchr(name, '\\')) goto none;
    if ((file = fopen(path, "re"))) {
        fclose(file);
        return path;
    }
    if ((listing = opendir(folder))) {
        while ((entry = readdir(listing)))
            if (!strcasecmp(entry->d_name, name)) {
                snprintf(path, size, "%s/%s", folder, entry->d_name);
                closedir(listing);
                return path;
            }
        closedir(listing);
    }
none:
    free(path);
    return NULL;
}

static struct image *open_dll(struct store *store, const char *folder, const char *name)
{
    char *path = find_file(folder, name);
    struct image *image = path ? image_open(path) : NULL;

    free(path);
    if (image && (image->error || image->pe.machine != store->machine)) {
        image_close(image);
        return NULL;
    }
    return image;
}

static struct image *open_builtin(struct store *store, const char *name)
{
    char folder[4096];

    snprintf(folder, sizeof(folder), "%s/%s-windows", store->library_path,
             store->machine == PE_MACHINE_AMD64 ? "x86_64" : "i386");
    return open_dll(store, folder, name);
}

struct dll *store_find(struct store *store, const char *name)
{
    char *lower = lower_name(name);
    const char *host;
    struct dll *dll;

    for (dll = store->dlls; dll; dll = dll->next)
        if (!strcmp(dll->name, lower)) {
            free(lower);
            return dll;
        }
    if (!(dll = calloc(1, sizeof(*dll)))) abort();
    dll->name = lower;
    if ((host = api_set_host(lower))) {
        dll->where = WHERE_API_SET;
        dll->host = strdup(host);
    } else {
        if (!is_known_dll(lower) && (dll->image = open_dll(store, store->folder, lower))) dll->where = WHERE_BESIDE;
        if (!dll->image && (dll->image = open_builtin(store, lower))) dll->where = WHERE_BUILTIN;
    }
    dll->next = store->dlls;
    store->dlls = dll;
    return dll;
}

static bool has(struct store *store, struct dll *dll, const char *name, uint32_t ordinal, int depth)
{
    const char *forward, *dot;
    char target[256];

    if (depth >= FORWARDS_MAX) return false;
    if (dll->where == WHERE_API_SET)
        return dll->host[0] && has(store, store_find(store, dll->host), name, ordinal, depth + 1);
    if (!dll->image) return false;
    if (!(name ? exports_name(dll->image, name, &forward) : exports_ordinal(dll->image, ordinal, &forward))) return false;
    if (!forward) return true;
    dot = strrchr(forward, '.');
    if (!dot || (size_t)(dot - forward) >= sizeof(target)) return false;
    memcpy(target, forward, (size_t)(dot - forward));
    target[dot - forward] = 0;
    if (dot[1] == '#') return has(store, store_find(store, target), NULL, (uint32_t)strtoul(dot + 2, NULL, 10), depth + 1);
    return has(store, store_find(store, target), dot + 1, 0, depth + 1);
}

bool store_has(struct store *store, struct dll *dll, const char *name, uint32_t ordinal)
{
    return has(store, dll, name, ordinal, 0);
}

void store_free(struct store *store)
{
    while (store->dlls) {
        struct dll *dll = store->dlls;
        store->dlls = dll->next;
        while (dll->missing) {
            struct missing *missing = dll->missing;
            dll->missing = missing->next;
            free(missing->function);
            free(missing->needed_by);
            free(missing);
        }
        image_close(dll->image);
        free(dll->host);
        free(dll->name);
        free(dll);
    }
    free(store->folder);
}
