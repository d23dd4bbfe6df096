/* User atoms: names of classes, registered messages, clipboard formats, properties. The session's table lies in the
 * server; what was asked once is remembered, and the names that every program uses have fixed atoms (server/atom.c). */
#include "window.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "handle.h"
#include "server_client.h"
#include "ferry/user_atoms.h"

struct known {
    struct known *next;
    uint32_t atom;
    uint32_t units;
    WCHAR name[];
};

static struct known *known[64];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t next_private = USER_ATOM_FIRST; /* where there is no server */

static WCHAR fold(WCHAR c)
{
    if (c < 128) return c >= 'a' && c <= 'z' ? c - 32 : c;
    return (c >= 0xe0 && c <= 0xfe && c != 0xf7) ? c - 32 : c;
}

static bool same(const WCHAR *a, const WCHAR *b, unsigned units)
{
    for (unsigned i = 0; i < units; i++)
        if (fold(a[i]) != fold(b[i])) return false;
    return true;
}

static unsigned bucket(const WCHAR *name, unsigned units)
{
    uint32_t hash = units;

    for (unsigned i = 0; i < units; i++) hash = hash * 31 + fold(name[i]);
    return hash % ARRAYSIZE(known);
}

static uint32_t remember(uint32_t atom, const WCHAR *name, unsigned units)
{
    struct known *entry = malloc(sizeof(*entry) + units * sizeof(WCHAR));

    if (!entry) return atom;
    entry->atom = atom;
    entry->units = units;
    memcpy(entry->name, name, units * sizeof(WCHAR));
    entry->next = known[bucket(name, units)];
    known[bucket(name, units)] = entry;
    return atom;
}

static void remember_fixed(void)
{
    static const struct {
        uint32_t atom;
        const WCHAR *name;
    } fixed[] = { USER_FIXED_ATOMS };
    static bool done;

    if (done) return;
    done = true;
    for (unsigned i = 0; i < ARRAYSIZE(fixed); i++) {
        unsigned units = 0;
        while (fixed[i].name[units]) units++;
        remember(fixed[i].atom, fixed[i].name, units);
    }
}

static uint32_t ask_server(const WCHAR *name, unsigned units, bool add)
{
    struct request_atom_add in = { .add = add, .units = units };
    struct reply_atom_add out;
    struct server_call call = { .request = &in.header, .request_size = sizeof(in), .data = { name },
                                .data_size = { units * sizeof(WCHAR) }, .reply = &out.header, .reply_size = sizeof(out) };

    if (!server_is_connected()) return add && next_private < 0xffff ? next_private++ : 0;
    return server_call(REQUEST_atom_add, &call) ? 0 : out.atom;
}

/* "#123" is the integer atom 123. */
static uint32_t integer_atom(const WCHAR *name, unsigned units)
{
    uint32_t value = 0;

    if (units < 2 || units > 6 || name[0] != '#') return 0;
    for (unsigned i = 1; i < units; i++) {
        if (name[i] < '0' || name[i] > '9') return 0;
        value = value * 10 + name[i] - '0';
    }
    return value < 0xc000 ? value : 0;
}

uint32_t atom_add(const WCHAR *name, unsigned units, bool add)
{
    uint32_t atom = integer_atom(name, units);

    if (atom) return atom;
    if (!units || units > 255) return 0;
    pthread_mutex_lock(&lock);
    remember_fixed();
    for (struct known *entry = known[bucket(name, units)]; entry; entry = entry->next)
        if (entry->units == units && same(entry->name, name, units)) atom = entry->atom;
    if (!atom) {
        atom = ask_server(name, units, add);
        if (atom) remember(atom, name, units);
    }
    pthread_mutex_unlock(&lock);
    return atom;
}

int atom_name(uint32_t atom, WCHAR *name, unsigned room)
{
    int units = -1;

    if (atom && atom < 0xc000) {
        char digits[8];
        units = snprintf(digits, sizeof(digits), "#%u", atom);
        if ((unsigned)units > room) return -1;
        for (int i = 0; i < units; i++) name[i] = (WCHAR)digits[i];
        return units;
    }
    pthread_mutex_lock(&lock);
    remember_fixed();
    for (unsigned i = 0; i < ARRAYSIZE(known) && units < 0; i++) {
        for (struct known *entry = known[i]; entry; entry = entry->next) {
            if (entry->atom != atom || entry->units > room) continue;
            memcpy(name, entry->name, entry->units * sizeof(WCHAR));
            units = (int)entry->units;
            break;
        }
    }
    if (units < 0 && server_is_connected() && atom >= USER_ATOM_FIRST) {
        struct request_atom_name in = { .atom = atom };
        struct reply_atom_name out;
        WCHAR text[256];
        struct server_call call = { .request = &in.header, .request_size = sizeof(in), .reply = &out.header,
                                    .reply_size = sizeof(out), .extra = text, .extra_room = sizeof(text) };
        if (!server_call(REQUEST_atom_name, &call) && call.extra_size / sizeof(WCHAR) <= room) {
            units = (int)(call.extra_size / sizeof(WCHAR));
            memcpy(name, text, call.extra_size);
            remember(atom, text, (unsigned)units);
        }
    }
    pthread_mutex_unlock(&lock);
    return units;
}

/* The atom of a name, added to the session's table if `Add`. 0: unknown, or the table is full. */
ULONG sys_NtUserAtom(const WCHAR *Name, ULONG Units, BOOLEAN Add)
{
    WCHAR name[256];

    if (!Units || Units >= ARRAYSIZE(name)) return 0;
    memcpy(name, Name, Units * sizeof(WCHAR));
    return atom_add(name, Units, Add);
}

/* Its name, at most Room units; how many, or 0. */
ULONG sys_NtUserAtomName(ULONG Atom, WCHAR *Name, ULONG Room)
{
    WCHAR name[256];
    int units = atom_name(Atom, name, ARRAYSIZE(name));

    if (units <= 0) return 0;
    if ((ULONG)units > Room) units = (int)Room;
    memcpy(Name, name, (unsigned)units * sizeof(WCHAR));
    return (ULONG)units;
}
