/* TEBs, the PEB, and the stacks of Windows threads. */
#include "virtual.h"

#include <string.h>
#include <sys/mman.h>
#include "view.h"
#include "wow.h"

/* As on Windows: blocks of 2 MiB reserved, committed as threads need it. The first block starts with the PEB. */
#define BLOCK_SIZE 0x200000ul
#define TEB_SIZE (wow64 ? 2ul * WOW_TEB_OFFSET : 0x2000ul) /* of a 32-bit process: the 64-bit one and the 32-bit one */
#define COMMIT_SIZE 0x10000ul
#define MINIMUM_COMMIT 0x10000ul /* of a stack */
_Static_assert(sizeof(FERRY_TEB) <= WOW_TEB_OFFSET && sizeof(FERRY_PEB) <= WOW_TEB_OFFSET, "TEB and PEB in two pages each");

static pthread_mutex_t teb_lock = PTHREAD_MUTEX_INITIALIZER;
static FERRY_PEB *peb;
static char *next_teb, *committed_end, *block_end;
static FERRY_TEB *free_tebs; /* linked through EnvironmentPointer */

static void *new_pair(void)
{
    void *pair;
    size_t size;

    if (next_teb == block_end) {
        void *block = NULL;
        size = BLOCK_SIZE;
        if (virtual_allocate(&block, &size, MEM_RESERVE, PAGE_READWRITE, 0)) return NULL;
        pthread_mutex_lock(&virtual_lock);
        view_find((uintptr_t)block)->flags |= VIEW_STARTUP;
        pthread_mutex_unlock(&virtual_lock);
        next_teb = committed_end = block;
        block_end = next_teb + size;
    }
    if (next_teb == committed_end) {
        void *at = next_teb;
        size = COMMIT_SIZE;
        if (virtual_allocate(&at, &size, MEM_COMMIT, PAGE_READWRITE, 0)) return NULL;
        committed_end += COMMIT_SIZE;
    }
    pair = next_teb;
    next_teb += TEB_SIZE;
    return pair;
}

FERRY_PEB *virtual_peb(void)
{
    return peb;
}

FERRY_TEB *virtual_allocate_teb(void)
{
    FERRY_TEB *teb;

    pthread_mutex_lock(&teb_lock);
    if (!peb) peb = new_pair();
    teb = free_tebs;
    if (teb) {
        free_tebs = teb->EnvironmentPointer;
        teb->EnvironmentPointer = NULL;
    } else {
        teb = peb ? new_pair() : NULL;
    }
    pthread_mutex_unlock(&teb_lock);
    if (!teb) return NULL;
    teb->Tib.Self = &teb->Tib;
    teb->Tib.ExceptionList = NULL;
    teb->ProcessEnvironmentBlock = peb;
    teb->StaticUnicodeString.Buffer = teb->StaticUnicodeBuffer;
    teb->StaticUnicodeString.MaximumLength = sizeof(teb->StaticUnicodeBuffer);
    return teb;
}

void virtual_free_teb(FERRY_TEB *teb)
{
    memset(teb, 0, sizeof(*teb));
    pthread_mutex_lock(&teb_lock);
    teb->EnvironmentPointer = free_tebs;
    free_tebs = teb;
    pthread_mutex_unlock(&teb_lock);
}

NTSTATUS virtual_allocate_stack(FERRY_TEB *teb, size_t reserve, size_t commit)
{
    const size_t guard = 3 * PAGE_SIZE_; /* of a 64-bit stack */
    void *base = NULL;
    uintptr_t bottom, top, limit;
    struct view *view;
    size_t size;
    NTSTATUS status;

    if (reserve > (size_t)1 << 46 || commit > (size_t)1 << 46) return STATUS_NO_MEMORY;
    reserve = granularity_up(reserve);
    commit = page_up(commit);
    /* More than asked for, if there is room, is cheaper than the fault that would ask for it. */
    if (commit < MINIMUM_COMMIT && reserve >= 2 * MINIMUM_COMMIT) commit = MINIMUM_COMMIT;
    if (!commit) commit = PAGE_SIZE_;
    if (commit + guard + PAGE_SIZE_ > reserve) reserve = (commit + 0xfffff + guard + PAGE_SIZE_) & ~(size_t)0xfffff;
    size = reserve;
    status = virtual_allocate(&base, &size, MEM_RESERVE, PAGE_READWRITE, 0);
    if (status) return status;
    bottom = (uintptr_t)base;
    top = bottom + size;
    limit = top - commit;

    pthread_mutex_lock(&virtual_lock);
    view = view_find(bottom);
    if (!commit_charge((commit + guard) / PAGE_SIZE_)) status = STATUS_COMMITMENT_LIMIT;
    else if (!view_set_protect(view, limit, top, PAGE_READWRITE) ||
             !view_set_protect(view, limit - guard, limit, PAGE_READWRITE | PAGE_GUARD) ||
             mprotect((void *)limit, commit, PROT_READ | PROT_WRITE))
        status = STATUS_NO_MEMORY;
    pthread_mutex_unlock(&virtual_lock);
    if (status) {
        size = 0;
        virtual_free(&base, &size, MEM_RELEASE);
        return status;
    }
    teb->DeallocationStack = base;
    teb->Tib.StackBase = (void *)top;
    teb->Tib.StackLimit = (void *)limit;
    return STATUS_SUCCESS;
}

void virtual_free_stack(FERRY_TEB *teb)
{
    void *base = teb->DeallocationStack;
    size_t size = 0;

    if (base) virtual_free(&base, &size, MEM_RELEASE);
    teb->DeallocationStack = teb->Tib.StackBase = teb->Tib.StackLimit = NULL;
}
