/* `ferry check` against damaged programs: 3,000 mutations of a real one, the same every time, under address sanitizer.
 * It has to come back, whatever it says. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "check.h"
#include "loader.h"

#define MUTATIONS 3000

static uint64_t state = 0x9e3779b97f4a7c15;

static uint32_t next(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 16) % below;
}

/* The library path: the build folder that this program lies in, below tests/host. */
void places_find_library(struct run *run)
{
    static char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 16);

    path[length > 0 ? length : 0] = 0;
    for (int i = 0; i < 3; i++)
        if (strrchr(path, '/')) *strrchr(path, '/') = 0;
    strcat(path, "/lib/ferry");
    run->library_path = path;
}

int main(int argc, char **argv)
{
    static const uint32_t odd[] = { 0, 1, 0x7f, 0xff, 0x7fffffff, 0x80000000, 0xffffffff, 0x1000, 0xfff, 0x10000 };
    char path[] = "/tmp/ferry-check-XXXXXX.exe", *arguments[] = { "check", path, NULL };
    int output = dup(1), null = open("/dev/null", O_WRONLY), fd = mkstemps(path, 4);
    static unsigned char bytes[0x40000], changed[0x40000];
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    size_t size = file ? fread(bytes, 1, sizeof(bytes), file) : 0;
    int codes[4] = { 0 };
    bool bad = !size || fd < 0;

    dup2(null, 1);
    dup2(null, 2);
    for (int i = 0; i < MUTATIONS && !bad; i++) {
        size_t length = next(8) ? size : next((uint32_t)size);
        memcpy(changed, bytes, size);
        for (uint32_t changes = 1 + next(8); changes-- && length > 8;) {
            uint32_t at = next((uint32_t)(next(3) ? length : length < 0x400 ? length : 0x400) - 4);
            if (next(2)) changed[at] ^= (unsigned char)(1u << next(8));
            else memcpy(changed + at, &odd[next(sizeof(odd) / sizeof(*odd))], 4);
        }
        if (ftruncate(fd, 0) || pwrite(fd, changed, length, 0) != (ssize_t)length) bad = true;
        int code = check_main(2, arguments);
        if (code < 0 || code > 2) bad = true;
        else codes[code]++;
    }
    unlink(path);
    fflush(stdout);
    dup2(output, 1);
    if (!codes[0] || !codes[1] || !codes[2]) bad = true;
    if (bad) printf("not ok 1 - %d whole, %d lack something, %d unreadable\n", codes[0], codes[1], codes[2]);
    printf("# CHECKS %d %d 0\n", MUTATIONS, bad);
    return bad;
}
