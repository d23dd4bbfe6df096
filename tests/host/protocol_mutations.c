/* The server's requests with every kind and every length, and with generated contents (tests/fuzz/protocol.c), under the
 * sanitizers. */
#include <stdio.h>

#include "../fuzz/protocol.c"

static uint32_t seed = 1;

static uint32_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    return seed ^= seed << 5;
}

static void fill(uint8_t *message, uint32_t kind, size_t length, int how)
{
    static const uint32_t interesting[] = { 0, 1, 2, 3, 63, 64, 65, 66, 100, 319, 320, 0x7fff, 0x8000, 0xffff, 0x10000,
                                            ARENA_SLOTS - 1, ARENA_SLOTS, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };

    memset(message, how == 1 ? 0xff : 0, length);
    if (how == 2)
        for (size_t i = 0; i + 4 <= length; i += 4) {
            uint32_t value = next_random() % 4 ? interesting[next_random() % (sizeof(interesting) / 4)] : next_random();
            memcpy(message + i, &value, 4);
        }
    if (length >= 4) memcpy(message, &kind, 4);
}

int main(void)
{
    static uint8_t input[0x20000];
    unsigned inputs = 0;

    for (uint32_t kind = 0; kind <= REQUEST_COUNT; kind++) {
        for (size_t length = 0; length < MESSAGE_MAX; length += length < 400 ? 1 : length < 4096 ? 61 : 4093) {
            for (int how = 0; how < 3; how++, inputs++) {
                if (length > 0xffff) continue;
                input[0] = (uint8_t)length;
                input[1] = (uint8_t)(length >> 8);
                fill(input + 2, kind, length, how);
                LLVMFuzzerTestOneInput(input, length + 2);
            }
        }
    }
    /* Several requests of one client, which build on each other. */
    for (int round = 0; round < 4000; round++, inputs++) {
        size_t size = 0;
        for (unsigned count = 1 + next_random() % 12; count; count--) {
            size_t length = 8 + next_random() % 120;
            input[size] = (uint8_t)length;
            input[size + 1] = 0;
            fill(input + size + 2, next_random() % REQUEST_COUNT, length, 2);
            size += length + 2;
        }
        LLVMFuzzerTestOneInput(input, size);
    }
    printf("# %u inputs\n1..1\nok 1\n# CHECKS 1 0 0\n", inputs);
    return 0;
}
