/* The namespace: directories, symbolic links, and the names of objects.
 *
 * A named object is an arena slot, or a file descriptor with data (a section). The first kind loses its name when its
 * last reference goes, wherever that is; the second when no process holds it any more.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

#define NODES_MAX 65536u
#define LINKS_MAX 32
#define OBJECT_OPENLINK 0x100

struct node {
    uint32_t number;
    uint32_t type;
    uint32_t slot;
    int fd;
    uint32_t holders; /* of an object without slot */
    bool permanent;
    bool dead; /* out of the namespace, waits for its children */
    struct node *parent, *next, *children;
    uint16_t units;
    WCHAR *name;
    uint32_t size;
    unsigned char *data;
};

static struct node *root;
static struct node **nodes; /* by number */
static uint32_t nodes_room, nodes_hint = 1;

/* ---- nodes ---- */

static struct node *node_of_number(uint32_t number)
{
    return number && number < nodes_room ? nodes[number] : NULL;
}

static struct node *node_of_slot(uint32_t slot)
{
    if (!slot_is_granted(slot)) return NULL;
    struct node *node = node_of_number(slot_at(slot)->name);
    return node && node->slot == slot ? node : NULL;
}

static bool number_node(struct node *node)
{
    while (nodes_hint < nodes_room && nodes[nodes_hint]) nodes_hint++;
    if (nodes_hint >= nodes_room) {
        uint32_t room = nodes_room ? nodes_room * 2 : 64;
        if (room > NODES_MAX) return false;
        struct node **more = realloc(nodes, room * sizeof(*more));
        if (!more) return false;
        memset(more + nodes_room, 0, (room - nodes_room) * sizeof(*more));
        nodes = more;
        nodes_room = room;
    }
    node->number = nodes_hint;
    nodes[nodes_hint] = node;
    return true;
}

static void node_free(struct node *node)
{
    struct node *parent = node->parent;

    nodes[node->number] = NULL;
    if (node->number < nodes_hint) nodes_hint = node->number;
    if (node->fd >= 0) close(node->fd);
    free(node->name);
    free(node->data);
    free(node);
    if (parent && parent->dead && !parent->children) node_free(parent);
}

/* Takes the node out of the namespace; frees it unless children still hang on it. */
static void node_remove(struct node *node)
{
    if (node->parent) {
        struct node **at = &node->parent->children;
        while (*at != node) at = &(*at)->next;
        *at = node->next;
    }
    if (node->slot && node_of_slot(node->slot) == node) slot_at(node->slot)->name = 0;
    node->slot = 0;
    if (!node->children) {
        node_free(node);
        return;
    }
    struct node *parent = node->parent;
    node->dead = true;
    node->parent = NULL;
    if (parent && parent->dead && !parent->children) node_free(parent);
}

static struct node *node_make(struct node *parent, const WCHAR *name, uint32_t units, uint32_t type)
{
    struct node *node = calloc(1, sizeof(*node));

    if (!node || !(node->name = malloc(units * sizeof(WCHAR) + sizeof(WCHAR))) || !number_node(node)) {
        if (node) free(node->name);
        free(node);
        return NULL;
    }
    memcpy(node->name, name, units * sizeof(WCHAR));
    node->units = (uint16_t)units;
    node->type = type;
    node->fd = -1;
    node->parent = parent;
    if (parent) {
        node->next = parent->children;
        parent->children = node;
    }
    return node;
}

static bool node_set_data(struct node *node, const void *data, uint32_t size)
{
    if (!size) return true;
    node->data = malloc(size);
    if (!node->data) return false;
    memcpy(node->data, data, size);
    node->size = size;
    return true;
}

/* ---- looking up ---- */

/* Simple case mapping where it is one letter to one: Latin, Greek, Cyrillic. */
static WCHAR upper(WCHAR c)
{
    if (c < 'a') return c;
    if (c <= 'z') return c - 32;
    if (c < 0xe0) return c;
    if (c <= 0xfe && c != 0xf7) return c - 32;
    if (c >= 0x100 && c <= 0x137) return c & ~1;
    if (c >= 0x3b1 && c <= 0x3c9 && c != 0x3c2) return c - 32;
    if (c >= 0x430 && c <= 0x44f) return c - 32;
    if (c >= 0x450 && c <= 0x45f) return c - 80;
    return c;
}

static bool same_name(const WCHAR *a, const WCHAR *b, uint32_t units, bool fold)
{
    if (!fold) return !memcmp(a, b, units * sizeof(WCHAR));
    for (uint32_t i = 0; i < units; i++)
        if (upper(a[i]) != upper(b[i])) return false;
    return true;
}

