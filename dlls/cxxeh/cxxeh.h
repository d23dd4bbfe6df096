/* C++ exceptions of MSVC's ABI, shared by vcruntime140.dll and msvcrt.dll.
 *
 * The compiler's tables have no official page; they are known from what compilers emit (clang -target
 * x86_64-windows-msvc -S shows every field).
 */
#ifndef CXXEH_H
#define CXXEH_H

#include "ferry/ntapi.h"

#define CXX_EXCEPTION 0xe06d7363u /* 'msc' | 0xe0000000 */
#define CXX_MAGIC 0x19930520u
#define CXX_MAGIC_LAST 0x19930522u

/* Where a thread stands with C++ exceptions; zeroed for a new thread. */
struct cxx_thread {
    EXCEPTION_RECORD *exception; /* being handled by the newest catch block, NULL outside of one */
    CONTEXT *context;
    int uncaught;           /* thrown, not yet caught */
    struct cxx_catch *catches; /* catch blocks being run, newest first */
    ULONG_PTR left_frame;   /* during an unwind: the frame whose catch block was left last, 0: none, … */
    int left_state;         /* … and its state */
    void(__cdecl *translator)(unsigned code, EXCEPTION_POINTERS *pointers); /* _set_se_translator */
};

/* Each DLL that shares this code keeps the state in its own way. */
struct cxx_thread *cxx_thread(void);
DECLSPEC_NORETURN void cxx_terminate(void);

struct cxx_throw_info;
DECLSPEC_NORETURN void WINAPI _CxxThrowException(void *object, const struct cxx_throw_info *info);

#endif
