/* Table 1 of the system calls: windows and drawing. */
#include "ferry/win32u_table.h"
#include "dispatch.h"

#define ENTRY(number, name, arguments) [number] = { sys_##name, arguments, 0 },
static const struct syscall_entry entries[] = { FERRY_WIN32U_TABLE(ENTRY) };

extern const wow_call ferry_win32u_wow_table[];

__attribute__((visibility("default"))) const struct win32u_library win32u_library = { entries, FERRY_WIN32U_COUNT,
                                                                                            ferry_win32u_wow_table };
