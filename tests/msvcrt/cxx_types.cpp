// Run-time types of MSVC's ABI, what the runtime throws by itself, and the translator of system exceptions; compiled by
// clang, with no library but msvcrt.dll.
//
// The reference (Wine 8) differs where it casts to private bases and where its operator new returns NULL; cpp-docs: "dynamic_cast
// operator", "operator new".

extern "C" int printf(const char *, ...);
extern "C" int strcmp(const char *, const char *);
typedef __SIZE_TYPE__ size_t;
struct _EXCEPTION_POINTERS {
    struct {
        unsigned code;
    } *record;
    void *context;
};

// As in msvcrt.dll's headers.
class exception {
public:
    virtual ~exception();
    virtual const char *what() const;
    void *text;
    int owned;
};
class bad_cast : public exception {};
class bad_typeid : public exception {};
class __non_rtti_object : public bad_typeid {};
class type_info {
public:
    virtual ~type_info();
    int operator==(const type_info &) const;
    int operator!=(const type_info &) const;
    int before(const type_info &) const;
    const char *name() const;
    const char *raw_name() const;
    void *data;
    char decorated[1];
};
namespace std {
using ::type_info;
class bad_alloc : public exception {};
}
typedef void (*translator)(unsigned, _EXCEPTION_POINTERS *);
translator _set_se_translator(translator);
extern "C" char *__unDName(char *, const char *, int, void *(*)(size_t), void (*)(void *), unsigned short);
extern "C" void *malloc(size_t);
extern "C" void free(void *);

static int checks, failures;
static void check(bool good, int line)
{
    checks++;
    if (good) return;
    failures++;
    printf("not ok %d - line %d\n", checks, line);
}
#define CHECK(condition) check(condition, __LINE__)

// ---- dynamic_cast and typeid ----

struct A {
    int a = 1;
    virtual ~A() {}
};
struct B {
    int b = 2;
    virtual ~B() {}
};
struct C : A, B {
    int c = 3;
};
struct Left : virtual A {
    int left = 4;
};
struct Right : virtual A {
    int right = 5;
};
struct Diamond : Left, Right, B {
    int own = 6;
};
struct Twice1 : A {};
struct Twice2 : A {};
struct Twice : Twice1, Twice2 {};
struct Hidden : private A, B {};
struct Under : Hidden {};
struct Final : C {
    int d = 7;
};
template <class T> struct Box {
    virtual ~Box() {}
};

template <class T, class S> static T *__attribute__((noinline)) cast(S *from)
{
    return dynamic_cast<T *>(from);
}

