// msvcp140.dll: exceptions thrown for templates, exception_ptr, mutexes and condition variables, clocks; compiled by clang
// for MSVC's ABI, without its headers. The reference (Wine 8) has not all of these functions.

typedef unsigned long long size_t;
typedef void *HANDLE;
extern "C" {
int printf(const char *, ...);
int strcmp(const char *, const char *);
void *malloc(size_t);
void free(void *);
HANDLE CreateThread(void *, size_t, unsigned long (*)(void *), void *, unsigned long, unsigned long *);
unsigned long WaitForSingleObject(HANDLE, unsigned long);
unsigned long GetCurrentThreadId();
int CloseHandle(HANDLE);
}

namespace std {
class exception {
public:
    virtual ~exception() {}
    virtual const char *what() const { return ""; }
    const char *text;
    bool owned;
};
class bad_alloc : public exception {};
class bad_exception : public exception {};
class bad_function_call : public exception {};
class logic_error : public exception {};
class length_error : public logic_error {};
class out_of_range : public logic_error {};
class invalid_argument : public logic_error {};
class runtime_error : public exception {};
struct string {
    union {
        char text[16];
        char *pointer;
    };
    size_t length, room;
    ~string() {} // returned in memory
    const char *c_str() const { return room > 15 ? pointer : text; }
};
class error_category {
public:
    virtual ~error_category();
    virtual const char *name() const;
    virtual string message(int) const;
};
class _System_error : public runtime_error {
public:
    int code;
    const error_category *category;
};
class system_error : public _System_error {};
[[noreturn]] void _Xbad_alloc();
[[noreturn]] void _Xbad_function_call();
[[noreturn]] void _Xlength_error(const char *);
[[noreturn]] void _Xout_of_range(const char *);
[[noreturn]] void _Xinvalid_argument(const char *);
[[noreturn]] void _Xruntime_error(const char *);
[[noreturn]] void _Throw_Cpp_error(int);
[[noreturn]] void _Throw_C_error(int);
const char *_Syserror_map(int);
int _Winerror_map(int);
int uncaught_exceptions();
struct _Lockit {
    _Lockit(int);
    ~_Lockit();
    int number;
};
}

struct exception_ptr {
    void *words[2];
};
void __ExceptionPtrCreate(void *);
void __ExceptionPtrDestroy(void *);
void __ExceptionPtrCopy(void *, const void *);
void __ExceptionPtrCurrentException(void *);
bool __ExceptionPtrToBool(const void *);
[[noreturn]] void __ExceptionPtrRethrow(const void *);

struct xtime {
    long long seconds;
    long nanoseconds;
};
extern "C" {
void _Mtx_init_in_situ(void *, int);
void _Mtx_destroy_in_situ(void *);
int _Mtx_lock(void *);
int _Mtx_trylock(void *);
int _Mtx_unlock(void *);
int _Mtx_current_owns(void *);
void _Cnd_init_in_situ(void *);
void _Cnd_destroy_in_situ(void *);
int _Cnd_wait(void *, void *);
int _Cnd_timedwait(void *, void *, const xtime *);
int _Cnd_signal(void *);
int _Cnd_broadcast(void *);
void _Thrd_yield();
long long _Query_perf_counter();
long long _Query_perf_frequency();
long long _Xtime_get_ticks();
}

static int checks, failures;
static void check(bool good, int line)
{
    checks++;
    if (good) return;
    failures++;
    printf("not ok %d - support.cpp:%d\n", checks, line);
}
#define CHECK(condition) check(condition, __LINE__)

// ---- exceptions ----

template <class Type, class Base, class Function> static bool throws(Function function, const char *text)
{
    int caught = 0;

    try {
        function();
    } catch (Type &thrown) {
        caught += !strcmp(thrown.what(), text);
    }
    try {
        function();
    } catch (Base thrown) {
        caught += 1;
    }
    try {
        function();
    } catch (std::exception &thrown) {
        caught += !strcmp(thrown.what(), text);
    }
    return caught == 3;
}

static void test_exceptions()
{
    CHECK((throws<std::bad_alloc, std::exception>([] { std::_Xbad_alloc(); }, "bad allocation")));
    CHECK((throws<std::bad_function_call, std::exception>([] { std::_Xbad_function_call(); }, "bad function call")));
    CHECK((throws<std::length_error, std::logic_error>([] { std::_Xlength_error("too long"); }, "too long")));
    CHECK((throws<std::out_of_range, std::logic_error>([] { std::_Xout_of_range("out"); }, "out")));
    CHECK((throws<std::invalid_argument, std::logic_error>([] { std::_Xinvalid_argument("bad"); }, "bad")));
    CHECK((throws<std::runtime_error, std::exception>([] { std::_Xruntime_error("now"); }, "now")));
    try {
        std::_Throw_C_error(3);
    } catch (std::system_error &thrown) {
        CHECK(thrown.code == 16);
        CHECK(!strcmp(thrown.what(), "device or resource busy: device or resource busy"));
        CHECK(!strcmp(thrown.category->name(), "generic"));
        CHECK(!strcmp(thrown.category->message(22).c_str(), "invalid argument"));
        CHECK(!strcmp(thrown.category->message(-1).c_str(), "unknown error"));
    }
    try {
        std::_Throw_Cpp_error(4);
    } catch (std::runtime_error &thrown) {
        CHECK(!strcmp(thrown.what(), "operation not permitted: operation not permitted"));
    }
    CHECK(!strcmp(std::_Syserror_map(2), "no such file or directory"));
    CHECK(std::_Winerror_map(5) == 13);
    CHECK(std::_Winerror_map(2) == 2);
    CHECK(std::_Winerror_map(9999) == 0);
}