static struct node *child(struct node *directory, const WCHAR *name, uint32_t units, bool fold)
{
    struct node *node = directory->children;

    while (node && (node->units != units || !same_name(node->name, name, units, fold))) node = node->next;
    return node;
}

struct place {
    struct node *parent, *node; /* node NULL: not there */
    const WCHAR *last;
    uint32_t last_units;
    WCHAR path[NAME_UNITS_MAX + 1]; /* after links */
};
static struct place place;

/* Finds `name` from directory `root_slot` (0: absolute). Fills `place`. */
static NTSTATUS look_up(uint32_t root_slot, const WCHAR *name, uint32_t units, uint32_t attributes, uint32_t type)
{
    bool fold = attributes & OBJ_CASE_INSENSITIVE, open_link = type == OBJECT_SYMBOLIC_LINK || (attributes & OBJECT_OPENLINK);
    struct node *at = root;
    uint32_t from = 0;

    place.parent = place.node = NULL;
    if (units > NAME_UNITS_MAX) return STATUS_NAME_TOO_LONG;
    memcpy(place.path, name, units * sizeof(WCHAR));
    if (root_slot) {
        at = node_of_slot(root_slot);
        if (!at || at->type != OBJECT_DIRECTORY) return STATUS_INVALID_HANDLE;
        if (units && name[0] == '\\') return STATUS_OBJECT_PATH_SYNTAX_BAD;
    } else {
        if (!units || name[0] != '\\') return STATUS_OBJECT_PATH_SYNTAX_BAD;
        from = 1;
    }
    if (from == units) {
        place.node = at;
        return STATUS_SUCCESS;
    }
    for (int links = 0;;) {
        uint32_t to = from;
        while (to < units && place.path[to] != '\\') to++;
        if (to == from) return STATUS_OBJECT_NAME_INVALID;
        struct node *node = child(at, place.path + from, to - from, fold);
        bool is_last = to == units;
        if (node && node->type == OBJECT_SYMBOLIC_LINK && !(is_last && open_link)) {
            uint32_t target = node->size / sizeof(WCHAR), rest = units - to;
            if (++links > LINKS_MAX || target + rest > NAME_UNITS_MAX || !target) return STATUS_OBJECT_NAME_INVALID;
            memmove(place.path + target, place.path + to, rest * sizeof(WCHAR));
            memcpy(place.path, node->data, target * sizeof(WCHAR));
            units = target + rest;
            if (place.path[0] != '\\') return STATUS_OBJECT_PATH_SYNTAX_BAD;
            at = root;
            from = 1;
            if (units == 1) {
                place.node = root;
                return STATUS_SUCCESS;
            }
            continue;
        }
        if (is_last) {
            place.parent = at;
            place.node = node;
            place.last = place.path + from;
            place.last_units = to - from;
            return STATUS_SUCCESS;
        }
        if (!node || node->type != OBJECT_DIRECTORY) return STATUS_OBJECT_PATH_NOT_FOUND;
        at = node;
        from = to + 1;
    }
}

/* ---- holding ---- */

static bool hold(struct process *process, struct node *node)
{
    if (process->name_count == process->name_room) {
        uint32_t room = process->name_room ? process->name_room * 2 : 16;
        if (room > PROCESS_NAMES_MAX) return false;
        uint32_t *names = realloc(process->names, room * sizeof(*names));
        if (!names) return false;
        process->names = names;
        process->name_room = room;
    }
    process->names[process->name_count++] = node->number;
    node->holders++;
    return true;
}

static void drop(struct node *node)
{
    if (--node->holders == 0 && !node->slot && !node->permanent) node_remove(node);
}

void name_process_gone(struct process *process)
{
    while (process->name_count) {
        struct node *node = node_of_number(process->names[--process->name_count]);
        if (node) drop(node);
    }
}

void name_slot_gone(uint32_t slot)
{
    struct node *node = node_of_slot(slot);

    if (node) node_remove(node);
}

