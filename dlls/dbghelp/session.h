/* What the files of dbghelp.dll share. */
#ifndef SESSION_H
#define SESSION_H

#include "ferry/ntapi.h"
#undef DECLSPEC_IMPORT /* the functions of this header are ours */
#define DECLSPEC_IMPORT
#include <dbghelp.h>
#include <psapi.h>
#include <stdbool.h>

struct module {
    DWORD64 base;
    DWORD size;
    WCHAR path[MAX_PATH];
};

/* What SymInitialize made for a process; held under the lock. */
struct session {
    struct session *next;
    HANDLE process;
    WCHAR *path;
    struct module *modules;
    unsigned count, room;
    struct {
        DWORD begin, end, unwind;
    } function; /* what SymFunctionTableAccess64 returned last for another process */
};

extern SRWLOCK sessions_lock;
struct session *session_of(HANDLE process); /* NULL, with ERROR_INVALID_HANDLE: none */
struct module *module_at(struct session *session, DWORD64 address); /* NULL, with ERROR_MOD_NOT_FOUND: none */
bool read_process(HANDLE process, DWORD64 address, void *buffer, SIZE_T size);

static inline BOOL fail_with(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

#endif
