/* What the C++ library's templates throw through functions. Reference: cpp-docs: "system_error class", "<stdexcept>". */
#include "errors.h"

__declspec(noreturn) void abort(void);

CXX_CLASS(exception_)
CXX_CLASS(bad_exception)
CXX_CLASS(bad_function_call)
CXX_CLASS(logic_error)
CXX_CLASS(length_error)
CXX_CLASS(out_of_range)
CXX_CLASS(invalid_argument)
CXX_CLASS(runtime_error)

struct regex_error {
    struct cxx_object base;
    int code;
};

struct system_error {
    struct cxx_object base;
    int code;
    const struct error_category *category;
};

/* The members beyond std::exception's are copied too. */
#define WIDER_CLASS(name, type)                                                             \
    extern const void *const vtable_##name[];                                               \
    extern const struct cxx_throw_info throw_##name;                                        \
    MEMBER void destroy_##name(struct cxx_object *object)                                   \
    {                                                                                       \
        cxx_object_destroy(object);                                                         \
    }                                                                                       \
    MEMBER type *copy_##name(type *object, const type *from)                                \
    {                                                                                       \
        *object = *from;                                                                    \
        cxx_object_copy(&object->base, &from->base);                                        \
        object->base.vtable = vtable_##name;                                                \
        return object;                                                                      \
    }                                                                                       \
    MEMBER void *delete_##name(struct cxx_object *object, unsigned flags)                   \
    {                                                                                       \
        return cxx_object_delete(object, flags & ~2u);                                      \
    }                                                                                       \
    MEMBER const char *what_##name(const struct cxx_object *object)                         \
    {                                                                                       \
        return cxx_object_what(object);                                                     \
    }
WIDER_CLASS(regex_error, struct regex_error)
WIDER_CLASS(system_error_, struct system_error)
WIDER_CLASS(system_error, struct system_error)

#define THROW(name, text)                                                                   \
    do {                                                                                    \
        struct cxx_object object;                                                           \
        cxx_object_set(&object, vtable_##name, text);                                       \
        _CxxThrowException(&object, &throw_##name);                                         \
    } while (0)

DECLSPEC_NORETURN void Xbad_alloc(void)
{
    cxx_throw_bad_alloc();
}

DECLSPEC_NORETURN void Xbad_function_call(void)
{
    THROW(bad_function_call, "bad function call");
}

DECLSPEC_NORETURN void Xlength_error(const char *text)
{
    THROW(length_error, text);
}

DECLSPEC_NORETURN void Xout_of_range(const char *text)
{
    THROW(out_of_range, text);
}

DECLSPEC_NORETURN void Xinvalid_argument(const char *text)
{
    THROW(invalid_argument, text);
}

DECLSPEC_NORETURN void Xruntime_error(const char *text)
{
    THROW(runtime_error, text);
}

/* code: std::regex_constants::error_type. */
DECLSPEC_NORETURN void Xregex_error(int code)
{
    static const char *const texts[] = {
        "regex_error",
        "regex_error(error_collate): The expression contained an invalid collating element name.",
        "regex_error(error_ctype): The expression contained an invalid character class name.",
        "regex_error(error_escape): The expression contained an invalid escaped character, or a trailing escape.",
        "regex_error(error_backref): The expression contained an invalid back reference.",
        "regex_error(error_brack): The expression contained mismatched [ and ].",
        "regex_error(error_paren): The expression contained mismatched ( and ).",
        "regex_error(error_brace): The expression contained mismatched { and }.",
        "regex_error(error_badbrace): The expression contained an invalid range in a { expression }.",
        "regex_error(error_range): The expression contained an invalid character range, such as [b-a] in most encodings.",
        "regex_error(error_space): There was insufficient memory to convert the expression into a finite state machine.",
        "regex_error(error_badrepeat): One of *?+{ was not preceded by a valid regular expression.",
        "regex_error(error_complexity): The complexity of an attempted match against a regular expression exceeded a "
        "pre-set level.",
        "regex_error(error_stack): There was insufficient memory to determine whether the regular expression could match "
        "the specified character sequence.",
        "regex_error(error_parse)",
        "regex_error(error_syntax)",
    };
    struct regex_error object = { .code = code };

    cxx_object_set(&object.base, vtable_regex_error,
                   (unsigned)(code - 1) < sizeof(texts) / sizeof(*texts) - 1 ? texts[code] : texts[0]);
    _CxxThrowException(&object, &throw_regex_error);
}

/* What is thrown: system_error of the generic category, "text: message of the code". */
DECLSPEC_NORETURN static void throw_generic(int code, const char *text)
{
    struct system_error object = { .code = code, .category = &generic_category };
    const char *message = message_of_errno(code);
    char whole[256];
    size_t length = strlen(text), more = strlen(message);

    memcpy(whole, text, length);
    memcpy(whole + length, ": ", 2);
    memcpy(whole + length + 2, message, more + 1);
    cxx_object_set(&object.base, vtable_system_error, whole);
    _CxxThrowException(&object, &throw_system_error);
}

/* number: of the thread library's list of errors. */
DECLSPEC_NORETURN void Throw_Cpp_error(int number)
{
    static const struct {
        int code; /* errno.h */
        const char *text;
    } errors[] = {
        { 16, "device or resource busy" }, { 22, "invalid argument" },        { 3, "no such process" },
        { 12, "not enough memory" },       { 1, "operation not permitted" },  { 36, "resource deadlock would occur" },
        { 11, "resource unavailable try again" },
    };

    if ((unsigned)number >= sizeof(errors) / sizeof(*errors)) abort();
    throw_generic(errors[number].code, errors[number].text);
}

/* result: of a thread function, THREAD_*; ends the process for a success. */
DECLSPEC_NORETURN void Throw_C_error(int result)
{
    switch (result) {
    case 1: /* no memory */
    case 2: Throw_Cpp_error(6); /* timed out */
    case 3: Throw_Cpp_error(0); /* busy */
    case 4: Throw_Cpp_error(1); /* error */
    }
    abort();
}
