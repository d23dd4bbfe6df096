#!/usr/bin/env python3
"""Makes both sides of the border from include/ferry/syscalls.list (table 0) and win32u.list (table 1).

    syscalls.py host LIST          the host's prototypes and table (ferry/syscall_table.h)
    syscalls.py stubs-x86_64 LIST  the Windows side's entry points, assembly
    syscalls.py stubs-i386 LIST
    syscalls.py wow LIST SOURCES... the host's functions that 32-bit code enters, each from its arguments on a 32-bit
                                   stack; where one of SOURCES defines wow_NtX, that is called instead of sys_NtX
    syscalls.py pe LIST HEADERS... prototypes for Windows code, but for those that HEADERS declare
"""
import re
import sys

import declarations


# What the generated names of a table begin with.
PREFIX = ("FERRY_SYSCALL", "FERRY_WIN32U")


def host(calls, table):
    prefix = PREFIX[table]
    print("/* Made by tools/syscalls.py. %s_TABLE names every call: index, name, arguments. */" % prefix)
    print("#ifndef %s_TABLE_H\n#define %s_TABLE_H\n" % (prefix, prefix))
    print("#ifndef __ASSEMBLER__\n#include \"ferry/nt.h\"")
    if table == 1:
        print("#include \"ferry/win32u.h\"")
    for call in calls:
        args = ", ".join("%s %s" % arg for arg in call.args) or "void"
        print("%s sys_%s(%s);" % (call.returns, call.name, args))
    print("#endif")
    print("\n#define %s_COUNT %d" % (prefix, len(calls)))
    print("#define %s_TABLE(X) \\" % prefix)
    for number, call in enumerate(calls):
        print("    X(%d, %s, %d) \\" % (number, call.name, len(call.args)))
    print("\n#endif")


def stubs(calls, table, arch):
    print("/* Made by tools/syscalls.py. */\n    .text")
    for index, call in enumerate(calls):
        number = table * 0x1000 + index
        names = (call.name, "Zw" + call.name[2:]) if table == 0 else (call.name,)
        print("    .balign 16")
        if arch == "x86_64":
            for name in names:
                print("    .globl %s\n%s:" % (name, name))
            print("    mov %%rcx, %%r10\n    mov $%d, %%eax" % number)
            if table == 0:
                print("    jmp *ferry_syscall_dispatcher(%rip)")
            else: # the variable is ntdll's
                print("    mov __imp_ferry_syscall_dispatcher(%rip), %r11\n    jmp *(%r11)")
        else:
            size = call.stack_bytes()
            for name in names:
                print("    .globl _%s@%d\n_%s@%d:" % (name, size, name, size))
            print("    mov $%d, %%eax\n    call *%%fs:0xc0\n    ret $%d" % (number, size))


# Pointers of these types are to values that are wider on the host: converted through a local one.
WIDE_POINTERS = {"HANDLE*": "int32_t", "void**": "uint32_t", "SIZE_T*": "uint32_t", "ULONG_PTR*": "uint32_t",
                 "LONG_PTR*": "int32_t", "HWND*": "int32_t", "HDC*": "int32_t", "HRGN*": "int32_t"}
HANDLE_TYPE = re.compile(r"^H[A-Z]+$")