static void test_casts()
{
    C c;
    Diamond diamond;
    Twice twice;
    Hidden hidden;
    Under under;
    Final final;
    A *a = &c, *virtual_a = &diamond, *only_a = new A;
    B *b = &c, *hidden_b = &hidden;

    CHECK((cast<C>(a) == &c));
    CHECK((cast<C>(b) == &c));
    CHECK((cast<B>(a) == b));
    CHECK((cast<A>(b) == a));
    CHECK((cast<C>(only_a) == nullptr));
    CHECK((cast<C, A>(nullptr) == nullptr));
    CHECK((cast<Diamond>(virtual_a) == &diamond));
    CHECK((cast<Left>(virtual_a) == &diamond));
    CHECK((cast<Right>(virtual_a) == static_cast<Right *>(&diamond)));
    CHECK((cast<B>(virtual_a) == static_cast<B *>(&diamond)));
    CHECK((cast<A>(static_cast<B *>(&diamond)) == virtual_a));
    CHECK((cast<Right>(static_cast<Left *>(&diamond)) == static_cast<Right *>(&diamond)));
    A *first = static_cast<Twice1 *>(&twice), *second = static_cast<Twice2 *>(&twice);
    CHECK((cast<Twice>(first) == &twice));
    CHECK((cast<Twice1>(first) == static_cast<Twice1 *>(&twice)));
    CHECK((cast<Twice2>(first) == static_cast<Twice2 *>(&twice)));
    CHECK((cast<Twice1>(second) == static_cast<Twice1 *>(&twice)));
    CHECK((cast<A>(hidden_b) == nullptr));
    CHECK((cast<Hidden>(hidden_b) == &hidden));
    CHECK((cast<Under>(static_cast<B *>(&under)) == &under));
    CHECK((cast<A>(static_cast<B *>(&under)) == nullptr));
    CHECK((cast<C>(static_cast<B *>(&final)) == &final));
    CHECK((cast<Final>(static_cast<A *>(&final)) == &final));
    CHECK((dynamic_cast<void *>(b) == &c));
    CHECK((dynamic_cast<void *>(virtual_a) == &diamond));

    CHECK(typeid(*a) == typeid(C));
    CHECK(typeid(*b) == typeid(C));
    CHECK(typeid(*virtual_a) == typeid(Diamond));
    CHECK(typeid(*only_a) == typeid(A));
    CHECK(typeid(*a) != typeid(A));
    CHECK(typeid(A).before(typeid(B)) && !typeid(B).before(typeid(A)));
    CHECK(!strcmp(typeid(*a).name(), "struct C"));
    CHECK(!strcmp(typeid(*a).raw_name(), ".?AUC@@"));
    CHECK(!strcmp(typeid(int).name(), "int"));
    CHECK(!strcmp(typeid(Box<Box<int>>).name(), "struct Box<struct Box<int> >"));
    CHECK(!strcmp(typeid(const char *).name(), sizeof(void *) == 8 ? "char const * __ptr64" : "char const *"));
    CHECK(!strcmp(typeid(int (*)(char, double)).name(), "int (__cdecl*)(char,double)"));
    CHECK(!strcmp(typeid(unsigned long long).name(), "unsigned __int64"));
}

static const size_t too_much = (size_t)1 << (sizeof(size_t) * 8 - 2);

static int reference_cast(A *a)
{
    try {
        (void)dynamic_cast<C &>(*a);
    } catch (bad_cast &thrown) {
        return !strcmp(thrown.what(), "Bad dynamic_cast!");
    } catch (...) {
        return -1;
    }
    return -2;
}

static int typeid_of_null(A *volatile a)
{
    try {
        (void)typeid(*a).name();
    } catch (__non_rtti_object &) {
        return -1;
    } catch (bad_typeid &thrown) {
        return thrown.what() != nullptr;
    }
    return -2;
}

static int typeid_of_garbage()
{
    static void *garbage[4] = { (void *)16, (void *)16 };
    try {
        (void)typeid(*(A *)garbage).name();
    } catch (bad_typeid &thrown) {
        return !strcmp(thrown.what(), "Access violation - no RTTI data!");
    }
    return -1;
}

// The reference's operator new returns NULL, as Visual C++ 6 did; Windows' msvcrt.dll throws.
static void *(*volatile any_new)(size_t) = ::operator new; // may return NULL: the compiler must not know what it is
static bool new_throws(size_t size)
{
    try {
        return any_new(size) != nullptr;
    } catch (...) {
        return true;
    }
}

static int out_of_memory(volatile size_t size)
{
    try {
        *(volatile char *)::operator new(size) = 1;
    } catch (exception &thrown) {
        return !strcmp(thrown.what(), "bad allocation");
    }
    return -1;
}

static int bad_alloc_by_value(volatile size_t size)
{
    try {
        *(volatile char *)::operator new(size) = 1;
    } catch (std::bad_alloc thrown) {
        return thrown.what() != nullptr;
    }
    return -1;
}

// ---- translator ----

struct SystemError {
    unsigned code;
};
static void translate(unsigned code, _EXCEPTION_POINTERS *pointers)
{
    throw SystemError{ pointers->record->code == code ? code : 0 };
}

static int read_there(int *where)
{
    return *(volatile int *)where;
}
static int (*volatile fault)(int *) = read_there; // the compiler must not know that it throws nothing

