/* Processor cores, packages, caches and NUMA nodes, from /sys/devices/system/cpu. Windows numbers the processors that this
 * process may run on 0, 1, …; there is one processor group. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "processor.h"
#include "system.h"
#include "view.h"

int processor_linux_number(unsigned index)
{
    cpu_set_t set;

    if (sched_getaffinity(0, sizeof(set), &set)) return (int)index;
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set) && !index--) return cpu;
    return -1;
}

struct cache {
    uint64_t mask;
    unsigned level, line, ways, type; /* PROCESSOR_CACHE_TYPE */
    uint32_t size;
};

struct topology {
    unsigned count;
    int linux_number[64];
    uint64_t core[64], package[64]; /* of each processor: mask of its siblings */
    int node[64];
    unsigned cache_count;
    struct cache caches[256];
};

/* Windows' mask of a list such as "0-3,8": the processors of this process in it. */
static uint64_t mask_of_list(const struct topology *topology, const char *list)
{
    uint64_t mask = 0;

    while (*list) {
        char *end;
        long first = strtol(list, &end, 10), last = first;
        if (end == list) break;
        if (*end == '-') last = strtol(end + 1, &end, 10);
        for (unsigned i = 0; i < topology->count; i++)
            if (topology->linux_number[i] >= first && topology->linux_number[i] <= last) mask |= (uint64_t)1 << i;
        list = *end == ',' ? end + 1 : end;
        if (!*end) break;
    }
    return mask;
}

static uint64_t read_mask(const struct topology *topology, unsigned cpu, const char *file, uint64_t otherwise)
{
    char path[128], text[512];
    uint64_t mask;

    snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/%s", topology->linux_number[cpu], file);
    if (read_small_file(path, text, sizeof(text)) <= 0) return otherwise;
    mask = mask_of_list(topology, text);
    return mask ? mask : otherwise;
}

static void read_caches(struct topology *topology, unsigned cpu)
{
    for (unsigned index = 0; index < 8 && topology->cache_count < 256; index++) {
        struct cache cache = { 0 };
        char base[96], path[128], text[64];
        bool known = false;

        snprintf(base, sizeof(base), "cache/index%u/shared_cpu_list", index);
        cache.mask = read_mask(topology, cpu, base, 0);
        if (!cache.mask) break;
        snprintf(base, sizeof(base), "/sys/devices/system/cpu/cpu%d/cache/index%u", topology->linux_number[cpu], index);
        snprintf(path, sizeof(path), "%s/level", base);
        cache.level = (unsigned)read_number(path, 1);
        snprintf(path, sizeof(path), "%s/type", base);
        if (read_small_file(path, text, sizeof(text)) < 0) break;
        cache.type = text[0] == 'I' ? CacheInstruction : text[0] == 'D' ? CacheData : CacheUnified;
        snprintf(path, sizeof(path), "%s/size", base);
        cache.size = (uint32_t)read_number(path, 0) * 1024;
        snprintf(path, sizeof(path), "%s/coherency_line_size", base);
        cache.line = (unsigned)read_number(path, 64);
        snprintf(path, sizeof(path), "%s/ways_of_associativity", base);
        cache.ways = (unsigned)read_number(path, 8);
        for (unsigned i = 0; i < topology->cache_count; i++) {
            const struct cache *other = &topology->caches[i];
            if (other->mask == cache.mask && other->level == cache.level && other->type == cache.type) known = true;
        }
        if (!known) topology->caches[topology->cache_count++] = cache;
    }
}