// ---- exception_ptr ----

static int alive;
struct Counted {
    int value;
    Counted(int value) : value(value) { alive++; }
    Counted(const Counted &other) : value(other.value) { alive++; }
    ~Counted() { alive--; }
};

static void test_exception_ptr()
{
    exception_ptr pointer, copy;
    int got = 0;

    __ExceptionPtrCreate(&pointer);
    CHECK(!__ExceptionPtrToBool(&pointer));
    __ExceptionPtrCurrentException(&pointer);
    CHECK(!__ExceptionPtrToBool(&pointer));
    try {
        throw Counted(5);
    } catch (Counted &) {
        __ExceptionPtrCurrentException(&pointer);
    }
    CHECK(__ExceptionPtrToBool(&pointer));
    CHECK(alive == 1);
    __ExceptionPtrCopy(&copy, &pointer);
    __ExceptionPtrDestroy(&pointer);
    CHECK(alive == 1);
    for (int i = 0; i < 2; i++) {
        try {
            __ExceptionPtrRethrow(&copy);
        } catch (Counted &thrown) {
            got += thrown.value;
        }
        CHECK(alive == 1);
    }
    CHECK(got == 10);
    __ExceptionPtrDestroy(&copy);
    CHECK(alive == 0);
    __ExceptionPtrCreate(&pointer);
    try {
        __ExceptionPtrRethrow(&pointer);
    } catch (std::bad_exception &) {
        got = 1;
    }
    CHECK(got == 1);
    __ExceptionPtrCreate(&pointer);
    try {
        throw 42;
    } catch (...) {
        __ExceptionPtrCurrentException(&pointer);
    }
    try {
        __ExceptionPtrRethrow(&pointer);
    } catch (int value) {
        got = value;
    }
    CHECK(got == 42);
    __ExceptionPtrDestroy(&pointer);
}

// ---- threads ----

static long long mutex[10], recursive[10], condition[9];
static int counter, stage;

static unsigned long count_up(void *)
{
    for (int i = 0; i < 20000; i++) {
        _Mtx_lock(mutex);
        counter++;
        _Mtx_unlock(mutex);
    }
    return 0;
}

static unsigned long wait_for_stage(void *)
{
    _Mtx_lock(mutex);
    while (stage == 0) _Cnd_wait(condition, mutex);
    stage++;
    _Cnd_broadcast(condition);
    _Mtx_unlock(mutex);
    return 0;
}

static void test_threads()
{
    HANDLE threads[4];
    long long before, after;
    xtime past = { 1, 0 };

    _Mtx_init_in_situ(mutex, 3);
    _Mtx_init_in_situ(recursive, 0x103);
    _Cnd_init_in_situ(condition);
    CHECK(_Mtx_lock(mutex) == 0);
    CHECK(_Mtx_current_owns(mutex));
    CHECK(_Mtx_trylock(mutex) == 3);
    CHECK(_Mtx_unlock(mutex) == 0);
    CHECK(!_Mtx_current_owns(mutex));
    CHECK(_Mtx_lock(recursive) == 0 && _Mtx_lock(recursive) == 0 && _Mtx_trylock(recursive) == 0);
    CHECK(_Mtx_unlock(recursive) == 0 && _Mtx_unlock(recursive) == 0 && _Mtx_current_owns(recursive));
    CHECK(_Mtx_unlock(recursive) == 0 && !_Mtx_current_owns(recursive));
    for (int i = 0; i < 4; i++) threads[i] = CreateThread(nullptr, 0, count_up, nullptr, 0, nullptr);
    for (int i = 0; i < 4; i++) {
        WaitForSingleObject(threads[i], 60000);
        CloseHandle(threads[i]);
    }
    CHECK(counter == 80000);
    for (int i = 0; i < 4; i++) threads[i] = CreateThread(nullptr, 0, wait_for_stage, nullptr, 0, nullptr);
    _Mtx_lock(mutex);
    stage = 1;
    _Cnd_broadcast(condition);
    while (stage < 5) _Cnd_wait(condition, mutex);
    _Mtx_unlock(mutex);
    for (int i = 0; i < 4; i++) {
        WaitForSingleObject(threads[i], 60000);
        CloseHandle(threads[i]);
    }
    CHECK(stage == 5);
    _Mtx_lock(mutex);
    CHECK(_Cnd_timedwait(condition, mutex, &past) == 2);
    CHECK(_Mtx_current_owns(mutex));
    _Mtx_unlock(mutex);
    _Cnd_destroy_in_situ(condition);
    _Mtx_destroy_in_situ(mutex);
    before = _Query_perf_counter();
    _Thrd_yield();
    after = _Query_perf_counter();
    CHECK(after >= before && _Query_perf_frequency() >= 1000000);
    CHECK(_Xtime_get_ticks() > 16000000000000000ll);
    {
        std::_Lockit outer(0), inner(0);
        CHECK(outer.number == 0);
    }
    CHECK(std::uncaught_exceptions() == 0);
}

int main()
{
    test_exceptions();
    test_exception_ptr();
    test_threads();
    printf("1..%d\n# CHECKS %d %d 0\n", checks, checks, failures);
    return failures;
}
