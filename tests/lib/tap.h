/* Self-checking Windows test programs that print TAP.
 *
 *     #include "tap.h"
 *     START_TESTS
 *     {
 *         ok(SetEvent(event), "SetEvent failed: %lu", GetLastError());
 *         skip(3, "no display");      // three checks not made, and why
 *     }
 *
 * Every check prints a line only when it fails or is skipped; the end prints the count. Formats: %d %u %x %lu %lx %p
 * %s %S (wide) %c %llu %llx %lld %zu, with width and 0. Programs link kernel32 and what their folder names, no C
 * runtime (except the runtime's own tests).
 */
#ifndef TAP_H
#define TAP_H

#ifndef WIN32_NO_STATUS
#define WIN32_NO_STATUS
#endif
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>

void tap_check(int condition, const char *file, int line, const char *format, ...);
void tap_skip(int count, const char *format, ...);
void tap_note(const char *format, ...);
int tap_format(char *buffer, int size, const char *format, ...);

#define ok(condition, ...) tap_check(!!(condition), __FILE__, __LINE__, __VA_ARGS__)
#define skip(count, ...) tap_skip(count, __VA_ARGS__)
#define note(...) tap_note(__VA_ARGS__)

/* The program's arguments, split by blanks, quotes removed; for tests that start themselves as a child. */
extern int tap_argc;
extern char *tap_argv[16];

void run_tests(void);
#define START_TESTS void run_tests(void)

#endif
