#!/usr/bin/env python3
"""Runs the tests of a build folder and prints `N passed, N failed, N skipped` as its last line.

    run.py BUILD [--apps] [--with COMMAND] [--only TEXT] [-v]

Conformance tests are the programs below BUILD/tests/ARCH/; host tests are BUILD/tests/host/*; --apps adds the real
programs of tests/apps. --with runs the conformance tests under another loader (the reference: --with wine) and prints
what differs from what the tests expect. A check is one passed or failed; a program that ends without its closing line
counts as one failure.
"""
import argparse
import concurrent.futures
import glob
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TIME_LIMIT = 120  # seconds for one program: far above what any takes, so that only a hang meets it
CLOSING = re.compile(r"^# CHECKS (\d+) (\d+) (\d+)", re.M)


def run_limited(command, cwd, env):
    """(exit code or None on time-out, output). Everything the program started is ended with it."""
    process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = process.communicate(timeout=TIME_LIMIT)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        code = None
    return code, output.decode("utf-8", "replace")


# Arguments of host tests, shell patterns below tests/.
HOST_ARGUMENTS = {"pe_mutations": ["fuzz/corpus/pe/*"], "check_mutations": ["{build}/tests/x86_64/cli/tool.exe"]}


WAITS = ["ntdll/sync", "kernelbase/synchapi", "kernelbase/threadpoolapiset", "host/sync", "host/stress"]
POLLING = " (polling)"


def run_program(path, name, command, env):
    """One conformance or host test: (name, passed, failed, skipped, lines)."""
    folder = tempfile.mkdtemp(prefix="ferry-test-")
    try:
        if name.endswith(POLLING):
            env = dict(env, FERRY_WAIT="poll", FERRY_PREFIX=os.path.join(env["FERRY_PREFIX"], "polling"))
        if name.startswith("i386/"): # the same names of objects, and perhaps at the same time
            env = dict(env, FERRY_PREFIX=os.path.join(env["FERRY_PREFIX"], "i386"))
        if name.startswith("host/"): # counts what its session holds: a prefix of its own
            env = dict(env, FERRY_PREFIX=os.path.join(folder, "prefix"))
            os.mkdir(env["FERRY_PREFIX"])
            command = [path] + sorted(sum((glob.glob(os.path.join(TESTS, pattern.format(build=os.environ["FERRY_TEST_BUILD"]))) for pattern in command), []))
        else:
            command = command + [path]
        code, output = run_limited(command, folder, env)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    closing = CLOSING.search(output)
    lines = [line for line in output.splitlines() if line.startswith("not ok") or "# SKIP" in line]
    if not closing:
        tail = output.splitlines()[-3:]
        why = "took more than %d s" % TIME_LIMIT if code is None else "ended with code %s" % code
        return name, 0, 1, 0, lines + ["not ok - %s %s" % (name, why)] + ["    " + line for line in tail]
    total, failed, skipped = map(int, closing.groups())
    return name, total - failed - skipped, failed, skipped, lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--apps", action="store_true")
    parser.add_argument("--with", dest="loader")
    parser.add_argument("--only", default="")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    os.environ["FERRY_TEST_BUILD"] = build
    env = dict(os.environ)
    prefix = tempfile.mkdtemp(prefix="ferry-prefix-")
    loader = [os.path.join(build, "bin/ferry")]
    env["FERRY_PREFIX"] = prefix
    for part in ("i386", "polling"):
        os.mkdir(os.path.join(prefix, part))
    if options.loader:
        loader = shlex.split(options.loader)
        env.setdefault("WINEPREFIX", os.path.join(prefix, "wine"))
        env.setdefault("WINEDEBUG", "-all")
    jobs = []
    for arch in ("x86_64", "i386"):
        for path in sorted(glob.glob(os.path.join(build, "tests", arch, "*/*.exe"))):
            if os.path.basename(os.path.dirname(path)) in ("bench", "cli"):
                continue
            name = os.path.relpath(path, os.path.join(build, "tests", arch))[:-4]
            jobs.append((path, name if arch == "x86_64" else "i386/" + name, loader))
    if not options.loader:
        for path in sorted(glob.glob(os.path.join(build, "tests/host/*"))):
            if os.access(path, os.X_OK) and os.path.isfile(path):
                jobs.append((path, "host/" + os.path.basename(path), HOST_ARGUMENTS.get(os.path.basename(path), [])))
        # the waits once more, as kernels without futex_waitv have them
        jobs += [(path, name + POLLING, command) for path, name, command in jobs if name in WAITS]
    jobs = [job for job in jobs if options.only in job[1]]
    passed = failed = skipped = done = 0
    if options.loader and jobs:
        run_limited(loader + ["cmd", "/c", "exit"], "/", env)  # a first run makes the reference's prefix
    terminal = sys.stderr.isatty()
    with concurrent.futures.ThreadPoolExecutor(1 if options.loader else os.cpu_count()) as pool:
        futures = [pool.submit(run_program, path, name, command, env) for path, name, command in jobs]
        for future in concurrent.futures.as_completed(futures):
            name, ok, bad, skips, lines = future.result()
            passed, failed, skipped, done = passed + ok, failed + bad, skipped + skips, done + 1
            if bad or options.v:
                print("%s: %d passed, %d failed, %d skipped" % (name, ok, bad, skips))
            shown = 0
            for line in lines:
                if line.startswith("not ok") or line.startswith("    ") or options.v:
                    shown += 1
                    if shown <= 40 or options.v:
                        print("    " + line)
            if terminal:
                print("\r%d of %d " % (done, len(jobs)), end="\r", file=sys.stderr, flush=True)
    suites = [] if options.loader or options.only else [["cli/run.py"]] + ([["apps/run.py"]] if options.apps else [])
    if not options.only or options.only.startswith("cmd"): # "--only cmd/NAME": one of the batch scripts
        suites.append(["cmd/run.py", "--only", options.only[4:]] + (["--with", options.loader] if options.loader else []))
    for suite in suites:
        output = output_of([sys.executable, "-B", os.path.join(TESTS, suite[0]), build] + suite[1:])
        print(output, end="")
        counts = re.findall(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", output, re.M)
        if counts:
            passed, failed, skipped = (a + int(b) for a, b in zip((passed, failed, skipped), counts[-1]))
        else:
            failed += 1
    shutil.rmtree(prefix, ignore_errors=True)
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(1 if failed else 0)


def output_of(command):
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return result.stdout.decode("utf-8", "replace")


if __name__ == "__main__":
    main()
