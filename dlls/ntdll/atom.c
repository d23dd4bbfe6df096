/* Atom tables: names with counts, and the integer atoms below 0xc000 that need no table. */
#include "ntdll.h"

#define FIRST_STRING_ATOM 0xc000
#define MAX_ATOM_UNITS 255

struct atom {
    WCHAR *name; /* NULL: free */
    USHORT units;
    USHORT count;
    bool pinned;
};

struct atom_table {
    RTL_SRWLOCK lock;
    struct atom *atoms;
    ULONG used, room;
};

/* The name of an integer atom ("#12"), or the value itself as MAKEINTATOM gives it. */
static NTSTATUS integer_atom(const WCHAR *name, USHORT *atom)
{
    ULONG value = 0;

    if (!((ULONG_PTR)name >> 16)) {
        *atom = (USHORT)(ULONG_PTR)name;
        return *atom && *atom < FIRST_STRING_ATOM ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    }
    if (*name != '#') return STATUS_NOT_FOUND;
    const WCHAR *at = name + 1;
    for (; *at - '0' < 10u && value < 0x10000; at++) value = value * 10 + *at - '0';
    if (*at || at == name + 1) return STATUS_NOT_FOUND;
    if (!value || value >= FIRST_STRING_ATOM) return STATUS_INVALID_PARAMETER;
    *atom = (USHORT)value;
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlCreateAtomTable(ULONG buckets, void **table)
{
    if (*table) return STATUS_SUCCESS;
    *table = heap_allocate_zeroed(sizeof(struct atom_table));
    return *table ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

NTSTATUS NTAPI RtlEmptyAtomTable(void *handle, BOOLEAN pinned_too)
{
    struct atom_table *table = handle;

    if (!table) return STATUS_INVALID_PARAMETER;
    RtlAcquireSRWLockExclusive(&table->lock);
    for (ULONG i = 0; i < table->used; i++) {
        if (!table->atoms[i].name || (table->atoms[i].pinned && !pinned_too)) continue;
        heap_free(table->atoms[i].name);
        table->atoms[i].name = NULL;
    }
    RtlReleaseSRWLockExclusive(&table->lock);
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDestroyAtomTable(void *handle)
{
    struct atom_table *table = handle;

    if (!table) return STATUS_INVALID_PARAMETER;
    RtlEmptyAtomTable(table, TRUE);
    heap_free(table->atoms);
    heap_free(table);
    return STATUS_SUCCESS;
}

static struct atom *find(struct atom_table *table, const WCHAR *name, SIZE_T units)
{
    for (ULONG i = 0; i < table->used; i++) {
        struct atom *atom = &table->atoms[i];
        if (atom->name && atom->units == units && !RtlCompareUnicodeStrings(atom->name, units, name, units, TRUE)) return atom;
    }
    return NULL;
}

NTSTATUS NTAPI RtlAddAtomToAtomTable(void *handle, const WCHAR *name, USHORT *result)
{
    struct atom_table *table = handle;
    USHORT number = 0;

    if (!table) return STATUS_INVALID_PARAMETER;
    NTSTATUS status = integer_atom(name, &number);
    if (status != STATUS_NOT_FOUND) {
        if (status >= 0 && result) *result = number;
        return status;
    }
    SIZE_T units = wcslen(name);
    if (!units) return STATUS_OBJECT_NAME_INVALID;
    if (units > MAX_ATOM_UNITS) return STATUS_INVALID_PARAMETER;
    RtlAcquireSRWLockExclusive(&table->lock);
    struct atom *atom = find(table, name, units);
    status = STATUS_SUCCESS;
    if (atom) {
        if (atom->count < 0xffff) atom->count++;
    } else {
        ULONG i = 0;
        while (i < table->used && table->atoms[i].name) i++;
        if (i == table->room) {
            ULONG room = table->room ? table->room * 2 : 32;
            struct atom *list = room > 0x4000 ? NULL : heap_allocate_zeroed(room * sizeof(*list));
            if (list) {
                if (table->used) memcpy(list, table->atoms, table->used * sizeof(*list));
                heap_free(table->atoms);
                table->atoms = list;
                table->room = room;
            }
        }
        WCHAR *copy = i < table->room ? heap_allocate(units * sizeof(WCHAR)) : NULL;
        if (copy) {
            atom = &table->atoms[i];
            *atom = (struct atom){ memcpy(copy, name, units * sizeof(WCHAR)), (USHORT)units, 1, false };
            if (i == table->used) table->used++;
        } else {
            status = STATUS_NO_MEMORY;
        }
    }
    if (status >= 0 && result) *result = (USHORT)(FIRST_STRING_ATOM + (atom - table->atoms));
    RtlReleaseSRWLockExclusive(&table->lock);
    return status;
}

NTSTATUS NTAPI RtlLookupAtomInAtomTable(void *handle, const WCHAR *name, USHORT *result)
{
    struct atom_table *table = handle;
    USHORT number = 0;

    if (!table) return STATUS_INVALID_PARAMETER;
    NTSTATUS status = integer_atom(name, &number);
    if (status != STATUS_NOT_FOUND) {
        if (status >= 0 && result) *result = number;
        return status;
    }
    if (!*name) return STATUS_OBJECT_NAME_INVALID;
    RtlAcquireSRWLockShared(&table->lock);
    struct atom *atom = find(table, name, wcslen(name));
    if (atom && result) *result = (USHORT)(FIRST_STRING_ATOM + (atom - table->atoms));
    RtlReleaseSRWLockShared(&table->lock);
    return atom ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

static struct atom *by_number(struct atom_table *table, USHORT number)
{
    ULONG index = number - FIRST_STRING_ATOM;

    return index < table->used && table->atoms[index].name ? &table->atoms[index] : NULL;
}

NTSTATUS NTAPI RtlDeleteAtomFromAtomTable(void *handle, USHORT number)
{
    struct atom_table *table = handle;
    NTSTATUS status = STATUS_SUCCESS;

    if (!table) return STATUS_INVALID_PARAMETER;
    if (number < FIRST_STRING_ATOM) return number ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    RtlAcquireSRWLockExclusive(&table->lock);
    struct atom *atom = by_number(table, number);
    if (!atom) {
        status = STATUS_INVALID_HANDLE;
    } else if (atom->pinned) {
        status = STATUS_WAS_LOCKED;
    } else if (!--atom->count) {
        heap_free(atom->name);
        atom->name = NULL;
    }
    RtlReleaseSRWLockExclusive(&table->lock);
    return status;
}

NTSTATUS NTAPI RtlPinAtomInAtomTable(void *handle, USHORT number)
{
    struct atom_table *table = handle;

    if (!table) return STATUS_INVALID_PARAMETER;
    if (number < FIRST_STRING_ATOM) return number ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    RtlAcquireSRWLockExclusive(&table->lock);
    struct atom *atom = by_number(table, number);
    if (atom) atom->pinned = true;
    RtlReleaseSRWLockExclusive(&table->lock);
    return atom ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* *length: in, bytes of room; out, bytes of the name. With too little room, what fits and
 * STATUS_BUFFER_TOO_SMALL only when not even one character does. */
NTSTATUS NTAPI RtlQueryAtomInAtomTable(void *handle, USHORT number, ULONG *count, ULONG *pinned, WCHAR *name, ULONG *length)
{
    struct atom_table *table = handle;
    NTSTATUS status = STATUS_SUCCESS;
    WCHAR text[8];
    const WCHAR *from = text;
    ULONG bytes = 0;

    if (!table) return STATUS_INVALID_PARAMETER;
    RtlAcquireSRWLockShared(&table->lock);
    if (number < FIRST_STRING_ATOM) {
        if (!number) status = STATUS_INVALID_PARAMETER;
        bytes = _snwprintf(text, ARRAY_SIZE(text), L"#%u", number) * sizeof(WCHAR);
        if (count) *count = 1;
        if (pinned) *pinned = 1;
    } else {
        struct atom *atom = by_number(table, number);
        if (atom) {
            from = atom->name;
            bytes = atom->units * sizeof(WCHAR);
            if (count) *count = atom->count;
            if (pinned) *pinned = atom->pinned;
        } else {
            status = STATUS_INVALID_HANDLE;
        }
    }
    if (status >= 0 && length) {
        ULONG room = *length;
        *length = bytes;
        if (name) {
            if (room < sizeof(WCHAR) * 2) {
                status = STATUS_BUFFER_TOO_SMALL;
            } else {
                if (bytes > room - sizeof(WCHAR)) bytes = (room - sizeof(WCHAR)) & ~1u;
                memcpy(name, from, bytes);
                name[bytes / sizeof(WCHAR)] = 0;
                *length = bytes;
            }
        }
    }
    RtlReleaseSRWLockShared(&table->lock);
    return status;
}
