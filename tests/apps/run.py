#!/usr/bin/env python3
"""Runs the real programs of list.toml and checks what they did.

    run.py BUILD [--only NAME] [--with COMMAND]

Last line: N passed, N failed, N skipped.
"""
import argparse
import gzip
import hashlib
import hmac
import io
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile

import fetch

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 180


class Failed(Exception):
    """A check did not hold."""


class Run:
    """One program with a working folder of its own."""

    def __init__(self, loader, program, folder, env, build):
        self.loader, self.program, self.folder, self.env, self.build = loader, program, folder, env, build

    def __call__(self, *arguments, stdin=None, program=None, code=0):
        """Standard output of the program; its exit code must be `code`."""
        result = subprocess.run(self.loader + [program or self.program] + list(arguments), cwd=self.folder, env=self.env,
                                input=stdin, stdin=None if stdin is not None else subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT)
        if result.returncode != code:
            raise Failed("%s: exit code %d\n%s%s" % (" ".join(arguments), result.returncode,
                                                      result.stdout.decode("utf-8", "replace")[-500:],
                                                      result.stderr.decode("utf-8", "replace")[-500:]))
        return result.stdout.decode("utf-8", "replace").replace("\r\n", "\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as out:
            out.write(text.encode() if isinstance(text, str) else text)

    def read(self, name):
        with open(self.path(name), "rb") as source:
            return source.read()


def expect(condition, text):
    if not condition:
        raise Failed(text)


def sample_text():
    """100 KB of words, the same every time."""
    source = random.Random(7)
    words = ["ferry", "river", "bank", "harbour", "rope", "night", "lantern", "crossing", "tide", "passenger"]
    text = ""
    while len(text) < 100000:
        text += " ".join(source.choice(words) for _ in range(12)) + " %d\n" % source.randrange(1000)
    return text


def source_tree(run):
    """200 modules in ten folders: module N imports N + 1 and one of another folder. The sum of their numbers is 19900."""
    for n in range(200):
        more = "import {sum as next} from '%s';\n" % module_path(n + 1, n // 20) if n < 199 else "const next=0;\n"
        run.write("src/d%d/m%d.js" % (n // 20, n),
                  more + "export const sum=next+%d\nexport function unused%d( a,b ){return a*b+'%s'}\n" % (n, n, "x" * n))
    run.write("src/main.js", "import {sum} from './d0/m0.js';\nconsole.log(sum)\n")


def module_path(n, folder):
    return "./m%d.js" % n if n // 20 == folder else "../d%d/m%d.js" % (n // 20, n)


def tree_of_names():
    """2,000 names in mixed case and several scripts, no two of which differ in case alone."""
    source = random.Random(5)
    stems = ["Readme", "makeFile", "Stra\u00dfe", "STRASSE", "\u00c4rger", "na\u00efve caf\u00e9", "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u041f\u0440\u0438\u0432\u0435\u0442",
             "\u65e5\u672c\u8a9e", "\ud55c\uad6d\uc5b4", "\u05e9\u05dc\u05d5\u05dd", "\u0130stanbul", "\U0001f600 smile", "a.b.c", "UPPER", "e\u0301 combining"]
    folders = ["", "Sub/", "sub dir/Deeper/", "\u00dcbung/", "\u041f\u0430\u043f\u043a\u0430/\u0412\u043d\u0443\u0442\u0440\u0438/"]
    names = []
    for number in range(2000):
        stem = stems[number % len(stems)]
        stem = source.choice([stem, stem.upper(), stem.lower()]) if stem.isascii() else stem
        names.append("%s%s %d%s" % (source.choice(folders), stem, number, source.choice(["", ".txt", ".TXT", ".Dat"])))
    return names


def check_7za(run):
    text = sample_text()
    run.write("in/text.txt", text)
    output = run("a", "-t7z", "-mx5", "out.7z", "in")
    expect("Everything is Ok" in output, "a: " + output)
    output = run("t", "out.7z")
    expect("Everything is Ok" in output, "t: " + output)
    run("x", "-oback", "out.7z")
    expect(run.read("back/in/text.txt") == text.encode(), "the extracted file differs")
    names = tree_of_names()
    for name in names:
        run.write("tree/" + name, "content of " + name)
    output = run("a", "-tzip", "-mx1", "tree.zip", "TREE")  # in another case than the folder's
    expect("Everything is Ok" in output, "a tree: " + output)
    run("x", "-otree-back", "tree.zip")
    folder = run.path("tree-back/" + os.listdir(run.path("tree-back"))[0])
    found = [os.path.relpath(os.path.join(root, file), folder) for root, _, files in os.walk(folder) for file in files]
    expect(sorted(found) == sorted(names), "names differ: %s" % sorted(set(found) ^ set(names))[:6])
    for name in names:
        with open(os.path.join(folder, name), "rb") as source:
            expect(source.read() == ("content of " + name).encode(), "content of " + name)
    output = run("l", "tree.zip")
    expect("%d files" % len(names) in output, "listing: " + output[-300:])
    listed = run("l", "-slt", "-sccUTF-8", "tree.zip", "-ir!STRASSE*")
    expect(listed.count("\nPath = ") == 1 + sum("/strasse" in "/" + name.lower() for name in names),
           "any case: " + listed[-400:])


def check_sqlite3(run):
    script = ("create table t(a integer primary key, b text);\n"
              "insert into t(b) values('one'),('two'),('three');\n"
              "select count(*), group_concat(b, '-') from t;\n"
              "select upper(b) from t where a = 2;\n"
              "select round(2.0/3, 6), printf('%.10g', 1e15/7);\n")
    wanted = "3|one-two-three\nTWO\n0.666667|1.428571429e+14\n"
    output = run("test.db", stdin=script.encode())
    expect(output == wanted, "from a script: " + output)
    run.write("more.sql", "insert into t(b) values('four'); select max(a) from t;\n")
    output = run("test.db", ".read more.sql")
    expect(output == "4\n", "from a file: " + output)
    expect(run.read("test.db")[:15] == b"SQLite format 3", "no database file")


    sqlite3_two_processes(run)


def sqlite3_two_processes(run):
    """One process is killed in its transaction: the other one sees what was committed, and can write."""
    def start():
        return subprocess.Popen(run.loader + [run.program, "shared.db"], cwd=run.folder, env=run.env, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0)

    def ask(process, text, ending):
        process.stdin.write(text.encode() + b"\nselect '%s';\n" % ending.encode())
        lines = []
        while True:
            line = process.stdout.readline().decode().rstrip("\r\n")
            if line == ending:
                return lines
            expect(line or process.poll() is None, "sqlite3 ended: %s" % lines)
            lines.append(line)

    first, second = start(), start()
    try:
        ask(first, "create table t(a); insert into t values(1);", "made")
        expect(ask(second, "select count(*) from t;", "seen") == ["1"], "the second process sees the table")
        ask(first, "pragma cache_size=5; begin immediate; with recursive n(i) as (select 1 union all select i+1 from n "
            "where i < 20000) insert into t select i from n;", "begun")
        answer = ask(second, "insert into t values(9);", "tried")
        expect(any("locked" in line for line in answer), "the other one's lock is seen: %s" % answer)
        expect(os.path.exists(run.path("shared.db-journal")), "a transaction that has reached the disk")
        first.kill()
        first.wait()
        answer = ask(second, "pragma busy_timeout=5000; insert into t values(2);", "written")
        expect(answer == ["5000"], "the lock went with the process: %s" % answer)
        expect(ask(second, "select group_concat(a) from t; pragma integrity_check;", "read") == ["1,2", "ok"], "rolled back")
    finally:
        for process in (first, second):
            process.kill()
            process.communicate()
    expect(run("shared.db", "select sum(a) from t") == "3\n", "read by a third")


def check_lua(run):
    run.write("script.lua", """
        local f = assert(io.open('data.txt', 'w'))
        for i = 5, 1, -1 do f:write(string.format('%03d\\n', i * i)) end
        f:close()
        local lines = {}
        for line in io.lines('data.txt') do lines[#lines + 1] = line end
        table.sort(lines)
        print(table.concat(lines, ' '))
        print(os.getenv('FERRY_APP_TEST'))
        print(string.format('%5.2f|%-6s|%x|%q|%g', 3.14159, 'ab', 255, 'q"', 1e100))
        print(os.rename('data.txt', 'moved.txt'), io.open('data.txt'))
        print(os.time({year=2020, month=5, day=17, hour=12}) > 1589000000, #os.date())
    """)
    run.env["FERRY_APP_TEST"] = "carried over"
    lines = run("script.lua").splitlines()
    expect(lines[0] == "001 004 009 016 025", lines[0])
    expect(lines[1] == "carried over", lines[1])
    expect(lines[2] == ' 3.14|ab    |ff|"q\\""|1e+100', lines[2])
    expect(lines[3].startswith("true\tnil\tdata.txt: No such file"), lines[3])
    expect(lines[4].startswith("true\t"), lines[4])
    expect(os.path.exists(run.path("moved.txt")), "os.rename did nothing")
    run("-e", "os.exit(42)", code=42)
    lines = run("-e", "print(os.execute('exit 3')) io.stdout:flush() local p = io.popen('echo piped&&exit 4') "
                "print(p:read('a')) print(p:close())").splitlines()
    expect(lines[0].startswith("nil\texit\t3"), "os.execute: %s" % lines)
    expect(lines[1].startswith("piped") and lines[-1].startswith("nil\texit\t4"), "io.popen: %s" % lines)


def check_gdbserver(run):
    output = run("--version")
    expect(output.startswith("GNU gdbserver") and "This gdbserver was configured" in output, output)


def check_rcedit(run):
    shutil.copy(run.program, run.path("copy.exe"))
    run("copy.exe", "--set-version-string", "ProductName", "Ferry test", "--set-file-version", "3.1.4.1")
    output = run("copy.exe", "--get-version-string", "ProductName")
    expect(output.strip() == "Ferry test", output)
    run("--help", program=run.path("copy.exe"))


def check_hmac256(run):
    data = sample_text().encode()
    run.write("data.txt", data)
    output = run("a key", "data.txt")
    expect(output.split()[0] == hmac.new(b"a key", data, hashlib.sha256).hexdigest(), output)


def check_gpg_error(run):
    output = run("1", "16383", "58")
    expect("General error" in output and "End of file" in output and "No data" in output, output)


def check_esbuild(run):
    run.write("a.js", "import {answer} from './b.js';\nconsole.log(answer * 2, 'from a');\n")
    run.write("b.js", "export const answer = 20 + 1;\nexport const unused = () => { throw new Error('never'); };\n")
    run("a.js", "--bundle", "--minify", "--outfile=out.js")
    text = run.read("out.js").decode()
    expect("from a" in text and "never" not in text and len(text) < 90, text)
    if shutil.which("node"):
        output = subprocess.run(["node", run.path("out.js")], stdout=subprocess.PIPE, check=True).stdout
        expect(output == b"42 from a\n", repr(output))
    source_tree(run)
    run("src/main.js", "--bundle", "--minify", "--sourcemap", "--outfile=tree.js")
    text = run.read("tree.js").decode()
    expect("unused" not in text and "xxx" not in text and os.path.exists(run.path("tree.js.map")), text[:500])
    if shutil.which("node"):
        output = subprocess.run(["node", run.path("tree.js")], stdout=subprocess.PIPE, check=True).stdout
        expect(output == b"19900\n", repr(output))


def check_biome(run):
    output = run("--version")
    expect(output.strip() == "Version: 2.5.15", output)
    run.write("x.js", "const a={b:1,c:[1,2,3]};function f( x ){return x+1}\n")
    run("format", "--write", "x.js")
    wanted = "const a = { b: 1, c: [1, 2, 3] };\nfunction f(x) {\n\treturn x + 1;\n}\n"
    expect(run.read("x.js").decode() == wanted, run.read("x.js").decode())
    source_tree(run)
    output = run("format", "--write", "src")
    expect("201 files" in output, output)
    for n in range(200):
        text = run.read("src/d%d/m%d.js" % (n // 20, n)).decode()
        wanted = 'export const sum = next + %d;\nexport function unused%d(a, b) {\n\treturn a * b + "%s";\n}\n' % (n, n, "x" * n)
        expect(n > 60 or text.endswith(wanted), "m%d: %s" % (n, text))
        expect("sum=" not in text, "m%d: %s" % (n, text))


def check_gzip_32(run):
    text = sample_text().encode()
    run.write("text", text)
    run("-9", "-k", "text")
    expect(gzip.decompress(run.read("text.gz")) == text, "compressed data differ")
    run.write("other.gz", gzip.compress(text[::-1]))
    run("-d", "other.gz")
    expect(run.read("other") == text[::-1] and not os.path.exists(run.path("other.gz")), "decompressed data differ")
    run("-t", "text.gz")
    run.write("bad.gz", run.read("text.gz")[:1000])
    run("-t", "bad.gz", code=1)


def check_cpio_32(run):
    run.write("one.txt", "first\n")
    run.write("two.txt", "second\n")
    result = subprocess.run(run.loader + [run.program, "-o", "-H", "newc", "-O", "archive"], cwd=run.folder, env=run.env,
                            input=b"one.txt\ntwo.txt\n", stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT)
    expect(result.returncode == 0 and run.read("archive")[:6] == b"070701", result.stderr.decode("utf-8", "replace"))
    expect(run("-it", "-I", "archive").split() == ["one.txt", "two.txt"], "list")
    os.unlink(run.path("one.txt"))
    run("-i", "-I", "archive", "one.txt")
    expect(run.read("one.txt") == b"first\n", "extracted")


def check_fastlist(run):
    lines = [line.split("\t") for line in run().splitlines()]
    names = {line[0]: line[2] for line in lines}
    own = [line for line in lines if line[2] == os.path.basename(run.program)]
    expect(len(own) == 1 and int(own[0][0]) > 4, "itself: %r" % lines)
    expect(names.get("4") == "System", repr(lines))


def check_winpty_agent(run):
    expect(re.fullmatch(r"winpty version [0-9.]+(-dev)?\r?\ncommit [0-9a-f]{40}\r?\n?", run("--version")), run("--version"))


def windows_path(path):
    return "Z:" + path.replace("/", "\\")


def check_t64(run):
    """The launcher with a shebang and an archive behind it, as pip installs scripts."""
    tool = windows_path(os.path.join(run.build, "tests/x86_64/cli/tool.exe"))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("__main__.py", "pass")
    stub = open(run.program, "rb").read()
    run.write("line.exe", stub + b"#!" + tool.encode() + b" line\r\n" + archive.getvalue())
    run.write("exit.exe", stub + b"#!" + tool.encode() + b" exit 42\r\n" + archive.getvalue())
    run.write("cat.exe", stub + b"#!" + tool.encode() + b" cat\r\n" + archive.getvalue())
    output = run("a b", 'c"d', "", "e\\", program=run.path("line.exe"))
    wanted = '"%s" line "%s" "a b" c\\"d "" e\\' % (tool, windows_path(run.path("line.exe")))
    expect(output.replace('"c\\"d"', 'c\\"d').replace('"e\\\\"', "e\\") == wanted, output + "\n" + wanted)
    run(program=run.path("exit.exe"), code=42)
    expect(run(program=run.path("cat.exe"), stdin=b"through both") == "through both", "standard handles")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--only")
    parser.add_argument("--with", dest="loader")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    cache = os.environ.get("FERRY_TEST_CACHE") or os.path.join(build, "apps")
    with open(os.path.join(HERE, "list.toml"), "rb") as source:
        entries = tomllib.load(source)
    passed = failed = skipped = 0
    prefix = tempfile.mkdtemp(prefix="ferry-prefix-")
    for name, entry in entries.items():
        if options.only and name != options.only:
            continue
        package = entry.get("of", name)
        program, why = fetch.fetch(package, dict(entries[package], program=entry["program"]), cache)
        if not program:
            print("%s: skipped: %s" % (name, why))
            skipped += 1
            continue
        folder = tempfile.mkdtemp(prefix="ferry-app-")
        env = dict(os.environ, FERRY_PREFIX=prefix)
        loader = shlex.split(options.loader) if options.loader else [os.path.join(build, "bin/ferry")]
        try:
            globals()["check_" + entry.get("check", package).replace("-", "_")](Run(loader, program, folder, env, build))
            passed += 1
        except (Failed, OSError, subprocess.SubprocessError, UnicodeDecodeError) as error:
            print("%s: FAILED: %s" % (name, error))
            failed += 1
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(prefix, ignore_errors=True)
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
