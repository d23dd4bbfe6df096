/* Generic tables on AVL trees, atoms, bitmaps and times of ntdll.dll. */
#include "tap.h"

/* Room for the table on both architectures; its layout is not looked at. */
typedef struct {
    void *words[32];
} TABLE;
typedef int(NTAPI *COMPARE)(TABLE *, int *, int *);

typedef struct {
    ULONG SizeOfBitMap;
    ULONG *Buffer;
} BITMAP_;
typedef struct {
    SHORT Year, Month, Day, Hour, Minute, Second, Milliseconds, Weekday;
} FIELDS;

static int NTAPI compare(TABLE *table, int *a, int *b)
{
    return *a < *b ? 0 : *a > *b ? 1 : 2;
}
static void *NTAPI allocate(TABLE *table, LONG size)
{
    return HeapAlloc(GetProcessHeap(), 0, size);
}
static void NTAPI release(TABLE *table, void *block)
{
    HeapFree(GetProcessHeap(), 0, block);
}

static void test_tree(HMODULE ntdll)
{
    void(NTAPI * initialize)(TABLE *, COMPARE, void *, void *, void *) = (void *)GetProcAddress(ntdll, "RtlInitializeGenericTableAvl");
    void *(NTAPI * insert)(TABLE *, void *, ULONG, BOOLEAN *) = (void *)GetProcAddress(ntdll, "RtlInsertElementGenericTableAvl");
    void *(NTAPI * lookup)(TABLE *, void *) = (void *)GetProcAddress(ntdll, "RtlLookupElementGenericTableAvl");
    BOOLEAN(NTAPI * delete)(TABLE *, void *) = (void *)GetProcAddress(ntdll, "RtlDeleteElementGenericTableAvl");
    void *(NTAPI * next)(TABLE *, void **) = (void *)GetProcAddress(ntdll, "RtlEnumerateGenericTableWithoutSplayingAvl");
    ULONG(NTAPI * count)(TABLE *) = (void *)GetProcAddress(ntdll, "RtlNumberGenericTableElementsAvl");
    TABLE table;
    BOOLEAN inserted;
    int wrong = 0, expected = 0, *found;
    void *key = NULL;

    if (!delete || !next) {
        skip(6, "no AVL tables");
        return;
    }
    initialize(&table, compare, allocate, release, NULL);
    for (int i = 0; i < 1000; i++) {
        int value = (i * 7919) % 1000;
        found = insert(&table, &value, sizeof(value), &inserted);
        wrong += !found || !inserted || *found != value;
    }
    ok(!wrong && count(&table) == 1000, "%d wrong, %lu elements", wrong, count(&table));
    int value = 5;
    found = insert(&table, &value, sizeof(value), &inserted);
    ok(found && !inserted && count(&table) == 1000, "a second time");
    for (int i = 0; i < 1000; i += 2) {
        int odd = (i * 3 + 1) % 1000 | 1;
        wrong += !delete(&table, &odd) && lookup(&table, &odd);
    }
    for (int i = 1; i < 1000; i += 2) {
        delete(&table, &i);
        wrong += lookup(&table, &i) != NULL;
    }
    ok(!wrong && count(&table) == 500, "%d wrong after deletion, %lu elements", wrong, count(&table));
    while ((found = next(&table, &key))) {
        wrong += *found != expected;
        expected += 2;
    }
    ok(!wrong && expected == 1000, "in order: %d wrong, up to %d", wrong, expected);
    for (int i = 998; i >= 0; i -= 2) wrong += !delete(&table, &i);
    ok(!wrong && count(&table) == 0, "empty again");
}

