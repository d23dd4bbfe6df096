/* Mutexes, condition variables and clocks under <mutex>, <condition_variable>, <thread> and <chrono>. The objects live in
 * storage of the program; their layout is shared with the headers, which initialise a mutex themselves since 2024. */
#include "errors.h"

void *malloc(size_t size);
void free(void *block);
__declspec(noreturn) void abort(void);

enum { THREAD_SUCCESS, THREAD_NO_MEMORY, THREAD_TIMED_OUT, THREAD_BUSY, THREAD_ERROR };
enum { MUTEX_PLAIN = 1, MUTEX_TRY = 2, MUTEX_TIMED = 4, MUTEX_RECURSIVE = 0x100 };

#ifdef _WIN64
#define ROOM 64
#else
#define ROOM 36
#endif

struct mutex {
    int type;
    union {
        struct {
            void *unused;
            SRWLOCK lock;
        };
        char room[ROOM];
    } __attribute__((aligned(sizeof(void *))));
    long owner; /* thread, -1: none */
    int count;
};

struct condition {
    union {
        struct {
            void *unused;
            CONDITION_VARIABLE variable;
        };
        char room[ROOM];
    };
};

struct xtime { /* since 1970 */
    __int64 seconds;
    long nanoseconds;
};

_Static_assert(sizeof(struct mutex) == (sizeof(void *) == 8 ? 80 : 48), "size in <xthreads.h>");

void _Mtx_init_in_situ(struct mutex *mutex, int type)
{
    memset(mutex, 0, sizeof(*mutex));
    mutex->type = type;
    mutex->owner = -1;
}

void _Mtx_destroy_in_situ(struct mutex *mutex)
{
    if (mutex->count) abort(); /* destroyed while locked */
}

int _Mtx_init(struct mutex **mutex, int type)
{
    *mutex = malloc(sizeof(**mutex));
    if (!*mutex) return THREAD_NO_MEMORY;
    _Mtx_init_in_situ(*mutex, type);
    return THREAD_SUCCESS;
}

void _Mtx_destroy(struct mutex *mutex)
{
    if (!mutex) return;
    _Mtx_destroy_in_situ(mutex);
    free(mutex);
}

int _Mtx_current_owns(struct mutex *mutex)
{
    return mutex->count && mutex->owner == (long)GetCurrentThreadId();
}

static void own(struct mutex *mutex)
{
    mutex->owner = (long)GetCurrentThreadId();
    mutex->count = 1;
}

/* A recursive mutex that this thread owns already; *result is what the caller returns. */
static BOOL again(struct mutex *mutex, int *result)
{
    if (!_Mtx_current_owns(mutex)) return FALSE;
    *result = THREAD_SUCCESS;
    if (mutex->type & MUTEX_RECURSIVE || (mutex->type & ~MUTEX_RECURSIVE) == MUTEX_PLAIN) mutex->count++;
    else *result = THREAD_BUSY;
    return TRUE;
}

int _Mtx_lock(struct mutex *mutex)
{
    int result;

    if (again(mutex, &result)) return result;
    AcquireSRWLockExclusive(&mutex->lock);
    own(mutex);
    return THREAD_SUCCESS;
}

int _Mtx_trylock(struct mutex *mutex)
{
    int result;

    if (again(mutex, &result)) return result;
    if (!TryAcquireSRWLockExclusive(&mutex->lock)) return THREAD_BUSY;
    own(mutex);
    return THREAD_SUCCESS;
}

int _Mtx_unlock(struct mutex *mutex)
{
    if (--mutex->count) return THREAD_SUCCESS;
    mutex->owner = -1;
    ReleaseSRWLockExclusive(&mutex->lock);
    return THREAD_SUCCESS;
}

/* 100 ns since 1970, of the system's clock. */
__int64 _Xtime_get_ticks(void)
{
    FILETIME now;

    GetSystemTimePreciseAsFileTime(&now);
    return ((__int64)now.dwHighDateTime << 32 | now.dwLowDateTime) - 116444736000000000ll;
}

/* Milliseconds until `time`, rounded up. */
static DWORD until(const struct xtime *time)
{
    __int64 left = time->seconds * 10000000 + (time->nanoseconds + 99) / 100 - _Xtime_get_ticks();

    if (left <= 0) return 0;
    left = (left + 9999) / 10000;
    return left >= INFINITE ? INFINITE - 1 : (DWORD)left;
}