def wow_call(call, overridden):
    """The C function that takes the arguments of `call` from a 32-bit stack."""
    before, after, arguments, at = [], [], [], 0
    places = {}
    for number, (type_, name) in enumerate(call.args):
        plain = re.sub(r"\bconst\b", "", type_).replace(" ", "")
        word, local = "a[%d]" % at, "v%d" % number
        places[name] = word
        at += declarations.argument_bytes(type_) // 4
        if plain == "HANDLE*" and name == "Handles":
            before.append("HANDLE *%s = wow_handles(%s, %s);" % (local, word, places["Count"]))
            arguments.append(local)
        elif plain in WIDE_POINTERS and not (plain == "void**" and name.endswith("Array")):
            narrow = WIDE_POINTERS[plain]
            before.append("%s *p%d = WOW_POINTER(%s);" % (narrow, number, word))
            before.append("%s %s = p%d ? (%s)(intptr_t)*p%d : 0;" %
                          (plain[:-1], local, number, plain[:-1], number))
            before.append("%s b%d = %s;" % (plain[:-1], number, local))
            after.append("if (p%d && %s != b%d) *p%d = (%s)(intptr_t)%s;" % (number, local, number, number, narrow, local))
            arguments.append("p%d ? &%s : NULL" % (number, local))
        elif plain == "OBJECT_ATTRIBUTES*":
            before.append("struct wow_attributes %s;" % local)
            arguments.append("wow_attributes(&%s, %s)" % (local, word))
        elif plain == "UNICODE_STRING*":
            before.append("UNICODE_STRING %s;" % local)
            arguments.append("wow_string(&%s, %s)" % (local, word))
            after.append("wow_string_back(&%s, %s);" % (local, word))
        elif plain == "CLIENT_ID*":
            before.append("CLIENT_ID %s;" % local)
            arguments.append("wow_client_id(&%s, %s)" % (local, word))
        elif "*" in plain or plain.startswith("LP") or plain.startswith("PC"):
            arguments.append("WOW_POINTER(%s)" % word)
        elif HANDLE_TYPE.match(plain):
            arguments.append("WOW_HANDLE(%s)" % word)
        elif plain in ("LONG_PTR", "INT_PTR", "LPARAM", "LRESULT"):
            arguments.append("(%s)(int32_t)%s" % (type_, word))
        elif declarations.argument_bytes(type_) == 8:
            arguments.append("WOW_EIGHT(%s, &%s)" % (type_, word))
        else:
            arguments.append("(%s)%s" % (type_, word))
    function = "%s_%s" % ("wow" if call.name in overridden else "sys", call.name)
    lines = ["static uint64_t t_%s(const uint32_t *a)" % call.name, "{"]
    lines += ["    " + line for line in before]
    expression = "%s(%s)" % (function, ", ".join(arguments))
    if call.returns in ("void", "VOID"):
        lines += ["    %s;" % expression] + ["    " + line for line in after] + ["    return 0;"]
    elif after:
        lines += ["    %s result = %s;" % (call.returns, expression)] + ["    " + line for line in after]
        lines += ["    return (uint64_t)result;"]
    else:
        lines += ["    return (uint64_t)%s;" % expression]
    return "\n".join(lines + ["}"])


def wow(calls, table, sources):
    overridden = set()
    for source in sources:
        overridden |= set(re.findall(r"\bwow_(Nt\w+)\(", open(source, encoding="utf-8").read()))
    print("/* Made by tools/syscalls.py. */\n#include \"ferry/%s_table.h\"\n#include \"wow.h\"\n" %
          ("syscall", "win32u")[table])
    for call in calls:
        if call.name in overridden:
            args = ", ".join("%s %s" % arg for arg in call.args) or "void"
            print("%s wow_%s(%s);" % (call.returns, call.name, args))
    for call in calls:
        print(wow_call(call, overridden))
    print("\n__attribute__((visibility(\"hidden\"))) const wow_call ferry_%s_wow_table[%d] = {" %
          (("syscall", "win32u")[table], len(calls)))
    for call in calls:
        print("    t_%s," % call.name)
    print("};")


def main():
    calls, table = declarations.read(sys.argv[2]), declarations.table(sys.argv[2])
    if sys.argv[1] == "host":
        host(calls, table)
    elif sys.argv[1] == "wow":
        wow(calls, table, sys.argv[3:])
    elif sys.argv[1] == "pe":
        print("/* Made by tools/syscalls.py. */\n#pragma once\n" + declarations.prototypes(calls, sys.argv[3:]))
    else:
        stubs(calls, table, sys.argv[1].split("-")[1])


if __name__ == "__main__":
    main()