static void test_bitmap(HMODULE ntdll)
{
    void(NTAPI * set)(BITMAP_ *, ULONG, ULONG) = (void *)GetProcAddress(ntdll, "RtlSetBits");
    ULONG(NTAPI * find)(BITMAP_ *, ULONG, ULONG) = (void *)GetProcAddress(ntdll, "RtlFindClearBitsAndSet");
    ULONG(NTAPI * number)(BITMAP_ *) = (void *)GetProcAddress(ntdll, "RtlNumberOfSetBits");
    ULONG bits[3] = { 0 };
    BITMAP_ map = { 90, bits };

    set(&map, 3, 40);
    ok(bits[0] == 0xfffffff8 && bits[1] == 0x7ff && number(&map) == 40, "%lx %lx", bits[0], bits[1]);
    ok(find(&map, 3, 0) == 0, "the first three");
    ok(find(&map, 4, 0) == 43, "the next four");
    ok(find(&map, 60, 0) == ~0u, "no sixty");
    ok(number(&map) == 47, "%lu", number(&map));
}

static void test_times(HMODULE ntdll)
{
    BOOLEAN(NTAPI * to_time)(FIELDS *, LARGE_INTEGER *) = (void *)GetProcAddress(ntdll, "RtlTimeFieldsToTime");
    void(NTAPI * to_fields)(const LARGE_INTEGER *, FIELDS *) = (void *)GetProcAddress(ntdll, "RtlTimeToTimeFields");
    FIELDS fields = { 2000, 2, 29, 12, 34, 56, 789, 0 }, back;
    LARGE_INTEGER time;

    ok(to_time(&fields, &time) && time.QuadPart == 125963012967890000ll, "2000-02-29: %lld", time.QuadPart);
    to_fields(&time, &back);
    ok(back.Year == 2000 && back.Month == 2 && back.Day == 29 && back.Hour == 12 && back.Milliseconds == 789 && back.Weekday == 2,
       "and back: %d-%d-%d, %d", back.Year, back.Month, back.Day, back.Weekday);
    fields.Year = 1900;
    /* Wine 8 takes it. */
    ok(!to_time(&fields, &time), "1900 had no 29 February");
    time.QuadPart = 0;
    to_fields(&time, &back);
    ok(back.Year == 1601 && back.Month == 1 && back.Day == 1 && back.Weekday == 1, "the first day: %d", back.Weekday);
}

static void test_atoms(HMODULE ntdll)
{
    NTSTATUS(NTAPI * create)(ULONG, void **) = (void *)GetProcAddress(ntdll, "RtlCreateAtomTable");
    NTSTATUS(NTAPI * add)(void *, const WCHAR *, USHORT *) = (void *)GetProcAddress(ntdll, "RtlAddAtomToAtomTable");
    NTSTATUS(NTAPI * remove)(void *, USHORT) = (void *)GetProcAddress(ntdll, "RtlDeleteAtomFromAtomTable");
    NTSTATUS(NTAPI * query)(void *, USHORT, ULONG *, ULONG *, WCHAR *, ULONG *) = (void *)GetProcAddress(ntdll, "RtlQueryAtomInAtomTable");
    void *table = NULL;
    USHORT atom = 0, other = 0;
    WCHAR name[32];
    ULONG count = 0, pinned = 0, length = sizeof(name);

    ok(!create(37, &table) && table, "a table");
    ok(!add(table, L"Ferry", &atom) && atom >= 0xc000, "an atom %x", atom);
    ok(!add(table, L"FERRY", &other) && other == atom, "the same %x", other);
    ok(!add(table, L"#123", &other) && other == 123, "an integer atom: %u", other);
    ok(!query(table, atom, &count, &pinned, name, &length) && count == 2 && !pinned && length == 10 && !lstrcmpW(name, L"Ferry"),
       "%lu %lu %lu %S", count, pinned, length, name);
    ok(!remove(table, atom) && !remove(table, atom) && remove(table, atom) == STATUS_INVALID_HANDLE, "removed");
}

START_TESTS
{
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");

    test_tree(ntdll);
    test_bitmap(ntdll);
    test_times(ntdll);
    test_atoms(ntdll);
}
