/* The native API for Windows code: every Nt call and every export of ntdll.dll with its types. Prototypes are made
 * from include/ferry/syscalls.list and dlls/ntdll/ntdll.exports; what mingw-w64's winternl.h and winnt.h declare is
 * taken from there.
 */
#ifndef FERRY_NTAPI_H
#define FERRY_NTAPI_H

#include "ferry/nt.h"
#include "ferry/rtl_types.h"
#include "ferry/syscall_prototypes.h"
struct in_addr;  /* inaddr.h, in6addr.h */
struct in6_addr;
#include "ferry/ntdll_prototypes.h"

#endif
