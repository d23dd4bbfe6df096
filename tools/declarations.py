"""Reads the C-like declarations of *.exports files and syscalls.list.

Grammar, one declaration a line ('\\' at the end continues it, '#' starts a comment):

    convention cdecl|stdcall               default of the file, stdcall unless said
    RETURN NAME(TYPE name, ...) [= SYMBOL] exported as NAME, implemented by SYMBOL (default NAME)
    NAME -> DLL.TARGET                     forwarded
    data NAME [= SYMBOL]                   exported variable
    syscalls FILE                          every system call of FILE, as Nt* and (of table 0) Zw*
    table N                                in a list of system calls: numbers start at N * 0x1000; 0 unless said

and before any of them, in brackets: [@12] ordinal, [noname], [cdecl], [stdcall], [fastcall],
[x86_64], [i386] (only there).
"""
import os
import re

# Types that take eight bytes of an i386 argument list; everything else that is passed takes four.
EIGHT = {
    "LONGLONG", "ULONGLONG", "LARGE_INTEGER", "ULARGE_INTEGER", "DWORD64", "ULONG64", "LONG64", "INT64",
    "UINT64", "DWORDLONG", "__int64", "long long", "unsigned long long", "unsigned __int64", "double",
    "DOUBLE", "DATE", "FILETIME", "POINT", "POINTL", "SIZE", "CY", "int64_t", "uint64_t", "__time64_t",
    "LUID", "REGHANDLE", "TRACEHANDLE", "fpos_t", "lldiv_t", "KAFFINITY64", "_Dcomplex_part",
}
SIXTEEN = {"VARIANT", "GUID", "IID", "CLSID", "RECT", "DECIMAL"}


class Declaration:
    """One export: name, symbol, returns, args [(type, name)], varargs, convention, ordinal, archs…"""

    def __init__(self):
        self.name = self.symbol = self.returns = self.forward = self.ordinal = None
        self.args = []
        self.varargs = self.data = self.noname = False
        self.convention = "stdcall"
        self.archs = ("x86_64", "i386")

    def stack_bytes(self):
        """Bytes of arguments on an i386 stack."""
        return sum(argument_bytes(type_) for type_, _ in self.args)

    def i386_symbol(self, symbol):
        """The decorated symbol without its leading underscore."""
        if self.data or self.convention == "cdecl" or self.varargs:
            return symbol
        if self.convention == "fastcall":
            return "@%s@%d" % (symbol, self.stack_bytes())
        return "%s@%d" % (symbol, self.stack_bytes())


def argument_bytes(type_):
    if "*" in type_ or "[" in type_:
        return 4
    base = re.sub(r"\b(const|volatile|struct|enum|IN|OUT)\b", "", type_).strip()
    base = re.sub(r"\s+", " ", base)
    return 8 if base in EIGHT else 16 if base in SIXTEEN else 4


def fail(path, number, text):
    raise SystemExit("%s:%d: %s" % (path, number, text))


def parse_argument(text, path, number):
    text = text.strip()
    match = re.match(r"^(.*?[\s*])([A-Za-z_]\w*)(\[\w*\])?$", text)
    if match and match.group(1).strip() not in ("const", "unsigned", "struct", "signed", "long", "long long"):
        return match.group(1).strip() + ("*" if match.group(3) else ""), match.group(2)
    if re.match(r"^[\w\s*]+$", text):
        return text, ""
    fail(path, number, "argument not understood: '%s' (name function pointers by a typedef)" % text)


def read(path):
    """All declarations of the file, in order."""
    result, default, pending = [], "stdcall", ""
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        if line.endswith("\\"):
            pending += line[:-1] + " "
            continue
        line, pending = pending + line, ""
        if not line:
            continue
        words = line.split()
        if words[0] == "convention":
            default = words[1]
            continue
        if words[0] == "table":
            continue
        if words[0] == "syscalls":
            calls = os.path.join(os.path.dirname(path), words[1])
            for call in read(calls):
                for prefix in ("Nt", "Zw") if table(calls) == 0 else ("Nt",):
                    copy = Declaration()
                    copy.__dict__.update(call.__dict__)
                    copy.name = copy.symbol = prefix + call.name[2:]
                    result.append(copy)
            continue
        declaration = Declaration()
        declaration.convention = default
        while line.startswith("["):
            option, line = re.match(r"^\[([^\]]*)\]\s*(.*)$", line).groups()
            if option.startswith("@"):
                declaration.ordinal = int(option[1:])
            elif option == "noname":
                declaration.noname = True
            elif option in ("cdecl", "stdcall", "fastcall"):
                declaration.convention = option
            elif option in ("x86_64", "i386"):
                declaration.archs = (option,)
            else:
                fail(path, number, "unknown option [%s]" % option)
        forward = re.match(r"^(\S+)\s*->\s*(\S+)$", line)
        data = re.match(r"^data\s+(\S+)(?:\s*=\s*(\S+))?$", line)
        function = re.match(r"^(.*?[\s*])([A-Za-z_?@$][\w?@$]*)\s*\((.*)\)\s*(?:=\s*(\S+))?$", line)
        if forward:
            declaration.name, declaration.forward = forward.groups()
        elif data:
            declaration.name, declaration.data = data.group(1), True
            declaration.symbol = data.group(2) or data.group(1)
        elif function:
            declaration.returns, declaration.name = function.group(1).strip(), function.group(2)
            declaration.symbol = function.group(4) or declaration.name
            arguments = function.group(3).strip()
            if arguments not in ("", "void", "VOID"):
                for part in arguments.split(","):
                    if part.strip() == "...":
                        declaration.varargs = True
                    else:
                        declaration.args.append(parse_argument(part, path, number))
        else:
            fail(path, number, "not a declaration: %s" % line)
        result.append(declaration)
    seen = {}
    for declaration in result:
        for arch in declaration.archs:
            if (declaration.name, arch) in seen:
                raise SystemExit("%s: %s is exported twice" % (path, declaration.name))
            seen[declaration.name, arch] = True
    return result


def table(path):
    """Which table of system calls a list describes."""
    match = re.search(r"^table\s+(\d+)$", open(path, encoding="utf-8").read(), re.M)
    return int(match.group(1)) if match else 0


def prototypes(items, headers):
    """C prototypes of `items` for Windows code, as text, without those that one of the `headers` declares."""
    declared = set()
    for header in headers:
        text = open(header, encoding="utf-8", errors="replace").read()
        declared |= set(re.findall(r"\b((?:Nt|Rtl|Ldr|Csr|Dbg|Ver|Tp|Etw)\w+)\s*\(", text))
    lines = []
    for item in items:
        if item.forward or item.data or item.name in declared or not item.name[0].isupper():
            continue
        args = ["%s%s%s" % (type_, "" if type_.endswith("*") else " ", name) for type_, name in item.args]
        if item.varargs:
            args.append("...")
        convention = {"stdcall": "NTAPI", "cdecl": "__cdecl", "fastcall": "__fastcall"}[
            "cdecl" if item.varargs else item.convention]
        line = "NTSYSAPI %s%s%s %s(%s);" % (item.returns, " " if not item.returns.endswith("*") else "", convention,
                                           item.name, ", ".join(args) or "void")
        if len(item.archs) == 1:
            line = "#if%sdef _WIN64\n%s\n#endif" % ("" if item.archs[0] == "x86_64" else "n", line)
        lines.append(line)
    return "\n".join(lines)