static unsigned translated()
{
    translator before = _set_se_translator(translate);
    unsigned result = 1;

    try {
        try {
            result = fault((int *)8);
        } catch (int) {
            result = 2;
        }
    } catch (SystemError &error) {
        result = error.code;
    }
    CHECK(_set_se_translator(before) == translate);
    return result;
}

static bool undecorates(const char *name, unsigned short flags, const char *wanted)
{
    char text[512];
    if (__unDName(text, name, sizeof(text), malloc, free, flags) && !strcmp(text, wanted)) return true;
    printf("# %s: %s\n", name, text);
    return false;
}

int main()
{
    A only;

    test_casts();
    CHECK(reference_cast(&only) == 1);
    CHECK(typeid_of_null(nullptr) == 1);
    CHECK(typeid_of_garbage() == 1);
    if (new_throws(too_much)) {
        CHECK(out_of_memory(too_much) == 1);
        CHECK(bad_alloc_by_value(too_much) == 1);
    } else {
        CHECK(false);
    }
    CHECK(translated() == 0xc0000005);
    CHECK(undecorates("?f@A@@QEBAHXZ", 0, "public: int __cdecl A::f(void)const __ptr64"));
    CHECK(undecorates("?f@A@@QBEHXZ", 0, "public: int __thiscall A::f(void)const "));
    CHECK(undecorates("?x@N@@3HA", 0, "int N::x"));
    CHECK(undecorates("??0exception@@QAE@ABQBD@Z", 0, "public: __thiscall exception::exception(char const * const &)"));
    CHECK(undecorates("??1type_info@@UAE@XZ", 0, "public: virtual __thiscall type_info::~type_info(void)"));
    CHECK(undecorates("??2@YAPAXI@Z", 0, "void * __cdecl operator new(unsigned int)"));
    CHECK(undecorates("?what@exception@@UBEPBDXZ", 0x1000, "exception::what"));
    CHECK(undecorates("?g@@YAXP6AHH@ZPAY02N@Z", 0, "void __cdecl g(int (__cdecl*)(int),double (*)[3])"));
    CHECK(undecorates("??_7A@@6B@", 0, "const A::`vftable'"));
    CHECK(undecorates("?push@?$stack@HV?$deque@H@std@@@std@@QAEXABH@Z", 0,
                      "public: void __thiscall std::stack<int,class std::deque<int> >::push(int const &)"));
    CHECK(undecorates("??Bx@@QBEHXZ", 0, "public: __thiscall x::operator int(void)const "));
    CHECK(undecorates("?f@@YAXHPADZZ", 0, "void __cdecl f(int,char *,...)"));
    CHECK(undecorates("?s@C@@0PAHA", 0, "private: static int * C::s"));
    CHECK(undecorates("?m@C@@SAXXZ", 0, "public: static void __cdecl C::m(void)"));
    CHECK(undecorates("??$max@H@@YAHHH@Z", 0, "int __cdecl max<int>(int,int)"));
    CHECK(undecorates("?f@@YAXP8A@@AEXH@Z@Z", 0, "void __cdecl f(void (__thiscall A::*)(int))"));
    CHECK(undecorates("??_GA@@UAEPAXI@Z", 0, "public: virtual void * __thiscall A::`scalar deleting destructor'(unsigned int)"));
    CHECK(undecorates("?f@?A0x12345678@@YAXXZ", 0, "void __cdecl `anonymous namespace'::f(void)"));
    CHECK(undecorates("??_R0?AVA@@@8", 0, "class A `RTTI Type Descriptor'"));
    CHECK(undecorates("?f@@YAHABV?$Box@$0A@@@@Z", 0, "int __cdecl f(class Box<0> const &)"));
    CHECK(undecorates("plain", 0, "plain"));
    printf("1..%d\n# CHECKS %d %d 0\n", checks, checks, failures);
    return failures;
}
