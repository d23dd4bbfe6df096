/* Which mode runs a binary, from its headers alone (DESIGN: modes). */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ferry/start.h"
#include "loader.h"

static _Noreturn void start_native(struct run *run)
{
    struct host_options options = {
        .prefix = run->prefix,
        .library_path = run->library_path,
        .program = run->program,
        .program_fd = run->fd,
        .argc = run->argc,
        .argv = run->argv,
        .envp = run->envp,
        .child = run->child,
    };
    void (*start)(const struct host_options *) __attribute__((noreturn));
    char path[4096];
    void *library;

    snprintf(path, sizeof(path), "%s/x86_64-unix/ntdll.so", run->library_path);
    library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!library) loader_fail(EXIT_CANNOT_RUN, path, dlerror());
    *(void **)&start = dlsym(library, "ferry_native_start");
    if (!start) loader_fail(EXIT_CANNOT_RUN, path, dlerror());
    start(&options);
}

static const struct mode native = { "native", "its API calls are translated; the processor runs its code directly",
                                    start_native };
static const struct mode none = { "none", "it cannot be run", NULL };

static uint16_t read16(const unsigned char *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t read32(const unsigned char *bytes)
{
    return read16(bytes) | (uint32_t)read16(bytes + 2) << 16;
}

static void refuse(struct run *run, const char *kind, const char *reason)
{
    snprintf(run->kind, sizeof(run->kind), "%s", kind);
    run->mode = &none;
    run->reason = reason;
}

static void choose_pe(struct run *run, const unsigned char *header, size_t size)
{
    uint16_t machine = read16(header + 4), magic, subsystem, characteristics;

    if (size < 24 + 70) {
        refuse(run, "a truncated PE file", "not a valid Windows program (the file ends inside its headers)");
        return;
    }
    characteristics = read16(header + 22);
    magic = read16(header + 24);
    subsystem = read16(header + 24 + 68);
    switch (machine) {
    case 0x8664:
        if (magic != 0x20b) {
            refuse(run, "a PE file with a wrong optional header", "not a valid Windows program (broken PE headers)");
            return;
        }
        break;
    case 0x014c: refuse(run, "PE32, i386", "a 32-bit Windows program, which this version does not run yet"); return;
    case 0xaa64: refuse(run, "PE32+, ARM64", "made for another processor (ARM64)"); return;
    case 0x01c0:
    case 0x01c4: refuse(run, "PE32, ARM", "made for another processor (ARM)"); return;
    case 0x0200: refuse(run, "PE32+, Itanium", "made for another processor (Itanium)"); return;
    default: refuse(run, "PE, unknown machine", "made for another processor"); return;
    }
    if (characteristics & 0x2000) {
        refuse(run, "PE32+, x86-64, DLL", "a DLL, not a program");
        return;
    }
    if (subsystem == 1) {
        refuse(run, "PE32+, x86-64, native", "a kernel driver or boot program, which this version does not run yet");
        return;
    }
    snprintf(run->kind, sizeof(run->kind), "PE32+, x86-64, %s",
             subsystem == 3   ? "console program"
             : subsystem == 2 ? "windowed program"
                              : "program");
    run->mode = &native;
    run->reason = "64-bit Windows program";
}

void mode_choose(struct run *run)
{
    unsigned char start[64], header[24 + 112];
    ssize_t size = pread(run->fd, start, sizeof(start), 0), got;
    uint32_t offset;

    if (size >= 4 && !memcmp(start, "\177ELF", 4)) {
        refuse(run, "ELF", "a Linux program; run it without ferry");
        return;
    }
    if (size < 2 || (memcmp(start, "MZ", 2) && memcmp(start, "ZM", 2))) {
        refuse(run, size == 0 ? "an empty file" : "not an executable", "not a Windows program (no MZ header)");
        return;
    }
    if (size < 64) {
        refuse(run, "a truncated MZ file", "not a valid program (the file ends inside its headers)");
        return;
    }
    offset = read32(start + 60);
    got = pread(run->fd, header, sizeof(header), offset);
    if (got >= 4 && !memcmp(header, "PE\0\0", 4)) {
        choose_pe(run, header, got < 24 ? 0 : (size_t)got);
        return;
    }
    if (got >= 2 && !memcmp(header, "NE", 2)) refuse(run, "NE, Windows 3", "a 16-bit Windows program, which this version does not run yet");
    else if (got >= 2 && (!memcmp(header, "LE", 2) || !memcmp(header, "LX", 2))) refuse(run, "LE", "an OS/2 program or a Windows 3 driver");
    else refuse(run, "MZ, DOS", "a DOS program, which this version does not run yet");
}

void mode_explain(const struct run *run)
{
    printf("program  %s\n", run->program);
    printf("kind     %s\n", run->kind);
    printf("mode     %s: %s\n", run->mode->name, run->mode->description);
    printf("because  %s\n", run->reason);
    printf("prefix   %s\n", run->prefix);
    printf("library  %s\n", run->library_path);
}