/* Read once: it does not change while a process runs, as far as Windows programs know. */
static const struct topology *get_topology(void)
{
    static struct topology *known;
    struct topology *topology = __atomic_load_n(&known, __ATOMIC_ACQUIRE), *none = NULL;

    if (topology) return topology;
    topology = calloc(1, sizeof(*topology));
    if (!topology) return NULL;
    topology->count = processor_count();
    for (unsigned i = 0; i < topology->count; i++) topology->linux_number[i] = processor_linux_number(i);
    for (unsigned i = 0; i < topology->count; i++) {
        char path[64], text[512];
        topology->core[i] = read_mask(topology, i, "topology/thread_siblings_list", (uint64_t)1 << i);
        topology->package[i] = read_mask(topology, i, "topology/core_siblings_list", processor_mask());
        read_caches(topology, i);
        topology->node[i] = 0;
        for (int node = 1; node < 64; node++) {
            snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/cpulist", node);
            if (read_small_file(path, text, sizeof(text)) < 0) break;
            if (mask_of_list(topology, text) >> i & 1) topology->node[i] = node;
        }
    }
    if (!__atomic_compare_exchange_n(&known, &none, topology, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        free(topology);
        topology = none;
    }
    return topology;
}

static bool is_first(uint64_t mask, unsigned cpu)
{
    return (unsigned)__builtin_ctzll(mask) == cpu;
}

static uint64_t node_mask(const struct topology *topology, int node)
{
    uint64_t mask = 0;

    for (unsigned i = 0; i < topology->count; i++)
        if (topology->node[i] == node) mask |= (uint64_t)1 << i;
    return mask;
}

static int highest_node(const struct topology *topology)
{
    int highest = 0;

    for (unsigned i = 0; i < topology->count; i++)
        if (topology->node[i] > highest) highest = topology->node[i];
    return highest;
}

/* ---- SystemLogicalProcessorInformation ---- */

NTSTATUS system_logical_processors(void *buffer, ULONG length, ULONG *returned)
{
    const struct topology *topology = get_topology();
    struct answer answer = { 0 };

    if (!topology) return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < topology->count; i++) {
        SYSTEM_LOGICAL_PROCESSOR_INFORMATION entry = { .ProcessorMask = topology->core[i],
                                                       .Relationship = RelationProcessorCore };
        if (!is_first(topology->core[i], i)) continue;
        entry.ProcessorCore.Flags = !!(topology->core[i] & (topology->core[i] - 1)); /* LTP_PC_SMT */
        answer_append(&answer, &entry, sizeof(entry));
    }
    for (unsigned i = 0; i < topology->count; i++) {
        SYSTEM_LOGICAL_PROCESSOR_INFORMATION entry = { .ProcessorMask = topology->package[i],
                                                       .Relationship = RelationProcessorPackage };
        if (is_first(topology->package[i], i)) answer_append(&answer, &entry, sizeof(entry));
    }
    for (unsigned i = 0; i < topology->cache_count; i++) {
        const struct cache *cache = &topology->caches[i];
        SYSTEM_LOGICAL_PROCESSOR_INFORMATION entry = { .ProcessorMask = cache->mask, .Relationship = RelationCache };
        entry.Cache.Level = (BYTE)cache->level;
        entry.Cache.Associativity = (BYTE)cache->ways;
        entry.Cache.LineSize = (WORD)cache->line;
        entry.Cache.Size = cache->size;
        entry.Cache.Type = cache->type;
        answer_append(&answer, &entry, sizeof(entry));
    }
    for (int node = 0; node <= highest_node(topology); node++) {
        SYSTEM_LOGICAL_PROCESSOR_INFORMATION entry = { .ProcessorMask = node_mask(topology, node),
                                                       .Relationship = RelationNumaNode };
        entry.NumaNode.NodeNumber = (DWORD)node;
        answer_append(&answer, &entry, sizeof(entry));
    }
    return answer_give(&answer, buffer, length, returned);
}

/* ---- SystemLogicalProcessorAndGroupInformation ---- */

/* Header and payload of SYSTEM_LOGICAL_PROCESSOR_INFORMATION_EX. */
static void add_ex(struct answer *answer, ULONG relationship, const void *payload, size_t size)
{
    ULONG header[2] = { relationship, (ULONG)(sizeof(header) + size) };

    answer_append(answer, header, sizeof(header));
    answer_append(answer, payload, size);
}

static void add_processor_ex(struct answer *answer, ULONG relationship, uint64_t mask, BYTE flags)
{
    struct { /* PROCESSOR_RELATIONSHIP */
        BYTE Flags, EfficiencyClass, Reserved[20];
        WORD GroupCount;
        GROUP_AFFINITY GroupMask[1];
    } info = { .Flags = flags, .GroupCount = 1, .GroupMask = { { .Mask = mask } } };

    add_ex(answer, relationship, &info, sizeof(info));
}

