#!/usr/bin/env python3
"""The structures of 32-bit programs for the 64-bit host, from the one definition that both sides share.

    layouts32.py LIST PREPROCESSED   prints C: for each NAME of LIST a NAME_32 with the layout that 32-bit code sees,
                                     NAME_to32(to, from) and NAME_from32(to, from)

PREPROCESSED are the headers as the i386 compiler sees them. Pointers and pointer-sized integers become 32 bits wide;
handles are signed there, so that they extend as Windows extends them. Types without such fields are the same on both
sides and keep their name. Of a union only its first member is converted.
"""
import re
import sys

TOKEN = re.compile(r"[A-Za-z_]\w*|\d\w*|[{}\[\]();,*:]|\S")
POINTER_SIZED = {"ULONG_PTR", "LONG_PTR", "UINT_PTR", "INT_PTR", "SIZE_T", "SSIZE_T", "DWORD_PTR", "KAFFINITY",
                 "size_t", "uintptr_t", "intptr_t"}


class Field:
    def __init__(self, type_, stars, name, dims, body):
        self.type, self.stars, self.name, self.dims, self.body = type_, stars, name, dims, body


class Body:
    def __init__(self, union, fields):
        self.union, self.fields = union, fields


class Headers:
    def __init__(self, text):
        text = re.sub(r"__attribute__\s*\(\((?:[^()]|\([^()]*\))*\)\)", " ", text)
        self.text = re.sub(r"\b__extension__\b|\b__MINGW_EXTENSION\b", " ", text)
        self.cache = {}
        self.simple = {}
        for base, names in re.findall(r"\btypedef\s+([\w\s]+?\s*(?:\*\s*)?\b\w+(?:\s*,\s*\*?\s*\w+)*)\s*;()", self.text):
            match = re.match(r"^((?:const\s+)?(?:(?:unsigned|signed|struct|union|enum|long|short)\s+)*\w+)\s*(.*)$", base)
            if not match:
                continue
            for part in match.group(2).split(","):
                part = part.strip()
                stars = part.count("*")
                name = part.replace("*", "").strip()
                if name:
                    self.simple.setdefault(name, (match.group(1).strip(), stars))

    def body(self, name):
        """The Body of a struct or union type, or None."""
        if name not in self.cache:
            self.cache[name] = self.find(name)
        return self.cache[name]

    def find(self, name):
        tag = re.sub(r"^(struct|union)\s+", "", name)
        for word in (tag, "_" + tag):
            match = re.search(r"\b(struct|union)\s+%s\s*\{" % word, self.text)
            if match:
                return self.parse(match.end(), match.group(1) == "union")[0]
        match = re.search(r"\}\s*%s\s*[,;]" % tag, self.text)
        if match: # typedef struct { … } NAME;
            depth, at = 0, match.start()
            while True:
                depth += {"}": 1, "{": -1}.get(self.text[at], 0)
                if not depth:
                    break
                at -= 1
            kind = re.search(r"\b(struct|union)\s*\w*\s*$", self.text[max(0, at - 200):at])
            if kind:
                return self.parse(at + 1, kind.group(1) == "union")[0]
        if tag in self.simple and not self.simple[tag][1] and self.simple[tag][0] != name:
            return self.body(self.simple[tag][0])
        return None

    def parse(self, at, union):
        """The fields from behind the brace at `at` on; (Body, end)."""
        fields = []
        while True:
            match = re.compile(r"\s*").match(self.text, at)
            at = match.end()
            if self.text[at] == "}":
                return Body(union, fields), at + 1
            nested = re.compile(r"(struct|union)\s*\w*\s*\{").match(self.text, at)
            body = None
            if nested:
                body, at = self.parse(nested.end(), nested.group(1) == "union")
            end = self.text.index(";", at)
            declaration = self.text[at:end]
            at = end + 1
            if nested:
                if not declaration.strip():
                    fields.append(Field(None, 0, None, [], body))
                for part in declaration.split(","):
                    if part.strip():
                        fields.append(self.declarator(None, part, body))
                continue
            if "(" in declaration: # a function pointer
                name = re.search(r"\*\s*(\w+)\s*\)", declaration)
                fields.append(Field("void", 1, name.group(1), [], None))
                continue
            match = re.match(r"^\s*((?:const\s+|volatile\s+)*(?:(?:unsigned|signed|struct|union|enum|long|short)\s+)*\w+)"
                             r"(?:\s+const)?(.*)$", declaration, re.S)
            for part in match.group(2).split(","):
                fields.append(self.declarator(re.sub(r"\b(const|volatile)\s+", "", match.group(1)).strip(), part, None))

    @staticmethod
    def declarator(type_, part, body):
        bits = re.search(r":\s*(\d+)", part)
        dims = re.findall(r"\[([^\]]*)\]", part)
        name = re.search(r"([A-Za-z_]\w*)\s*(?:\[|:|$)", part.strip())
        field = Field(type_, part.count("*"), name.group(1) if name else None, dims, body)
        field.bits = bits.group(1) if bits else None
        return field

    def kind(self, field):
        """handle, pointer, neutral or struct."""
        if field.body:
            return "neutral" if self.neutral(field.body) else "struct"
        if field.stars:
            return "pointer"
        name, seen = field.type, 0
        while seen < 12:
            if name in ("HANDLE", "HWND", "HKEY", "HMODULE", "HINSTANCE"):
                return "handle"
            if name in POINTER_SIZED:
                return "pointer"
            if self.is_record(name):
                return "neutral" if self.neutral(self.body(name)) else "struct"
            if name not in self.simple:
                return "neutral"
            name, stars = self.simple[name]
            if stars:
                return "pointer"
            seen += 1
        return "neutral"

    def is_record(self, name):
        return name not in POINTER_SIZED and not re.match(r"^(unsigned|signed|int|long|char|short|void)\b", name) and \
            self.body(name) is not None

    def neutral(self, body):
        return all(self.kind(field) == "neutral" for field in body.fields)


