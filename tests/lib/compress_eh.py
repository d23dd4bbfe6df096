#!/usr/bin/env python3
"""Rewrites clang's assembly of C++ code for MSVC's ABI to the compressed tables of __CxxFrameHandler4, which clang does
not emit.

    compress_eh.py IN.s OUT.s

Every function's FuncInfo becomes one for the function and one for each of its catch funclets, with states of their own;
where a funclet returns one of up to two places, these move into the tables and the funclet returns their number.
"""
import re
import sys


def number(value):
    """The shortest encoding of a number, as directives."""
    for length in range(1, 5):
        if value < 1 << 7 * length:
            encoded = (value << length) | ((1 << (length - 1)) - 1)
            return ["\t.byte " + ", ".join(str(byte) for byte in encoded.to_bytes(length, "little"))]
    return ["\t.byte 0x0f", "\t.long %d" % value]


def number_size(value):
    return next((length for length in range(1, 5) if value < 1 << 7 * length), 5)


class Tables:
    """The labelled lists of .long in the input: label -> expressions."""

    def __init__(self, lines):
        self.lists = {}
        self.where = {}
        label = None
        for line in lines:
            found = re.match(r'^("?\$(?:cppxdata|stateUnwindMap|tryMap|handlerMap|ip2state)\$.*):', line)
            if found:
                label = found.group(1)
                self.lists[label] = []
                continue
            found = re.match(r"^\t\.long\t(.*?)(\s*#.*)?$", line)
            if found and label:
                self.lists[label].append(found.group(1).strip())
            elif not line.startswith("\t.p2align"):
                label = None
        seen = set()
        begin = None
        for line in lines:  # which function's code a label stands in
            found = re.match(r'^\.seh_proc (.*)$', line)
            if found:
                begin = found.group(1)
                seen.add(begin)
                self.where[begin] = begin
            found = re.match(r'^([.$\w"?@]+):', line)
            if found and begin:
                self.where.setdefault(found.group(1), begin)
        for previous, line in zip(lines, lines[1:]):  # .Lfunc_beginN stands before .seh_proc
            found = re.match(r"^\.seh_proc (.*)$", line)
            if found and previous.endswith(":"):
                self.where[previous[:-1]] = found.group(1)

    def of(self, expression):
        return self.lists[reference(expression)]


def reference(expression):
    return re.sub(r"^\((.*)\)@IMGREL.*$|^(.*?)@IMGREL.*$", lambda m: m.group(1) or m.group(2), expression)


def rows(values, width):
    return [values[i:i + width] for i in range(0, len(values), width)]


def unwind_map(label, states):
    """states: [(next, action expression or '0')]."""
    sizes, starts, lines = [], [], ["%s:" % label] + number(len(states))
    at = 0
    for following, action in states:
        starts.append(at)
        kind = 3 if action != "0" else 0
        target = starts[following] if following >= 0 else -1
        encoded = (at - target) << 2 | kind
        lines += number(encoded)
        at += number_size(encoded)
        if kind:
            lines.append("\t.long " + action)
            at += 4
    return lines


def ip_map(label, begin, entries):
    """entries: [(expression of the place, state)]; """
    lines, last = ["%s:" % label] + number(len(entries)), begin_label(begin)
    for place, state in entries:
        place = begin_label(begin) if place == begin else place
        lines += [distance(place, last)] + number(state + 1)
        last = place
    return lines


def begin_label(function):
    """A local label at a function's begin: differences from a global one are not filled in."""
    return '.Lbegin_' + re.sub(r"\W", lambda m: "_%x_" % ord(m.group()), function)


def distance(place, begin):
    """A number of four bytes that the assembler can fill in."""
    return "\t.long ((%s)-(%s))*16+7" % (place, begin)


def quoted(name, suffix):
    return '"%s%s"' % (name.strip('"'), suffix)


