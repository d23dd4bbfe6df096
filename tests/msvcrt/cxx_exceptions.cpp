// C++ exceptions of MSVC's ABI, compiled by clang: no headers, no library but msvcrt.dll.
//
// What is constructed and destroyed goes into a trace; the expected one is that of the reference.

extern "C" int printf(const char *, ...);
extern "C" int strcmp(const char *, const char *);

static char trace_text[1024];
static unsigned trace_length;
static int checks, failures;

static void trace(char sign, const char *name)
{
    trace_text[trace_length++] = sign;
    while (*name) trace_text[trace_length++] = *name++;
    trace_text[trace_length++] = ' ';
}

static void check(bool good, int line)
{
    checks++;
    if (good) return;
    failures++;
    printf("not ok %d - line %d\n", checks, line);
}
#define CHECK(condition) check(condition, __LINE__)

struct Base {
    int base = 1;
    virtual ~Base() {}
};

struct Other {
    int other = 2;
    virtual void unused() {}
};

struct Derived : Other, Base {
    int derived = 3;
    Derived() {}
    Derived(const Derived &from) : Other(from), Base(from), derived(from.derived) { trace('=', "Derived"); }
    ~Derived() { trace('~', "Derived"); }
};

struct Virtual : virtual Base {
    int own = 9;
};

struct Guard {
    const char *name;
    Guard(const char *name) : name(name) { trace('+', name); }
    ~Guard() { trace('-', name); }
};

static void throw_int(int value)
{
    Guard guard("int");
    throw value;
}

static void throw_derived()
{
    Guard guard("derived");
    throw Derived();
}

static int simple()
{
    try {
        throw_int(5);
    } catch (int value) {
        return value;
    }
    return -1;
}

static int nested_and_rethrown()
{
    int result = 0;

    try {
        Guard a("a");
        try {
            Guard b("b");
            throw_int(1);
        } catch (const char *) {
            result = 100;
        } catch (int value) {
            Guard c("c");
            result += value;
            try {
                throw "text";
            } catch (const char *text) {
                result += text[0];
            }
            throw;
        }
    } catch (int value) {
        result += 1000 * value;
    }
    return result;
}

static int another_from_catch()
{
    try {
        try {
            throw 5;
        } catch (int) {
            Guard guard("catch");
            throw 7.5;
        }
    } catch (double value) {
        return (int)(value * 2);
    } catch (...) {
        return -2;
    }
    return -1;
}

static int in_a_loop()
{
    int count = 0;

    for (int i = 0; i < 1000; i++) {
        try {
            if (i % 3 == 0) throw i;
            count++;
        } catch (int) {
            count += 2;
            continue;
        }
    }
    return count;
}

static int by_reference_to_base()
{
    try {
        throw_derived();
    } catch (Base &base) {
        return base.base;
    }
    return -1;
}

static int by_value()
{
    try {
        throw_derived();
    } catch (Derived derived) {
        return derived.derived;
    }
    return -1;
}

static int virtual_base()
{
    try {
        throw Virtual();
    } catch (Base &base) {
        return base.base + 40;
    }
    return -1;
}

static int pointer_to_base(Derived *object)
{
    try {
        throw object;
    } catch (Base *base) {
        return base == object;
    }
    return -1;
}

static int anything()
{
    try {
        throw_int(3);
    } catch (...) {
        return 11;
    }
    return -1;
}

static int deep(int depth)
{
    if (!depth) throw 42;
    try {
        deep(depth - 1);
    } catch (double) {
        return 0;
    }
    return 1;
}

static int catch_in_catch()
{
    int result = 0;

    try {
        throw 1;
    } catch (int) {
        try {
            throw 2;
        } catch (int value) {
            result = value;
            try {
                throw 3;
            } catch (int inner) {
                result = result * 10 + inner;
            }
        }
        try {
            throw 4;
        } catch (int value) {
            result = result * 10 + value;
        }
    }
    try {
        throw 5;
    } catch (int value) {
        result = result * 10 + value;
    }
    return result;
}

int main()
{
    alignas(16) static char memory[sizeof(Derived)];
    int got = 0;

    CHECK(simple() == 5);
    CHECK(nested_and_rethrown() == 1 + 't' + 1000);
    CHECK(another_from_catch() == 15);
    CHECK(in_a_loop() == 334 * 2 + 666);
    CHECK(by_reference_to_base() == 1);
    CHECK(by_value() == 3);
    CHECK(virtual_base() == 41);
    CHECK(pointer_to_base((Derived *)memory) == 1);
    CHECK(anything() == 11);
    try {
        deep(50);
    } catch (int value) {
        got = value;
    }
    CHECK(got == 42);
    CHECK(catch_in_catch() == 2345);
    CHECK(!strcmp(trace_text, "+int -int +a +b +int -int -b +c -c -a +catch -catch +derived -derived ~Derived "
                              "+derived =Derived -derived ~Derived ~Derived +int -int "));
    printf("1..%d\n# CHECKS %d %d 0\n", checks, checks, failures);
    return failures;
}