class Writer:
    def __init__(self, headers):
        self.headers, self.done, self.out = headers, set(), []

    def need(self, name):
        if name in self.done:
            return
        self.done.add(name)
        body = self.headers.body(name)
        if body is None:
            raise SystemExit("layouts32.py: no structure %s" % name)
        lines = self.members(body, 1)
        self.out.append("typedef %s {\n%s\n} %s_32;" % ("union" if body.union else "struct", "\n".join(lines), name))
        if name.startswith("FERRY_PEB") and not name.endswith("DATA") or name == "FERRY_TEB":
            return # read and written field by field
        for way, a, b in (("to32", name + "_32", name), ("from32", name, name + "_32")):
            self.out.append("static inline __attribute__((unused)) void %s_%s(%s *to, const %s *from)\n{\n%s\n}" %
                            (name, way, a, b, "\n".join(self.copies(body, way, "", 1))))

    def members(self, body, depth):
        indent, lines = "    " * depth, []
        for field in body.fields:
            kind = self.headers.kind(field)
            dims = "".join("[%s]" % dim for dim in field.dims)
            if field.body:
                lines.append("%s%s {" % (indent, "union" if field.body.union else "struct"))
                lines += self.members(field.body, depth + 1)
                lines.append("%s}%s%s;" % (indent, " " + field.name if field.name else "", dims))
                continue
            if kind == "neutral":
                type_ = field.type
            elif kind == "struct":
                self.need(field.type)
                type_ = field.type + "_32"
            else:
                type_ = "int32_t" if kind == "handle" else "uint32_t"
            bits = " : " + field.bits if getattr(field, "bits", None) else ""
            lines.append("%s%s %s%s%s;" % (indent, type_, field.name or "", dims, bits))
        return lines

    def copies(self, body, way, path, depth):
        indent, lines = "    " * depth, []
        neutral = body.union and self.headers.neutral(body)
        for field in body.fields[:1] if body.union and not neutral else body.fields:
            kind = self.headers.kind(field)
            if neutral and field.name:
                lines.append("%smemcpy(&to->%s, &from->%s, sizeof(to->%s));" % ((indent,) + (path + field.name,) * 3))
                continue
            if field.body:
                lines += self.copies(field.body, way, path + (field.name + "." if field.name else ""), depth)
                continue
            name = path + (field.name or "")
            if not field.name or field.dims in ([""], ["0"]): # a flexible array is the caller's
                continue
            index, close = "", ""
            if field.dims:
                if kind == "neutral":
                    lines.append("%smemcpy(to->%s, from->%s, sizeof(to->%s));" % (indent, name, name, name))
                    continue
                lines.append("%sfor (unsigned i = 0; i < sizeof(to->%s) / sizeof(to->%s[0]); i++)" % (indent, name, name))
                index, close = "[i]", "    "
            if kind == "neutral":
                lines.append("%s%sto->%s%s = from->%s%s;" % (indent, close, name, index, name, index))
            elif kind == "struct":
                lines.append("%s%s%s_%s(&to->%s%s, &from->%s%s);" % (indent, close, field.type, way, name, index, name, index))
            else:
                lines.append("%s%sto->%s%s = (__typeof__(to->%s%s))(intptr_t)from->%s%s;" %
                             (indent, close, name, index, name, index, name, index))
        return lines


def main():
    names = [line.split("#")[0].strip() for line in open(sys.argv[1], encoding="utf-8")]
    writer = Writer(Headers(open(sys.argv[2], encoding="utf-8", errors="replace").read()))
    for name in names:
        if name:
            writer.need(name)
    print("/* Made by tools/layouts32.py. */\n#pragma once\n#include <stdint.h>\n#include <string.h>\n#include \"ferry/nt.h\"\n"
          "#include \"ferry/ntioapi.h\"\n#include \"ferry/infos.h\"\n#include \"ferry/afd.h\"\n")
    print("\n\n".join(writer.out))


if __name__ == "__main__":
    main()
