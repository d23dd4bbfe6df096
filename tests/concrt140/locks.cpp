// concrt140.dll: critical_section and the condition variable under it, compiled by clang for MSVC's ABI.

typedef __SIZE_TYPE__ size_t;
typedef void *HANDLE;
#ifdef _WIN64
#define WINAPI
#else
#define WINAPI __stdcall
#endif
extern "C" {
int printf(const char *, ...);
int strcmp(const char *, const char *);
HANDLE WINAPI CreateThread(void *, size_t, unsigned long(WINAPI *)(void *), void *, unsigned long, unsigned long *);
unsigned long WINAPI WaitForSingleObject(HANDLE, unsigned long);
int WINAPI CloseHandle(HANDLE);
}
namespace std {
class exception {
public:
    virtual ~exception() {}
    virtual const char *what() const { return ""; }
    const char *text;
    bool owned;
};
}
namespace Concurrency {
class critical_section {
public:
    critical_section();
    ~critical_section();
    void lock();
    bool try_lock();
    bool try_lock_for(unsigned);
    void unlock();
    void *room[6];
};
namespace details {
class _Condition_variable {
public:
    _Condition_variable();
    ~_Condition_variable();
    void wait(critical_section &);
    bool wait_for(critical_section &, unsigned);
    void notify_one();
    void notify_all();
    void *room[7];
};
}
class improper_lock : public std::exception {};
}

static int checks, failures;
static void check(bool good, int line)
{
    checks++;
    if (good) return;
    failures++;
    printf("not ok %d - locks.cpp:%d\n", checks, line);
}
#define CHECK(condition) check(condition, __LINE__)

struct Shared {
    Concurrency::critical_section section;
    Concurrency::details::_Condition_variable condition;
    int counter = 0, stage = 0, tried = -1;
};

static unsigned long WINAPI count_up(void *context)
{
    Shared &shared = *(Shared *)context;
    for (int i = 0; i < 20000; i++) {
        shared.section.lock();
        shared.counter++;
        shared.section.unlock();
    }
    return 0;
}

static unsigned long WINAPI wait_for_stage(void *context)
{
    Shared &shared = *(Shared *)context;
    shared.section.lock();
    while (!shared.stage) shared.condition.wait(shared.section);
    shared.stage++;
    shared.condition.notify_all();
    shared.section.unlock();
    return 0;
}

static unsigned long WINAPI try_it(void *context)
{
    Shared &shared = *(Shared *)context;
    shared.tried = shared.section.try_lock() + 2 * shared.section.try_lock_for(1);
    return 0;
}

static void run(Shared &shared, unsigned long(WINAPI *function)(void *), int count, void (*meanwhile)(Shared &))
{
    HANDLE threads[4];

    for (int i = 0; i < count; i++) threads[i] = CreateThread(nullptr, 0, function, &shared, 0, nullptr);
    if (meanwhile) meanwhile(shared);
    for (int i = 0; i < count; i++) {
        WaitForSingleObject(threads[i], 60000);
        CloseHandle(threads[i]);
    }
}

int main()
{
    Shared shared;
    int caught = 0;

    shared.section.lock();
    CHECK(!shared.section.try_lock());
    try {
        shared.section.lock();
    } catch (Concurrency::improper_lock &thrown) {
        caught = !strcmp(thrown.what(), "Lock already taken");
    }
    CHECK(caught == 1);
    run(shared, try_it, 1, nullptr);
    CHECK(shared.tried == 0);
    shared.section.unlock();
    CHECK(shared.section.try_lock());
    CHECK(!shared.condition.wait_for(shared.section, 1));
    shared.section.unlock();
    CHECK(shared.section.try_lock_for(1));
    shared.section.unlock();
    run(shared, count_up, 4, nullptr);
    CHECK(shared.counter == 80000);
    run(shared, wait_for_stage, 4, [](Shared &shared) {
        shared.section.lock();
        shared.stage = 1;
        shared.condition.notify_all();
        while (shared.stage < 5) shared.condition.wait(shared.section);
        shared.section.unlock();
    });
    CHECK(shared.stage == 5);
    printf("1..%d\n# CHECKS %d %d 0\n", checks, checks, failures);
    return failures;
}