/* ---- condition variables ---- */

void _Cnd_init_in_situ(struct condition *condition)
{
    memset(condition, 0, sizeof(*condition));
}

void _Cnd_destroy_in_situ(struct condition *condition)
{
}

int _Cnd_init(struct condition **condition)
{
    *condition = malloc(sizeof(**condition));
    if (!*condition) return THREAD_NO_MEMORY;
    _Cnd_init_in_situ(*condition);
    return THREAD_SUCCESS;
}

void _Cnd_destroy(struct condition *condition)
{
    free(condition);
}

static int wait(struct condition *condition, struct mutex *mutex, DWORD milliseconds)
{
    int count = mutex->count;
    BOOL woken;

    mutex->owner = -1;
    mutex->count = 0;
    woken = SleepConditionVariableSRW(&condition->variable, &mutex->lock, milliseconds, 0);
    own(mutex);
    mutex->count = count;
    return woken ? THREAD_SUCCESS : THREAD_TIMED_OUT;
}

int _Cnd_wait(struct condition *condition, struct mutex *mutex)
{
    return wait(condition, mutex, INFINITE);
}

/* time NULL: no end. A wait that ended before its time was a waking without cause. */
int _Cnd_timedwait(struct condition *condition, struct mutex *mutex, const struct xtime *time)
{
    if (!time) return _Cnd_wait(condition, mutex);
    if (wait(condition, mutex, until(time)) == THREAD_SUCCESS) return THREAD_SUCCESS;
    return until(time) ? THREAD_SUCCESS : THREAD_TIMED_OUT;
}

int _Cnd_signal(struct condition *condition)
{
    WakeConditionVariable(&condition->variable);
    return THREAD_SUCCESS;
}

int _Cnd_broadcast(struct condition *condition)
{
    WakeAllConditionVariable(&condition->variable);
    return THREAD_SUCCESS;
}

/* ---- threads and clocks ---- */

void _Thrd_yield(void)
{
    SwitchToThread();
}

unsigned _Thrd_id(void)
{
    return GetCurrentThreadId();
}

void _Thrd_sleep(const struct xtime *time)
{
    for (DWORD left; (left = until(time));) Sleep(left);
}

unsigned _Thrd_hardware_concurrency(void)
{
    SYSTEM_INFO info;

    GetNativeSystemInfo(&info);
    return info.dwNumberOfProcessors;
}

__int64 _Query_perf_counter(void)
{
    LARGE_INTEGER value;

    QueryPerformanceCounter(&value);
    return value.QuadPart;
}

__int64 _Query_perf_frequency(void)
{
    LARGE_INTEGER value;

    QueryPerformanceFrequency(&value);
    return value.QuadPart;
}

long PlatformThreadId(void)
{
    return (long)GetCurrentThreadId();
}

/* ---- one lock for atomic operations on shared_ptr ---- */

static SRWLOCK shared_ptr_lock = SRWLOCK_INIT;

void _Lock_shared_ptr_spin_lock(void)
{
    AcquireSRWLockExclusive(&shared_ptr_lock);
}

void _Unlock_shared_ptr_spin_lock(void)
{
    ReleaseSRWLockExclusive(&shared_ptr_lock);
}

/* ---- the library's locks: 0 locale, 1 memory, 2 stream, 3 debug, … ---- */

#define LOCK_COUNT 8
static struct {
    SRWLOCK lock;
    DWORD owner, count;
} locks[LOCK_COUNT];

struct lockit {
    int number;
};

/* The same thread may take it again. */
MEMBER struct lockit *make_lockit(struct lockit *lockit, int number)
{
    DWORD thread = GetCurrentThreadId();

    lockit->number = number;
    if ((unsigned)number >= LOCK_COUNT) return lockit;
    if (locks[number].owner != thread) {
        AcquireSRWLockExclusive(&locks[number].lock);
        locks[number].owner = thread;
    }
    locks[number].count++;
    return lockit;
}

MEMBER void destroy_lockit(struct lockit *lockit)
{
    int number = lockit->number;

    if ((unsigned)number >= LOCK_COUNT || --locks[number].count) return;
    locks[number].owner = 0;
    ReleaseSRWLockExclusive(&locks[number].lock);
}