/* Gives the client its reference to an existing object; false if the object is just going. */
static NTSTATUS give(struct request *request, struct node *node, void *behind, uint32_t *slot, uint32_t *name,
                     uint32_t *size)
{
    if (node->slot) {
        if (!slot_reference(node->slot, node->type)) return STATUS_DELETE_PENDING;
        *slot = node->slot;
    } else if (!hold(request->client->process, node)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *name = node->number;
    *size = request->reply_extra = node->size;
    if (node->size) memcpy(behind, node->data, node->size);
    request->reply_fd = node->fd;
    return STATUS_SUCCESS;
}

/* ---- requests ---- */

NTSTATUS request_name_create(struct request *request, const struct request_name_create *in, uint32_t extra,
                             struct reply_name_create *out)
{
    const WCHAR *name = (const WCHAR *)(in + 1);

    if (in->name_units > NAME_UNITS_MAX || in->data_size > 0x4000 ||
        in->name_units * sizeof(WCHAR) + in->data_size != extra || !in->type || in->type >= OBJECT_TYPE_COUNT)
        return STATUS_INVALID_PARAMETER;
    if (in->slot && (!slot_is_granted(in->slot) || SLOT_TAG_TYPE(slot_at(in->slot)->tag) != in->type ||
                     !atomic_load(&slot_at(in->slot)->references) || node_of_slot(in->slot)))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = look_up(in->root, name, in->name_units, in->attributes, in->type);
    if (status) return status;
    if (place.node) {
        if (!(in->attributes & OBJ_OPENIF)) {
            if (!place.node->slot || atomic_load(&slot_at(place.node->slot)->references)) return STATUS_OBJECT_NAME_COLLISION;
            status = STATUS_DELETE_PENDING;
        } else {
            if (place.node->type != in->type) return STATUS_OBJECT_TYPE_MISMATCH;
            status = give(request, place.node, out + 1, &out->slot, &out->name, &out->data_size);
        }
        if (!status) return STATUS_OBJECT_NAME_EXISTS;
        if (status != STATUS_DELETE_PENDING) return status;
        node_remove(place.node);
    }
    if (!place.parent) return STATUS_OBJECT_NAME_COLLISION; /* the root */
    struct node *node = node_make(place.parent, place.last, place.last_units, in->type);
    if (!node) return STATUS_INSUFFICIENT_RESOURCES;
    node->slot = in->slot;
    if (!node_set_data(node, name + in->name_units, in->data_size) ||
        (!in->slot && !hold(request->client->process, node))) {
        node_remove(node);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    node->fd = request->fd;
    request->fd = -1;
    node->permanent = in->attributes & OBJ_PERMANENT;
    if (in->slot) {
        slot_at(in->slot)->name = node->number;
        __atomic_fetch_or(&slot_at(in->slot)->flags, SLOT_TOLD_SERVER, __ATOMIC_SEQ_CST);
        if (node->permanent) atomic_fetch_add(&slot_at(in->slot)->references, 1);
    }
    out->slot = in->slot;
    out->name = node->number;
    return STATUS_SUCCESS;
}

NTSTATUS request_name_open(struct request *request, const struct request_name_open *in, uint32_t extra,
                           struct reply_name_open *out)
{
    if (in->name_units > NAME_UNITS_MAX || in->name_units * sizeof(WCHAR) != extra) return STATUS_INVALID_PARAMETER;
    NTSTATUS status = look_up(in->root, (const WCHAR *)(in + 1), in->name_units, in->attributes, in->type);
    if (status) return status;
    if (!place.node) return STATUS_OBJECT_NAME_NOT_FOUND;
    if (in->type && place.node->type != in->type) return STATUS_OBJECT_TYPE_MISMATCH;
    out->type = place.node->type;
    status = give(request, place.node, out + 1, &out->slot, &out->name, &out->data_size);
    if (status != STATUS_DELETE_PENDING) return status;
    node_remove(place.node);
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS request_name_release(struct request *request, const struct request_name_release *in, uint32_t extra,
                              struct reply_name_release *out)
{
    struct process *process = request->client->process;

    for (uint32_t i = process->name_count; i--;) {
        if (process->names[i] != in->name) continue;
        process->names[i] = process->names[--process->name_count];
        drop(node_of_number(in->name));
        return STATUS_SUCCESS;
    }
    return STATUS_INVALID_PARAMETER;
}

/* The path of `node` into `path`, at most `room` units; returns the units, or -1. */
static int put_path(const struct node *node, WCHAR *path, int room)
{
    int units = 0;

    for (const struct node *at = node; at->parent; at = at->parent) units += at->units + 1;
    if (!units) units = 1;
    if (units > room) return -1;
    int end = units;
    for (const struct node *at = node; at->parent; at = at->parent) {
        end -= at->units;
        memcpy(path + end, at->name, at->units * sizeof(WCHAR));
        path[--end] = '\\';
    }
    if (node == root) path[0] = '\\';
    return units;
}

NTSTATUS request_name_query(struct request *request, const struct request_name_query *in, uint32_t extra,
                            struct reply_name_query *out)
{
    struct node *node = in->slot ? node_of_slot(in->slot) : node_of_number(in->name);
    WCHAR *path = (WCHAR *)(out + 1);

    if (!node) return STATUS_OBJECT_NAME_NOT_FOUND;
    int units = node->dead ? 0 : put_path(node, path, NAME_UNITS_MAX);
    if (units < 0 || units * sizeof(WCHAR) + node->size > request->reply_room) return STATUS_NAME_TOO_LONG;
    if (node->size) memcpy(path + units, node->data, node->size);
    out->name_units = (uint32_t)units;
    out->data_size = node->size;
    request->reply_extra = (uint32_t)(units * sizeof(WCHAR)) + node->size;
    return STATUS_SUCCESS;
}

NTSTATUS request_name_permanent(struct request *request, const struct request_name_permanent *in, uint32_t extra,
                                struct reply_name_permanent *out)
{
    struct node *node = node_of_slot(in->slot);

    if (!node || node->permanent == !!in->permanent) return STATUS_SUCCESS;
    node->permanent = in->permanent;
    if (in->permanent) slot_reference(in->slot, 0);
    else slot_unreference(in->slot);
    return STATUS_SUCCESS;
}

NTSTATUS request_directory_query(struct request *request, const struct request_directory_query *in, uint32_t extra,
                                 struct reply_directory_query *out)
{
    struct node *directory = node_of_slot(in->slot), *node;
    uint32_t index = in->index;

    if (!directory || directory->type != OBJECT_DIRECTORY) return STATUS_INVALID_HANDLE;
    for (node = directory->children; node && index; node = node->next) index--;
    if (!node) return STATUS_NO_MORE_ENTRIES;
    out->type = node->type;
    out->name_units = node->units;
    request->reply_extra = node->units * sizeof(WCHAR);
    memcpy(out + 1, node->name, request->reply_extra);
    return STATUS_SUCCESS;
}

/* ---- what is there from the start ---- */

static struct node *add(struct node *parent, const WCHAR *name, uint32_t type, const WCHAR *target)
{
    uint32_t units = 0, target_units = 0;

    while (name[units]) units++;
    while (target && target[target_units]) target_units++;
    struct node *node = node_make(parent, name, units, type);
    if (!node || !node_set_data(node, target, target_units * sizeof(WCHAR)) || !(node->slot = slot_make(type, 0, 0)))
        abort();
    node->permanent = true;
    slot_at(node->slot)->name = node->number;
    return node;
}

static struct node *add_directory(struct node *parent, const WCHAR *name)
{
    return add(parent, name, OBJECT_DIRECTORY, NULL);
}

void names_init(void)
{
    static const WCHAR *const directories[] = { L"ObjectTypes", L"KernelObjects", L"RPC Control", L"Windows", L"Security",
                                                L"KnownDlls", L"KnownDlls32", L"Callback", L"Driver", L"FileSystem" };

    root = add_directory(NULL, L"");
    for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++) add_directory(root, directories[i]);
    struct node *global = add_directory(root, L"BaseNamedObjects");
    add_directory(global, L"Restricted");
    add(global, L"Global", OBJECT_SYMBOLIC_LINK, L"\\BaseNamedObjects");
    add(global, L"Local", OBJECT_SYMBOLIC_LINK, L"\\BaseNamedObjects");
    add(global, L"Session", OBJECT_SYMBOLIC_LINK, L"\\Sessions\\BNOLINKS");
    struct node *sessions = add_directory(root, L"Sessions");
    struct node *links = add_directory(sessions, L"BNOLINKS");
    add(links, L"0", OBJECT_SYMBOLIC_LINK, L"\\BaseNamedObjects");
    add(links, L"1", OBJECT_SYMBOLIC_LINK, L"\\Sessions\\1\\BaseNamedObjects");
    struct node *session = add_directory(sessions, L"1"), *local = add_directory(session, L"BaseNamedObjects");
    add_directory(session, L"Windows");
    add_directory(session, L"AppContainerNamedObjects");
    add(local, L"Global", OBJECT_SYMBOLIC_LINK, L"\\BaseNamedObjects");
    add(local, L"Local", OBJECT_SYMBOLIC_LINK, L"\\Sessions\\1\\BaseNamedObjects");
    add(local, L"Session", OBJECT_SYMBOLIC_LINK, L"\\Sessions\\BNOLINKS");
    struct node *device = add_directory(root, L"Device");
    add_directory(device, L"NamedPipe");
    add_directory(device, L"Mailslot");
    add_directory(root, L"GLOBAL??");
    add(root, L"??", OBJECT_SYMBOLIC_LINK, L"\\GLOBAL??");
    add(root, L"DosDevices", OBJECT_SYMBOLIC_LINK, L"\\??");
}