class Function:
    def __init__(self, label, tables, resumes):
        info = tables.lists[label]
        self.label, self.tables, self.resumes = label, tables, resumes
        self.unwinds = [(int(a), b) for a, b in rows(tables.of(info[2]), 2)]
        self.tries = []
        if int(info[3]):
            for low, high, catch_high, count, handlers in rows(tables.of(info[4]), 5):
                self.tries.append((int(low), int(high), int(catch_high), rows(tables.of(handlers), 5)))
        self.ips = [(reference(a) + re.sub(r"^.*@IMGREL\)?", "", a), int(b)) for a, b in rows(tables.of(info[6]), 2)]
        self.flags = int(info[9])

    def emit(self):
        """(lines, {catch funclet: its FuncInfo label})"""
        lines = self.info(self.label, (0, len(self.unwinds)), None, self.own_begin())
        funclets = {}
        for low, high, catch_high, handlers in self.tries:
            for handler in handlers:
                funclet = reference(handler[3])
                funclets[funclet] = quoted(self.label, "$" + funclet.strip('"'))
                lines += self.info(funclets[funclet], (high + 1, catch_high + 1), int(handler[4]), funclet)
        return lines, funclets

    def own_begin(self):
        return self.tables.where[re.split(r"\+", self.ips[0][0])[0]]

    def info(self, label, states, frame, begin):
        first, end = states
        local = lambda state: state - first if first <= state < end else -1
        unwinds = [(local(following), action) for following, action in self.unwinds[first:end]]
        inside = [t for t in self.tries if first <= t[0] and t[2] < end and
                  not any(o is not t and first <= o[0] and o[2] < end and o[1] < t[0] and t[2] <= o[2] for o in self.tries)]
        ips = [(place, local(state)) for place, state in self.ips if self.tables.where[re.split(r"\+", place)[0]] == begin]
        header = 0x08 | (0x10 if inside else 0) | (0x20 if self.flags & 1 else 0) | (0x40 if self.flags & 4 else 0) | \
            (0x01 if frame is not None else 0)
        names = [quoted(label, "$" + kind) for kind in ("unwind", "try", "ip")]
        lines = ["%s:" % label, "\t.byte %d" % header, "\t.long (%s)@IMGREL" % names[0]]
        if inside:
            lines.append("\t.long (%s)@IMGREL" % names[1])
        lines.append("\t.long (%s)@IMGREL" % names[2])
        if frame is not None:
            lines += number(frame)
        lines += unwind_map(names[0], unwinds) + ip_map(names[2], begin, ips)
        if inside:
            lines += ["%s:" % names[1]] + number(len(inside))
            maps = []
            for i, (low, high, catch_high, handlers) in enumerate(inside):
                name = quoted(label, "$handlers%d" % i)
                for state in (low, high, catch_high):
                    lines += number(local(state))
                lines.append("\t.long (%s)@IMGREL" % name)
                maps += ["%s:" % name] + number(len(handlers))
                for handler in handlers:
                    maps += self.handler(handler, begin)
            lines += maps
        return lines

    def handler(self, values, begin):
        adjectives, type_, object_, funclet = int(values[0]), values[1], int(values[2]), reference(values[3])
        resumes = self.resumes.get(funclet, [])
        header = (1 if adjectives else 0) | (2 if type_ != "0" else 0) | (4 if object_ else 0) | len(resumes) << 4
        lines = ["\t.byte %d" % header]
        if adjectives:
            lines += number(adjectives)
        if type_ != "0":
            lines.append("\t.long " + type_)
        if object_:
            lines += number(object_)
        lines.append("\t.long " + values[3])
        for place in resumes:
            lines.append(distance(place, begin_label(begin)))
        return lines


def number_returns(lines):
    """Makes catch funclets return the number of the place where their parent goes on: {funclet: places}."""
    resumes, begin, pending = {}, None, []
    for i, line in enumerate(lines):
        found = re.match(r'^\.seh_proc (.*)$', line)
        if found:
            begin, pending = found.group(1), []
        found = re.match(r"^\tleaq\t(\.LBB\w+)\(%rip\), %rax", line)
        if found and begin and "?catch$" in begin:
            pending.append((i, found.group(1)))
        if line.startswith("\t.seh_endproc") and pending:
            places = sorted({place for _, place in pending})
            if len(places) <= 2:
                resumes[begin] = places
                for j, place in pending:
                    lines[j] = "\tmovl\t$%d, %%eax" % places.index(place)
            pending = []
    return resumes


def main():
    lines = open(sys.argv[1]).read().splitlines()
    tables = Tables(lines)
    where = tables.where
    resumes = number_returns(lines)
    for funclet, places in list(resumes.items()):  # a place in another catch funclet is not the parent's to name
        if any("?catch$" in where.get(place, "") for place in places):
            for i, line in enumerate(lines):
                if line == ".seh_proc " + funclet:
                    break
            for j in range(i, len(lines)):
                if lines[j].startswith("\t.seh_endproc"):
                    break
                found = re.match(r"^\tmovl\t\$(\d), %eax$", lines[j])
                if found:
                    lines[j] = "\tleaq\t%s(%%rip), %%rax" % places[int(found.group(1))]
            del resumes[funclet]
    output, funclets, skip = [], {}, False
    added = []
    for label in tables.lists:
        if "$cppxdata$" in label:
            more, names = Function(label, tables, resumes).emit()
            added += more
            funclets.update(names)
    begin = None
    for line in lines:
        found = re.match(r'^("?\$(?:cppxdata|stateUnwindMap|tryMap|handlerMap|ip2state)\$.*):', line)
        if found:
            skip = True
            continue
        if skip and line.startswith("\t.long"):
            continue
        skip = False
        found = re.match(r"^\.seh_proc (.*)$", line)
        if found:
            begin = found.group(1)
            output.append(begin_label(begin) + ":")
        line = line.replace("__CxxFrameHandler3", "__CxxFrameHandler4")
        found = re.match(r'^\t\.long\t\(("?\$cppxdata\$.*)\)@IMGREL', line)
        if found and begin in funclets:
            line = "\t.long\t(%s)@IMGREL" % funclets[begin]
        output.append(line)
    output += ["\t.section\t.xdata,\"dr\""] + added
    open(sys.argv[2], "w").write("\n".join(output) + "\n")


main()
