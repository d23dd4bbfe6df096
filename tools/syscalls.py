#!/usr/bin/env python3
"""Makes both sides of the border from include/ferry/syscalls.list.

    syscalls.py host LIST          the host's prototypes and table (ferry/syscall_table.h)
    syscalls.py stubs-x86_64 LIST  the Windows side's entry points, assembly
    syscalls.py stubs-i386 LIST
    syscalls.py pe LIST HEADERS... prototypes for Windows code, but for those that HEADERS declare
"""
import sys

import declarations


def host(calls):
    print("/* Made by tools/syscalls.py. FERRY_SYSCALL_TABLE names every call: number, name, arguments. */")
    print("#ifndef FERRY_SYSCALL_TABLE_H\n#define FERRY_SYSCALL_TABLE_H\n")
    print("#ifndef __ASSEMBLER__\n#include \"ferry/nt.h\"")
    for call in calls:
        args = ", ".join("%s %s" % arg for arg in call.args) or "void"
        print("%s sys_%s(%s);" % (call.returns, call.name, args))
    print("#endif")
    print("\n#define FERRY_SYSCALL_COUNT %d" % len(calls))
    print("#define FERRY_SYSCALL_TABLE(X) \\")
    for number, call in enumerate(calls):
        print("    X(%d, %s, %d) \\" % (number, call.name, len(call.args)))
    print("\n#endif")


def stubs(calls, arch):
    print("/* Made by tools/syscalls.py. */\n    .text")
    for number, call in enumerate(calls):
        names = (call.name, "Zw" + call.name[2:])
        print("    .balign 16")
        if arch == "x86_64":
            for name in names:
                print("    .globl %s\n%s:" % (name, name))
            print("    mov %%rcx, %%r10\n    mov $%d, %%eax\n    jmp *ferry_syscall_dispatcher(%%rip)" % number)
        else:
            size = call.stack_bytes()
            for name in names:
                print("    .globl _%s@%d\n_%s@%d:" % (name, size, name, size))
            print("    mov $%d, %%eax\n    call *%%fs:0xc0\n    ret $%d" % (number, size))


def main():
    calls = declarations.read(sys.argv[2])
    if sys.argv[1] == "host":
        host(calls)
    elif sys.argv[1] == "pe":
        print("/* Made by tools/syscalls.py. */\n#pragma once\n" + declarations.prototypes(calls, sys.argv[3:]))
    else:
        stubs(calls, sys.argv[1].split("-")[1])


if __name__ == "__main__":
    main()