NTSTATUS system_logical_processors_ex(ULONG relationship, void *buffer, ULONG length, ULONG *returned)
{
    const ULONG all = 0xffff; /* RelationAll */
    const struct topology *topology = get_topology();
    struct answer answer = { 0 };

    if (!topology) return STATUS_NO_MEMORY;
    if (relationship != all && relationship > 7) return STATUS_INVALID_PARAMETER;
    if (relationship == all || relationship == RelationNumaNode || relationship == 6 /* RelationNumaNodeEx */) {
        for (int node = 0; node <= highest_node(topology); node++) {
            struct { /* NUMA_NODE_RELATIONSHIP */
                DWORD NodeNumber;
                BYTE Reserved[18];
                WORD GroupCount;
                GROUP_AFFINITY GroupMask;
            } info = { .NodeNumber = (DWORD)node, .GroupMask = { .Mask = node_mask(topology, node) } };
            add_ex(&answer, RelationNumaNode, &info, sizeof(info));
        }
    }
    for (unsigned i = 0; i < topology->count; i++) {
        uint64_t core = topology->core[i];
        if ((relationship == all || relationship == RelationProcessorCore) && is_first(core, i))
            add_processor_ex(&answer, RelationProcessorCore, core, !!(core & (core - 1)));
    }
    for (unsigned i = 0; i < topology->cache_count && (relationship == all || relationship == RelationCache); i++) {
        const struct cache *cache = &topology->caches[i];
        struct { /* CACHE_RELATIONSHIP */
            BYTE Level, Associativity;
            WORD LineSize;
            DWORD CacheSize, Type;
            BYTE Reserved[18];
            WORD GroupCount;
            GROUP_AFFINITY GroupMask;
        } info = { .Level = (BYTE)cache->level, .Associativity = (BYTE)cache->ways, .LineSize = (WORD)cache->line,
                   .CacheSize = cache->size, .Type = cache->type, .GroupMask = { .Mask = cache->mask } };
        add_ex(&answer, RelationCache, &info, sizeof(info));
    }
    for (unsigned i = 0; i < topology->count; i++) {
        uint64_t package = topology->package[i];
        if ((relationship == all || relationship == RelationProcessorPackage) && is_first(package, i))
            add_processor_ex(&answer, RelationProcessorPackage, package, 0);
    }
    if (relationship == all || relationship == RelationGroup) {
        struct { /* GROUP_RELATIONSHIP */
            WORD MaximumGroupCount, ActiveGroupCount;
            BYTE Reserved[20];
            BYTE MaximumProcessorCount, ActiveProcessorCount, Reserved2[38];
            ULONG_PTR ActiveProcessorMask;
        } info = { .MaximumGroupCount = 1, .ActiveGroupCount = 1, .MaximumProcessorCount = (BYTE)topology->count,
                   .ActiveProcessorCount = (BYTE)topology->count, .ActiveProcessorMask = processor_mask() };
        add_ex(&answer, RelationGroup, &info, sizeof(info));
    }
    return answer_give(&answer, buffer, length, returned);
}

/* ---- SystemCpuSetInformation, SystemNumaProcessorMap ---- */

NTSTATUS system_cpu_sets(void *buffer, ULONG length, ULONG *returned)
{
    const struct topology *topology = get_topology();
    struct answer answer = { 0 };

    if (!topology) return STATUS_NO_MEMORY;
    for (unsigned i = 0; i < topology->count; i++) {
        struct { /* SYSTEM_CPU_SET_INFORMATION */
            DWORD Size, Type, Id;
            WORD Group;
            BYTE LogicalProcessorIndex, CoreIndex, LastLevelCacheIndex, NumaNodeIndex, EfficiencyClass, AllFlags;
            DWORD Reserved;
            DWORD64 AllocationTag;
        } entry = { .Size = 32, .Id = 0x100 + i, .LogicalProcessorIndex = (BYTE)i };
        unsigned level = 0;

        entry.CoreIndex = (BYTE)__builtin_ctzll(topology->core[i]);
        entry.NumaNodeIndex = (BYTE)topology->node[i];
        for (unsigned j = 0; j < topology->cache_count; j++) {
            const struct cache *cache = &topology->caches[j];
            if (!(cache->mask >> i & 1) || cache->level < level) continue;
            level = cache->level;
            entry.LastLevelCacheIndex = (BYTE)__builtin_ctzll(cache->mask);
        }
        answer_append(&answer, &entry, sizeof(entry));
    }
    if (returned) *returned = (ULONG)answer.size;
    if (length < answer.size && !answer.failed) { /* this class says it differently */
        free(answer.bytes);
        return STATUS_BUFFER_TOO_SMALL;
    }
    return answer_give(&answer, buffer, length, returned);
}

NTSTATUS system_numa(bool memory, void *buffer, ULONG length, ULONG *returned)
{
    struct { /* SYSTEM_NUMA_INFORMATION */
        ULONG HighestNodeNumber, Reserved;
        union {
            GROUP_AFFINITY affinity[64];
            ULONGLONG available[64];
        };
    } info = { 0 };
    const struct topology *topology = get_topology();
    ULONG size = memory ? offsetof(__typeof__(info), available) + sizeof(info.available) : sizeof(info);

    if (!topology) return STATUS_NO_MEMORY;
    info.HighestNodeNumber = (ULONG)highest_node(topology);
    for (int node = 0; node <= highest_node(topology); node++) {
        char path[64], text[512];
        const char *free_memory = NULL;

        if (!memory) {
            info.affinity[node].Mask = node_mask(topology, node);
            continue;
        }
        snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/meminfo", node);
        if (read_small_file(path, text, sizeof(text)) > 0) free_memory = strstr(text, "MemFree:");
        if (free_memory) info.available[node] = strtoull(free_memory + 8, NULL, 10) * 1024;
    }
    if (length > size) length = size;
    if (returned) *returned = length;
    if (length < 8) return STATUS_INFO_LENGTH_MISMATCH;
    memcpy(buffer, &info, length);
    return STATUS_SUCCESS;
}
