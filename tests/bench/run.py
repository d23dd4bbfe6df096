#!/usr/bin/env python3
"""Benchmark beside the peer: ferry and wine in turn, on this machine, in this run.

    run.py BUILD [ROUNDS]

Prints the median of each row under both and the ratio, and what the 32-bit program needs, then the start of a trivial program (time, Linux system calls,
server requests). Times on a busy machine mean little; ratios and counts hold.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time


def rows(command, folder, env):
    output = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, timeout=600).stdout.decode("utf-8", "replace")
    return dict((name, float(value)) for name, value in re.findall(r"^(.+)\t([\d.]+)\r?$", output, re.M))


def start_time(command, folder, env):
    begin = time.monotonic()
    subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=60)
    return (time.monotonic() - begin) * 1e3


def system_calls(command, folder, env):
    if not shutil.which("strace"):
        return None
    summary = os.path.join(folder, "strace.out")
    subprocess.run(["strace", "-f", "-c", "-o", summary] + command, cwd=folder, env=env, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    with open(summary, encoding="utf-8") as text:
        match = re.search(r"^100\.00\s+\S+\s+\S+\s+(\d+).*total$", text.read(), re.M)
    return int(match.group(1)) if match else None


def server_requests(build, folder, env):
    """Requests that one more run of the trivial program makes."""
    def total():
        text = subprocess.run([os.path.join(build, "bin/ferryserver"), "--counters", env["FERRY_PREFIX"]],
                              stdout=subprocess.PIPE).stdout.decode()
        pairs = [line.split("\t") for line in text.splitlines()]
        return sum(int(value) for name, value in pairs if name not in ("clients", "slots"))
    hello = os.path.join(build, "lib/ferry/x86_64-windows/hello.exe")
    start_time([os.path.join(build, "bin/ferry"), hello], folder, env)
    before = total()
    start_time([os.path.join(build, "bin/ferry"), hello], folder, env)
    return total() - before


def show(value):
    return "-" if value is None else "%.1f" % value


def main():
    build = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    folder = tempfile.mkdtemp(prefix="ferry-bench-")
    env = dict(os.environ, FERRY_PREFIX=os.path.join(folder, "prefix"), WINEPREFIX=os.path.join(folder, "wine"),
               WINEDEBUG="-all")
    programs = [os.path.join(build, "tests/x86_64/bench", name) for name in ("bench.exe", "drawing.exe")]
    hello = os.path.join(build, "lib/ferry/x86_64-windows/hello.exe")
    loaders = {"ferry": [os.path.join(build, "bin/ferry")]}
    if shutil.which("wine"):
        loaders["wine"] = ["wine"]
    results = {name: {} for name in loaders}
    starts = {name: [] for name in loaders}
    narrow, narrow_starts = {}, []
    narrow_hello = os.path.join(build, "lib/ferry/i386-windows/hello.exe")
    for name, loader in loaders.items():
        start_time(loader + [hello], folder, env)  # makes the prefix
    for _ in range(rounds):
        for name, loader in loaders.items():
            for bench in programs:
                for row, value in rows(loader + [bench], folder, env).items():
                    results[name].setdefault(row, []).append(value)
        for row, value in rows(loaders["ferry"] + [programs[0].replace("x86_64", "i386")], folder, env).items():
            narrow.setdefault(row, []).append(value)
    for _ in range(rounds * 5):
        for name, loader in loaders.items():
            starts[name].append(start_time(loader + [hello], folder, env))
        narrow_starts.append(start_time(loaders["ferry"] + [narrow_hello], folder, env))
    print("%-42s %12s %12s %8s %12s" % ("ns", "ferry", "wine", "ratio", "ferry 32-bit"))
    for row in list(dict.fromkeys(list(results["ferry"]) + list(results.get("wine", {})))):
        ours = statistics.median(results["ferry"][row]) if row in results["ferry"] else None
        peer = statistics.median(results["wine"][row]) if row in results.get("wine", {}) else None
        print("%-42s %12s %12s %8s %12s" % (row, show(ours), show(peer), "%.3f" % (ours / peer) if ours and peer else "-",
                                           show(statistics.median(narrow[row]) if row in narrow else None)))
    ours = statistics.median(starts["ferry"])
    peer = statistics.median(starts["wine"]) if "wine" in starts else None
    print("%-42s %12.2f %12s %8s %12.2f" % ("trivial program, warm (ms)", ours, show(peer),
                                            "%.3f" % (ours / peer) if peer else "-", statistics.median(narrow_starts)))
    counts = {name: system_calls(loader + [hello], folder, env) for name, loader in loaders.items()}
    print("%-42s %12s %12s" % ("trivial program, Linux system calls", counts["ferry"], counts.get("wine", "-")))
    print("%-42s %12d" % ("trivial program, server requests", server_requests(build, folder, env)))
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
