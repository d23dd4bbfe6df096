/* Messages of error codes and the generic category. Reference: cpp-docs: "<system_error>"; the messages are those of
 * std::errc's names. */
#include "errors.h"

void *malloc(size_t size);

static const struct {
    int code; /* errno.h of the UCRT */
    const char *text;
} messages[] = {
    { 1, "operation not permitted" },
    { 2, "no such file or directory" },
    { 3, "no such process" },
    { 4, "interrupted" },
    { 5, "io error" },
    { 6, "no such device or address" },
    { 7, "argument list too long" },
    { 8, "executable format error" },
    { 9, "bad file descriptor" },
    { 10, "no child process" },
    { 11, "resource unavailable try again" },
    { 12, "not enough memory" },
    { 13, "permission denied" },
    { 14, "bad address" },
    { 16, "device or resource busy" },
    { 17, "file exists" },
    { 18, "cross device link" },
    { 19, "no such device" },
    { 20, "not a directory" },
    { 21, "is a directory" },
    { 22, "invalid argument" },
    { 23, "too many files open in system" },
    { 24, "too many files open" },
    { 25, "inappropriate io control operation" },
    { 27, "file too large" },
    { 28, "no space on device" },
    { 29, "invalid seek" },
    { 30, "read only file system" },
    { 31, "too many links" },
    { 32, "broken pipe" },
    { 33, "argument out of domain" },
    { 34, "result out of range" },
    { 36, "resource deadlock would occur" },
    { 38, "filename too long" },
    { 39, "no lock available" },
    { 40, "function not supported" },
    { 41, "directory not empty" },
    { 42, "illegal byte sequence" },
    { 100, "address in use" },
    { 101, "address not available" },
    { 102, "address family not supported" },
    { 103, "connection already in progress" },
    { 104, "bad message" },
    { 105, "operation canceled" },
    { 106, "connection aborted" },
    { 107, "connection refused" },
    { 108, "connection reset" },
    { 109, "destination address required" },
    { 110, "host unreachable" },
    { 111, "identifier removed" },
    { 112, "operation in progress" },
    { 113, "already connected" },
    { 114, "too many symbolic link levels" },
    { 115, "message size" },
    { 116, "network down" },
    { 117, "network reset" },
    { 118, "network unreachable" },
    { 119, "no buffer space" },
    { 120, "no message available" },
    { 121, "no link" },
    { 122, "no message" },
    { 123, "no protocol option" },
    { 124, "no stream resources" },
    { 125, "not a stream" },
    { 126, "not connected" },
    { 127, "state not recoverable" },
    { 128, "not a socket" },
    { 129, "not supported" },
    { 130, "operation not supported" },
    { 132, "value too large" },
    { 133, "owner dead" },
    { 134, "protocol error" },
    { 135, "protocol not supported" },
    { 136, "wrong protocol type" },
    { 137, "stream timeout" },
    { 138, "timed out" },
    { 139, "text file busy" },
    { 140, "operation would block" },
};

const char *message_of_errno(int code)
{
    for (unsigned i = 0; i < sizeof(messages) / sizeof(*messages); i++)
        if (messages[i].code == code) return messages[i].text;
    return "unknown error";
}

/* Windows error codes that have an errno value in <system_error>; 0: none. */
int Winerror_map(int code)
{
    static const struct {
        short windows, number;
    } map[] = {
        { ERROR_ACCESS_DENIED, 13 },       { ERROR_ALREADY_EXISTS, 17 },      { ERROR_BAD_UNIT, 19 },
        { ERROR_BUFFER_OVERFLOW, 38 },     { ERROR_BUSY, 16 },                { ERROR_BUSY_DRIVE, 16 },
        { ERROR_CANNOT_MAKE, 13 },         { ERROR_CANTOPEN, 5 },             { ERROR_CANTREAD, 5 },
        { ERROR_CANTWRITE, 5 },            { ERROR_CURRENT_DIRECTORY, 13 },   { ERROR_DEV_NOT_EXIST, 19 },
        { ERROR_DEVICE_IN_USE, 16 },       { ERROR_DIR_NOT_EMPTY, 41 },       { ERROR_DIRECTORY, 22 },
        { ERROR_DISK_FULL, 28 },           { ERROR_FILE_EXISTS, 17 },         { ERROR_FILE_NOT_FOUND, 2 },
        { ERROR_HANDLE_DISK_FULL, 28 },    { ERROR_INVALID_ACCESS, 13 },      { ERROR_INVALID_DRIVE, 19 },
        { ERROR_INVALID_FUNCTION, 40 },    { ERROR_INVALID_HANDLE, 22 },      { ERROR_INVALID_NAME, 22 },
        { ERROR_LOCK_VIOLATION, 39 },      { ERROR_LOCKED, 39 },              { ERROR_NEGATIVE_SEEK, 22 },
        { ERROR_NOACCESS, 13 },            { ERROR_NOT_ENOUGH_MEMORY, 12 },   { ERROR_NOT_READY, 11 },
        { ERROR_NOT_SAME_DEVICE, 18 },     { ERROR_OPEN_FAILED, 5 },          { ERROR_OPEN_FILES, 16 },
        { ERROR_OPERATION_ABORTED, 105 },  { ERROR_OUTOFMEMORY, 12 },         { ERROR_PATH_NOT_FOUND, 2 },
        { ERROR_READ_FAULT, 5 },           { ERROR_RETRY, 11 },               { ERROR_SEEK, 5 },
        { ERROR_SHARING_VIOLATION, 13 },   { ERROR_TOO_MANY_OPEN_FILES, 24 }, { ERROR_WRITE_FAULT, 5 },
        { ERROR_WRITE_PROTECT, 13 },       { ERROR_BAD_NETPATH, 2 },          { ERROR_INVALID_PARAMETER, 22 },
    };

    for (unsigned i = 0; i < sizeof(map) / sizeof(*map); i++)
        if (map[i].windows == code) return map[i].number;
    return 0;
}

/* ---- the generic category ---- */

struct string { /* std::string */
    union {
        char text[16];
        char *pointer;
    };
    size_t length, room;
};

struct error_code {
    int value;
    const struct error_category *category;
};

MEMBER void *category_delete(struct error_category *category, unsigned flags)
{
    return category; /* lives as long as the module */
}

MEMBER const char *category_name(const struct error_category *category)
{
    return "generic";
}

MEMBER struct string *category_message(const struct error_category *category, struct string *result, int code)
{
    const char *message = message_of_errno(code);
    size_t length = strlen(message);
    char *text = result->text;

    if (length > 15) {
        text = malloc(length + 1);
        if (!text) cxx_throw_bad_alloc();
        result->pointer = text;
    }
    memcpy(text, message, length + 1);
    result->length = length;
    result->room = length > 15 ? length : 15;
    return result;
}

MEMBER struct error_code *category_default_condition(const struct error_category *category, struct error_code *result, int code)
{
    *result = (struct error_code){ code, category };
    return result;
}

/* Is the condition that of this category's `code`? */
MEMBER BOOLEAN category_equivalent_code(const struct error_category *category, int code, const struct error_code *condition)
{
    return condition->category->address == category->address && condition->value == code;
}

MEMBER BOOLEAN category_equivalent_condition(const struct error_category *category, const struct error_code *code, int condition)
{
    return code->category->address == category->address && code->value == condition;
}

/* The two overloads stand in the order in which MSVC lays them out: the later declared first. */
static const void *const category_vtable[] = { category_delete, category_name, category_message,
                                               category_default_condition, category_equivalent_condition,
                                               category_equivalent_code };
const struct error_category generic_category = { category_vtable, 3 };
