#!/usr/bin/env python3
"""Batch scripts with expected output: NAME.cmd (or .bat), NAME.out, and NAME.in where standard input is read.

    run.py BUILD [--with COMMAND] [--only TEXT] [-v]

Each script runs in an empty folder of its own, named test.cmd (or .bat), as `cmd /d /c test.cmd`. Its output (errors in it), with that folder shown
as <DIR> and line ends as '\\n', is what NAME.out holds; a line of NAME.out that begins with '~' is a regular expression.
An exit code other than 0 is the last line, "[exit N]". `reference.txt` lists the scripts whose output differs on
Debian's Wine, with the reason; they are not counted there. Last line: N passed, N failed, N skipped.
"""
import argparse
import concurrent.futures
import difflib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import terminal

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 60


def same(expected, got):
    if len(expected) != len(got):
        return False
    return all(re.fullmatch(e[1:], g) if e.startswith("~") else e == g for e, g in zip(expected, got))


def reference_differences():
    with open(os.path.join(HERE, "reference.txt")) as lines:
        return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def run_script(name, loader, env):
    """The lines a script printed."""
    folder = os.path.realpath(tempfile.mkdtemp(prefix="ferry-cmd-"))
    base = os.path.splitext(name)[0]
    try:
        script = "test" + os.path.splitext(name)[1]
        shutil.copy(os.path.join(HERE, name), os.path.join(folder, script))
        source = os.path.join(HERE, base + ".in")
        with open(source if os.path.exists(source) else os.devnull, "rb") as stdin:
            try:
                result = subprocess.run(loader + ["cmd", "/d", "/c", script], cwd=folder, env=env, stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
                output, code = result.stdout, result.returncode
            except subprocess.TimeoutExpired as error:
                output, code = (error.stdout or b"") + b"[took too long]", 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    windows = ("Z:" + folder.replace("/", "\\")).lower()
    text = output.decode("utf-8", "replace").replace("\r\n", "\n")
    at = text.lower().find(windows)
    while at >= 0:
        text = text[:at] + "<DIR>" + text[at + len(windows):]
        at = text.lower().find(windows)
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if code:
        lines.append("[exit %d]" % code)
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--with", dest="loader")
    parser.add_argument("--only", default="")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    env = dict(os.environ)
    prefix = tempfile.mkdtemp(prefix="ferry-prefix-")
    loader = [os.path.join(os.path.abspath(options.build), "bin/ferry")]
    env["FERRY_PREFIX"] = prefix
    # What the scripts read from the environment.
    for name in ("DIRCMD", "COPYCMD", "PROMPT"):
        env.pop(name, None)
    skip = set()
    if options.loader:
        loader = shlex.split(options.loader)
        env.setdefault("WINEPREFIX", os.path.join(prefix, "wine"))
        env.setdefault("WINEDEBUG", "-all")
        subprocess.run(loader + ["cmd", "/c", "exit"], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        skip = reference_differences()
    names = sorted(name for name in os.listdir(HERE) if name.endswith((".cmd", ".bat")) and options.only in name)
    passed = failed = skipped = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda name: run_script(name, loader, env), names)
        for name, got in zip(names, results):
            base = os.path.splitext(name)[0]
            if base in skip and not options.v:
                skipped += 1
                continue
            with open(os.path.join(HERE, base + ".out"), encoding="utf-8") as file:
                expected = file.read().split("\n")
            if expected[-1] == "":
                expected.pop()
            if same(expected, got):
                passed += 1
                continue
            failed += 1
            print("not ok - cmd/%s" % name)
            for line in list(difflib.unified_diff(expected, got, "expected", "got", lineterm="", n=1))[2:30]:
                print("    " + line)
    if not options.loader and options.only in "terminal":
        for what, worked in terminal.run(loader[0], env):
            passed, failed = passed + worked, failed + (not worked)
            if not worked:
                print("not ok - cmd/terminal: %s" % what)
    shutil.rmtree(prefix, ignore_errors=True)
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
