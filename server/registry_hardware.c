/* HKEY_LOCAL_MACHINE\HARDWARE\DESCRIPTION\System\CentralProcessor: volatile keys, made from the processor when the registry is
 * loaded. One for each logical processor: Identifier, VendorIdentifier, ProcessorNameString, ~MHz. */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "registry.h"

#define PROCESSORS_MAX 64

static uint32_t widen(const char *text, WCHAR *to, uint32_t room)
{
    uint32_t units = 0;

    while (text[units] && units + 1 < room) {
        to[units] = (unsigned char)text[units];
        units++;
    }
    to[units] = 0;
    return units;
}

static void set_text(uint32_t place, const char *name, const char *text, uint64_t time)
{
    WCHAR wide_name[32], wide[128];
    uint32_t name_units = widen(name, wide_name, 32), units = widen(text, wide, 128);

    tree_set(place, wide_name, name_units, REG_SZ, wide, (units + 1) * sizeof(WCHAR), time);
}

static uint32_t make_key(uint32_t parent, const char *name, uint64_t time)
{
    WCHAR wide[32];
    uint32_t units = widen(name, wide, 32);
    uint32_t there = registry_child(registry_base, tree_key(parent), wide, units);

    return there ? there : tree_add(parent, wide, units, NULL, 0, REGISTRY_KEY_VOLATILE, time);
}

/* The clock of the first processor as the kernel measured it. */
static uint32_t megahertz(void)
{
    char line[256];
    double value = 0;
    FILE *file = fopen("/proc/cpuinfo", "re");

    while (file && value == 0 && fgets(line, sizeof(line), file))
        if (sscanf(line, "cpu MHz : %lf", &value) != 1) value = 0;
    if (file) fclose(file);
    return value >= 1 ? (uint32_t)(value + 0.5) : 1000;
}

struct names {
    char vendor[13], identifier[64], brand[49];
};

static void identify(struct names *names)
{
    unsigned a, b, c, d, family, model, part;

    memset(names, 0, sizeof(*names));
    __cpuid(0, a, b, c, d);
    memcpy(names->vendor, &b, 4);
    memcpy(names->vendor + 4, &d, 4);
    memcpy(names->vendor + 8, &c, 4);
    __cpuid(1, a, b, c, d);
    family = a >> 8 & 15;
    model = a >> 4 & 15;
    if (family == 6 || family == 15) model |= (a >> 16 & 15) << 4;
    if (family == 15) family += a >> 20 & 255;
    snprintf(names->identifier, sizeof(names->identifier), "%s Family %u Model %u Stepping %u",
             !strcmp(names->vendor, "AuthenticAMD") ? "AMD64" : "Intel64", family, model, a & 15);
    __cpuid(0x80000000, a, b, c, d);
    if (a < 0x80000004) return;
    for (part = 0; part < 3; part++) {
        unsigned words[4];
        __cpuid(0x80000002 + part, words[0], words[1], words[2], words[3]);
        memcpy(names->brand + part * 16, words, 16);
    }
}

void hardware_hive(void)
{
    static const char path[] = "Machine\\HARDWARE\\DESCRIPTION\\System";
    WCHAR wide[64];
    uint64_t time = tree_now();
    uint32_t system = tree_walk(wide, widen(path, wide, 64), true, time), mhz = megahertz();
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    struct names names;

    identify(&names);
    uint32_t processors = system ? make_key(system, "CentralProcessor", time) : 0;
    for (long i = 0; processors && i < count && i < PROCESSORS_MAX; i++) {
        char number[24];
        snprintf(number, sizeof(number), "%ld", i);
        uint32_t key = make_key(processors, number, time);
        if (!key) return;
        set_text(key, "Identifier", names.identifier, time);
        set_text(key, "VendorIdentifier", names.vendor, time);
        set_text(key, "ProcessorNameString", names.brand[0] ? names.brand : names.identifier, time);
        tree_set(key, u"~MHz", 4, REG_DWORD, &mhz, sizeof(mhz), time);
    }
}
