/* Bitmaps of ULONGs, bit 0 the lowest of the first. */
#include "ntdll.h"

static inline bool get(const RTL_BITMAP *map, ULONG bit)
{
    return map->Buffer[bit >> 5] >> (bit & 31) & 1;
}

void NTAPI RtlInitializeBitMap(RTL_BITMAP *map, ULONG *buffer, ULONG bits)
{
    map->SizeOfBitMap = bits;
    map->Buffer = buffer;
}

void NTAPI RtlSetAllBits(RTL_BITMAP *map)
{
    memset(map->Buffer, 0xff, (map->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

void NTAPI RtlClearAllBits(RTL_BITMAP *map)
{
    memset(map->Buffer, 0, (map->SizeOfBitMap + 31) / 32 * sizeof(ULONG));
}

static void change(RTL_BITMAP *map, ULONG start, ULONG count, bool set)
{
    if (!count || start >= map->SizeOfBitMap || count > map->SizeOfBitMap - start) return;
    while (count) {
        ULONG bit = start & 31, here = 32 - bit < count ? 32 - bit : count;
        ULONG mask = (here == 32 ? ~0u : (1u << here) - 1) << bit;
        if (set) map->Buffer[start >> 5] |= mask;
        else map->Buffer[start >> 5] &= ~mask;
        start += here;
        count -= here;
    }
}

void NTAPI RtlSetBits(RTL_BITMAP *map, ULONG start, ULONG count)
{
    change(map, start, count, true);
}

void NTAPI RtlClearBits(RTL_BITMAP *map, ULONG start, ULONG count)
{
    change(map, start, count, false);
}

void NTAPI RtlSetBit(RTL_BITMAP *map, ULONG bit)
{
    change(map, bit, 1, true);
}

void NTAPI RtlClearBit(RTL_BITMAP *map, ULONG bit)
{
    change(map, bit, 1, false);
}

BOOLEAN NTAPI RtlTestBit(RTL_BITMAP *map, ULONG bit)
{
    return bit < map->SizeOfBitMap && get(map, bit);
}

/* The length of the run of `value` that starts at `start`. */
static ULONG run_length(const RTL_BITMAP *map, ULONG start, bool value)
{
    ULONG at = start;

    while (at < map->SizeOfBitMap) {
        if (!(at & 31) && map->SizeOfBitMap - at >= 32 && map->Buffer[at >> 5] == (value ? ~0u : 0)) at += 32;
        else if (get(map, at) == value) at++;
        else break;
    }
    return at - start;
}

static bool are(const RTL_BITMAP *map, ULONG start, ULONG count, bool value)
{
    if (!count || start >= map->SizeOfBitMap || count > map->SizeOfBitMap - start) return false;
    return run_length(map, start, value) >= count;
}

BOOLEAN NTAPI RtlAreBitsSet(RTL_BITMAP *map, ULONG start, ULONG count)
{
    return are(map, start, count, true);
}

BOOLEAN NTAPI RtlAreBitsClear(RTL_BITMAP *map, ULONG start, ULONG count)
{
    return are(map, start, count, false);
}

static ULONG find_from(const RTL_BITMAP *map, ULONG count, ULONG from, ULONG to, bool value)
{
    for (ULONG at = from; at < to;) {
        ULONG length = run_length(map, at, value);
        if (length >= count) return at;
        at += length;
        at += run_length(map, at, !value);
    }
    return ~0u;
}

/* The first run of `count` at or after `hint`, then from the start; ~0 if there is none. */
static ULONG find(const RTL_BITMAP *map, ULONG count, ULONG hint, bool value)
{
    if (hint >= map->SizeOfBitMap) hint = 0;
    if (!count) return hint & ~7u;
    if (count > map->SizeOfBitMap) return ~0u;
    ULONG found = find_from(map, count, hint, map->SizeOfBitMap, value);
    if (found == ~0u && hint) found = find_from(map, count, 0, hint, value);
    return found;
}

ULONG NTAPI RtlFindSetBits(RTL_BITMAP *map, ULONG count, ULONG hint)
{
    return find(map, count, hint, true);
}

ULONG NTAPI RtlFindClearBits(RTL_BITMAP *map, ULONG count, ULONG hint)
{
    return find(map, count, hint, false);
}

ULONG NTAPI RtlFindSetBitsAndClear(RTL_BITMAP *map, ULONG count, ULONG hint)
{
    ULONG found = find(map, count, hint, true);

    if (found != ~0u) change(map, found, count, false);
    return found;
}

ULONG NTAPI RtlFindClearBitsAndSet(RTL_BITMAP *map, ULONG count, ULONG hint)
{
    ULONG found = find(map, count, hint, false);

    if (found != ~0u) change(map, found, count, true);
    return found;
}

ULONG NTAPI RtlNumberOfSetBits(RTL_BITMAP *map)
{
    ULONG total = 0, whole = map->SizeOfBitMap / 32, rest = map->SizeOfBitMap & 31;

    for (ULONG i = 0; i < whole; i++) total += __builtin_popcount(map->Buffer[i]);
    if (rest) total += __builtin_popcount(map->Buffer[whole] & ((1u << rest) - 1));
    return total;
}

ULONG NTAPI RtlNumberOfClearBits(RTL_BITMAP *map)
{
    return map->SizeOfBitMap - RtlNumberOfSetBits(map);
}

static ULONG next_run(const RTL_BITMAP *map, ULONG from, ULONG *start, bool value)
{
    ULONG at = from < map->SizeOfBitMap ? from + run_length(map, from, !value) : map->SizeOfBitMap;

    *start = at;
    return at < map->SizeOfBitMap ? run_length(map, at, value) : 0;
}

ULONG NTAPI RtlFindNextForwardRunClear(RTL_BITMAP *map, ULONG from, ULONG *start)
{
    return next_run(map, from, start, false);
}

ULONG NTAPI RtlFindNextForwardRunSet(RTL_BITMAP *map, ULONG from, ULONG *start)
{
    return next_run(map, from, start, true);
}

static ULONG last_run(const RTL_BITMAP *map, ULONG from, ULONG *start, bool value)
{
    LONG at = (LONG)(from < map->SizeOfBitMap ? from : map->SizeOfBitMap - 1), end;

    while (at >= 0 && get(map, at) != value) at--;
    end = at;
    while (at >= 0 && get(map, at) == value) at--;
    *start = at + 1;
    return end - at;
}

ULONG NTAPI RtlFindLastBackwardRunClear(RTL_BITMAP *map, ULONG from, ULONG *start)
{
    return last_run(map, from, start, false);
}

ULONG NTAPI RtlFindLastBackwardRunSet(RTL_BITMAP *map, ULONG from, ULONG *start)
{
    return last_run(map, from, start, true);
}

/* Up to `room` runs; the longest ones, longest first, with `longest_first`. */
static ULONG runs(const RTL_BITMAP *map, RTL_BITMAP_RUN *list, ULONG room, bool longest_first, bool value)
{
    ULONG count = 0, at = 0, start, length;

    while (room && (length = next_run(map, at, &start, value))) {
        at = start + length;
        if (!longest_first) {
            if (count == room) break;
            list[count++] = (RTL_BITMAP_RUN){ start, length };
            continue;
        }
        ULONG place = count;
        while (place && list[place - 1].NumberOfBits < length) place--;
        if (place == room) continue;
        if (count < room) count++;
        for (ULONG i = count - 1; i > place; i--) list[i] = list[i - 1];
        list[place] = (RTL_BITMAP_RUN){ start, length };
    }
    return count;
}

ULONG NTAPI RtlFindClearRuns(RTL_BITMAP *map, RTL_BITMAP_RUN *list, ULONG room, BOOLEAN longest_first)
{
    return runs(map, list, room, longest_first, false);
}

ULONG NTAPI RtlFindSetRuns(RTL_BITMAP *map, RTL_BITMAP_RUN *list, ULONG room, BOOLEAN longest_first)
{
    return runs(map, list, room, longest_first, true);
}

ULONG NTAPI RtlFindLongestRunClear(RTL_BITMAP *map, ULONG *start)
{
    RTL_BITMAP_RUN run = { 0, 0 };

    runs(map, &run, 1, true, false);
    if (start) *start = run.StartingIndex;
    return run.NumberOfBits;
}

ULONG NTAPI RtlFindLongestRunSet(RTL_BITMAP *map, ULONG *start)
{
    RTL_BITMAP_RUN run = { 0, 0 };

    runs(map, &run, 1, true, true);
    if (start) *start = run.StartingIndex;
    return run.NumberOfBits;
}

CHAR NTAPI RtlFindMostSignificantBit(ULONGLONG value)
{
    return value ? (CHAR)(63 - __builtin_clzll(value)) : -1;
}

CHAR NTAPI RtlFindLeastSignificantBit(ULONGLONG value)
{
    return value ? (CHAR)__builtin_ctzll(value) : -1;
}
