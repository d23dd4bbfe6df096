/* Which mode runs a binary, from its headers alone (DESIGN: modes). */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ferry/pe.h"
#include "ferry/start.h"
#include "loader.h"

#define MAX_HEADERS 0x100000

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
        .batch = run->batch,
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

static void refuse(struct run *run, const char *reason)
{
    run->mode = &none;
    run->reason = reason;
}

/* Parses the headers, reading as much of the file as they need. */
static enum pe_error parse(struct run *run, struct pe_info *info)
{
    struct stat file;
    size_t size = 4096;
    enum pe_error error = PE_NEED_MORE;

    if (fstat(run->fd, &file)) loader_fail(EXIT_CANNOT_RUN, run->program, strerror(errno));
    while (error == PE_NEED_MORE && size <= MAX_HEADERS) {
        unsigned char *bytes = malloc(size);
        if (!bytes) loader_fail(EXIT_CANNOT_RUN, run->program, "out of memory");
        ssize_t got = pread(run->fd, bytes, size, 0);
        if (got < 0) loader_fail(EXIT_CANNOT_RUN, run->program, strerror(errno));
        if (got >= 4 && !memcmp(bytes, "\177ELF", 4)) {
            free(bytes);
            snprintf(run->kind, sizeof(run->kind), "ELF");
            refuse(run, "a Linux program; run it without ferry");
            return PE_ERROR_COUNT;
        }
        error = pe_parse(bytes, (size_t)got, (uint64_t)file.st_size, info);
        free(bytes);
        size = info->needed > size ? info->needed : size * 2;
    }
    return error == PE_NEED_MORE ? PE_TRUNCATED : error;
}

static const char *subsystem_name(uint16_t subsystem)
{
    switch (subsystem) {
    case 1: return "native";
    case 2: return "windowed";
    case 3: return "console";
    case 7: return "POSIX";
    case 10: case 11: case 12: case 13: return "EFI";
    default: return "other";
    }
}

void mode_choose(struct run *run)
{
    static struct pe_info info;
    enum pe_error error = parse(run, &info);

    if (error == PE_ERROR_COUNT) return;
    if (error) {
        snprintf(run->kind, sizeof(run->kind), "%s", pe_error_text(error));
        refuse(run, pe_error_text(error));
        return;
    }
    snprintf(run->kind, sizeof(run->kind), "%s, %s, %s%s", info.is_64 ? "PE32+" : "PE32",
             info.machine == PE_MACHINE_AMD64 ? "x86-64" : "i386", subsystem_name(info.subsystem),
             info.characteristics & 0x2000 ? ", DLL" : "");
    if (info.characteristics & 0x2000) refuse(run, "a DLL, not a program");
    else if (info.subsystem == 1) refuse(run, "a kernel driver or boot program, which this version does not run yet");
    else if (info.subsystem >= 10 && info.subsystem <= 13) refuse(run, "an EFI program, not a Windows one");
    else {
        run->mode = &native;
        run->reason = info.is_64 ? "a 64-bit Windows program" : "a 32-bit Windows program";
    }
}

void mode_explain(const struct run *run)
{
    printf("program  %s\n", run->program);
    if (run->batch) printf("batch    %s\n", run->batch);
    printf("kind     %s\n", run->kind);
    printf("mode     %s: %s\n", run->mode->name, run->mode->description);
    printf("because  %s\n", run->reason);
    printf("prefix   %s\n", run->prefix);
    printf("library  %s\n", run->library_path);
}
