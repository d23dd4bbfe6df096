/* The registry: the tree in the shared file (registry_tree.c), what is kept on disk (registry_journal.c), the hive it
 * starts from (registry_default.c), the machine's own part (registry_hardware.c), requests (registry.c) and notification (registry_watch.c).
 */
#ifndef SERVER_REGISTRY_H
#define SERVER_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include "ferry/protocol.h"
#include "ferry/registry.h"

/* ---- registry_tree.c: changes nothing but memory. Places name keys; they are valid unless said otherwise. ---- */

extern void *registry_base;
extern int registry_fd;

bool tree_create(void); /* an empty one: \Registry */
uint64_t tree_now(void); /* 100 ns since 1601 */
static inline struct registry_key *tree_key(uint32_t place)
{
    return (struct registry_key *)registry_key_at(registry_base, place);
}
/* Place of an id that a client sent; 0: none such. */
uint32_t tree_place(uint64_t id);
static inline uint64_t tree_id(uint32_t place)
{
    return registry_id(place, tree_key(place)->generation);
}
/* Whether a change that needs `bytes` will find room. */
bool tree_has_room(uint64_t bytes);
uint32_t tree_depth(uint32_t place);

/* These five succeed if tree_has_room said so. tree_add: 0 without room. */
uint32_t tree_add(uint32_t parent, const WCHAR *name, uint32_t units, const void *class_name, uint32_t class_units,
                  uint16_t flags, uint64_t time);
void tree_remove(uint32_t place, uint64_t time);
void tree_rename(uint32_t place, const WCHAR *name, uint32_t units, uint64_t time);
bool tree_set(uint32_t place, const WCHAR *name, uint32_t units, uint32_t type, const void *data, uint32_t size,
              uint64_t time);
bool tree_unset(uint32_t place, const WCHAR *name, uint32_t units, uint64_t time);
void tree_set_time(uint32_t place, uint64_t time);

/* Path below \Registry, parts divided by backslashes; units, or 0 if `room` is too small. */
uint32_t tree_path(uint32_t place, WCHAR *to, uint32_t room);
/* The key of such a path, with the missing ones made if `make`. 0: none. */
uint32_t tree_walk(const WCHAR *path, uint32_t units, bool make, uint64_t time);

/* ---- registry_journal.c ---- */

/* A change as it is written down. */
struct change {
    uint32_t operation; /* enum registry_operation */
    uint32_t type;
    uint32_t place;
    uint64_t time;
    const WCHAR *name;
    uint32_t name_units;
    const void *data;
    uint32_t data_size;
};

/* Appends; when it returns 0 the change survives the server. errno. */
int journal_append(const struct change *change);
/* The same, then the change in the tree; watchers are told nothing. */
NTSTATUS registry_apply(const struct change *change, uint32_t *created);
int journal_sync(void); /* on the disk: 0, else errno */
/* Reads registry.journal of the prefix: bytes of records that were good, bytes that had to be left out. `defaults` fills the tree with what the journal starts from. */
void journal_load(void (*defaults)(void), uint64_t *good, uint64_t *damaged);
extern const char *journal_prefix; /* folder; NULL: nothing is kept */
extern uint64_t journal_compact_from; /* bytes; a smaller journal is left as it is */

/* ---- hive.c: hive files that were loaded ---- */

void hive_mounted(uint32_t place, const char *path, uint32_t bytes); /* when the journal says so */
/* Each in turn, for the snapshot: place and path; NULL after the last. */
const char *hive_next(unsigned index, uint32_t *place);
/* Writes what is loaded back into its files: at the end, and at the start what a crash left loaded. */
void hive_unload_all(void);

/* ---- registry_default.c ---- */

/* Puts the built-in hive into the tree; HKEY_CURRENT_USER is `user`, a path as in tree_walk. Without `all` only that part. */
void default_hive(const WCHAR *user, uint32_t units, bool all);

/* ---- registry_hardware.c ---- */

/* Puts what is known of the machine into the tree. */
void hardware_hive(void);

/* ---- registry_watch.c ---- */

struct process;
void watch_changed(uint32_t place, uint32_t what); /* REG_NOTIFY_CHANGE_* */
void watch_key_gone(uint32_t place);
void watch_process_gone(const struct process *process);

#endif
