/* The PE header parser against 10,000 mutations of real headers, the same every time, under address sanitizer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../fuzz/pe.c"
#include "../../loader/pe_parse.c"

#define MUTATIONS 10000

static uint64_t state = 0x9e3779b97f4a7c15;

static uint32_t next(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16) % below;
}

int main(int argc, char **argv)
{
    static const uint32_t odd[] = { 0, 1, 0x7f, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, 0x1000, 0xfff, 0x10000 };
    int seeds = 0, accepted = 0;
    unsigned char *seed[16];
    size_t size[16];

    for (int i = 1; i < argc && seeds < 16; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) continue;
        seed[seeds] = malloc(8192);
        size[seeds] = fread(seed[seeds], 1, 8192, file);
        fclose(file);
        seeds++;
    }
    if (!seeds) {
        printf("not ok 1 - no seeds\n# CHECKS 1 1 0\n");
        return 1;
    }
    for (int i = 0; i < MUTATIONS; i++) {
        int which = (int)next((uint32_t)seeds);
        size_t length = next(8) ? size[which] : next((uint32_t)size[which] + 1);
        unsigned char *bytes = malloc(length ? length : 1); /* exact, so that the sanitizer sees any overrun */
        struct pe_info info;
        memcpy(bytes, seed[which], length);
        for (uint32_t changes = next(6); changes-- && length > 4;) {
            uint32_t at = next((uint32_t)(next(2) && length > 512 ? 512 : length) - 3);
            if (next(2)) bytes[at] ^= (unsigned char)(1u << next(8));
            else memcpy(bytes + at, &odd[next(sizeof(odd) / sizeof(*odd))], 4);
        }
        LLVMFuzzerTestOneInput(bytes, length);
        /* As part of a larger file, so that more gets past the checks of sizes. */
        if (pe_parse(bytes, length, 0x1000000, &info) == PE_OK) check_promises(&info, 0x1000000), accepted++;
        free(bytes);
    }
    if (!accepted) printf("not ok 1 - no mutation was accepted: the seeds are broken\n");
    while (seeds) free(seed[--seeds]);
    printf("# CHECKS %d %d 0\n", MUTATIONS, !accepted);
    return !accepted;
}
