/* Windows and drawing come in a library of their own: a console program never loads it. */
#include "dispatch.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include "host.h"

__attribute__((visibility("hidden"))) const struct syscall_entry *ferry_win32u_entries;
__attribute__((visibility("hidden"))) uint32_t ferry_win32u_count;
__attribute__((visibility("hidden"))) const wow_call *ferry_win32u_wow_calls;

static void load(void)
{
    const struct win32u_library *library;
    char path[4096];
    void *handle;

    snprintf(path, sizeof(path), "%s/x86_64-unix/win32u.so", host.library_path);
    handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    library = handle ? dlsym(handle, "win32u_library") : NULL;
    if (!library) {
        host_report("%s: %s", path, dlerror());
        return;
    }
    ferry_win32u_entries = library->entries;
    ferry_win32u_wow_calls = library->wow_calls;
    __atomic_store_n(&ferry_win32u_count, library->count, __ATOMIC_RELEASE);
}

bool win32u_load(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    uint32_t before = __atomic_load_n(&ferry_win32u_count, __ATOMIC_ACQUIRE);

    if (before) return false;
    pthread_once(&once, load);
    return __atomic_load_n(&ferry_win32u_count, __ATOMIC_ACQUIRE) != 0;
}
