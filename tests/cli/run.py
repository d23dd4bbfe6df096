#!/usr/bin/env python3
"""Tests of the ferry command: what it takes, what it hands on, and how it refuses.

    run.py BUILD

Last line: N passed, N failed, N skipped.
"""
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

import check as check_command
import kills
import regtool
import suite
import terminal

LIMIT = 60
passed = failed = skipped = 0


def check(condition, text):
    global passed, failed
    if condition:
        passed += 1
    else:
        failed += 1
        print("not ok - %s" % text)


class Ferry:
    """The command under test, with a prefix and a working folder of its own."""

    def __init__(self, build):
        self.command = os.path.join(build, "bin/ferry")
        self.tool = os.path.join(build, "tests/x86_64/cli/tool.exe")
        self.folder = tempfile.mkdtemp(prefix="ferry-cli-")
        self.prefix = os.path.join(self.folder, "prefix")
        self.env = dict(os.environ, FERRY_PREFIX=self.prefix)

    def run(self, *arguments, **options):
        options.setdefault("cwd", self.folder)
        options.setdefault("env", self.env)
        options.setdefault("stdin", subprocess.DEVNULL)
        if "input" in options:
            del options["stdin"]
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        return subprocess.run([self.command] + list(arguments), timeout=LIMIT, **options)

    def file(self, name, data, mode=0o644):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as out:
            out.write(data)
        os.chmod(path, mode)
        return path


def refused(ferry, path, code, *words):
    """One line on stderr that names the file and the reason, and the code."""
    try:
        result = ferry.run(path)
    except subprocess.TimeoutExpired:
        check(False, "%s hangs" % path)
        return
    lines = result.stderr.decode("utf-8", "replace").splitlines()
    name = os.path.basename(path)
    check(result.returncode == code, "%s: exit code %d, expected %d: %s" % (name, result.returncode, code, lines))
    check(len(lines) == 1 and lines[0].startswith("ferry: ") and name in lines[0] and all(w in lines[0] for w in words),
          "%s: stderr: %s" % (name, lines))
    check(not result.stdout, "%s: prints %r" % (name, result.stdout[:60]))


def patched(data, offset, text):
    return data[:offset] + text + data[offset + len(text):]


def test_bad_input(ferry):
    good = open(ferry.tool, "rb").read()
    header = struct.unpack_from("<I", good, 60)[0]
    refused(ferry, ferry.file("text.exe", b"echo hello\n" * 20), 126, "not a Windows program")
    refused(ferry, ferry.file("empty.exe", b""), 126)
    refused(ferry, os.path.join(ferry.folder, "nosuch.exe"), 127, "not found")
    os.mkdir(os.path.join(ferry.folder, "folder.exe"))
    refused(ferry, os.path.join(ferry.folder, "folder.exe"), 126, "folder")
    if os.getuid():
        refused(ferry, ferry.file("secret.exe", good, 0), 126, "ermission")
    refused(ferry, ferry.file("arm64.exe", patched(good, header + 4, b"\x64\xaa")), 126, "processor")
    refused(ferry, ferry.file("unknown.exe", patched(good, header + 4, b"\x77\x77")), 126, "processor")
    refused(ferry, ferry.file("odd-magic.exe", patched(good, header + 24, b"\x0b\x01")), 126)
    refused(ferry, ferry.file("sections.exe", patched(good, header + 6, b"\xff\xff")), 126)
    refused(ferry, ferry.file("far-header.exe", patched(good, 60, b"\xf0\xff\xff\x7f")), 126)
    refused(ferry, ferry.file("no-image.exe", patched(good, header + 24 + 56, b"\0\0\0\0")), 126)
    refused(ferry, ferry.file("huge-image.exe", patched(good, header + 24 + 56, b"\0\xf0\xff\xff")), 126)
    refused(ferry, ferry.file("alignment.exe", patched(good, header + 24 + 32, b"\x03\0\0\0")), 126)
    for length in (1, 2, 63, 64, header, header + 3, header + 23, header + 100, header + 24 + 240 + 10, 600, 1024,
                   len(good) // 2):
        refused(ferry, ferry.file("cut-%d.exe" % length, good[:length]), 126)
    refused(ferry, ferry.file("missing-dll.exe", good.replace(b"KERNEL32.dll", b"KERNEL99.dll")), 127, "KERNEL99.dll")
    lacking = ferry.file("missing-function.exe", good.replace(b"SetConsoleCtrlHandler\0", b"SetConsoleCtrlHandlez\0"))
    result = ferry.run(lacking, "interrupt")
    check(b"SetConsoleCtrlHandlez" in result.stderr and result.returncode not in (0, 124),
          "a missing function that is called: %d %r" % (result.returncode, result.stderr))
    result = ferry.run(lacking, "exit", "3")
    check(result.returncode == 3, "a missing function that is not called: %d %r" % (result.returncode, result.stderr))
    result = ferry.run("--nonsense")
    check(result.returncode == 126 and b"--nonsense" in result.stderr, "unknown option: %r" % result.stderr)


def test_options(ferry):
    result = ferry.run("--version")
    check(result.returncode == 0 and result.stdout.startswith(b"ferry "), "--version: %r" % result.stdout)
    result = ferry.run("--help")
    check(result.returncode == 0 and b"--prefix" in result.stdout, "--help")
    result = ferry.run("--explain", ferry.tool)
    check(result.returncode == 0 and b"native" in result.stdout and b"x86-64" in result.stdout, "--explain")
    other = os.path.join(ferry.folder, "other-prefix")
    result = ferry.run("--prefix", other, ferry.tool, "exit", "0")
    check(result.returncode == 0 and os.path.isdir(os.path.join(other, "drive_c")), "--prefix")
    size = sum(os.lstat(os.path.join(root, name)).st_blocks * 512
               for root, _, names in os.walk(other) for name in names)
    check(size < 1 << 20, "a new prefix takes %d bytes" % size)


def test_known_folders(ferry):
    """Documents and the like are the user's own, or the prefix's with --isolated."""
    home = os.path.join(ferry.folder, "home")
    os.makedirs(os.path.join(home, ".config"))
    os.makedirs(os.path.join(home, "Dokumente"))
    with open(os.path.join(home, ".config/user-dirs.dirs"), "w") as file:
        file.write('# a comment\nXDG_DOCUMENTS_DIR="$HOME/Dokumente"\nXDG_MUSIC_DIR="$HOME/missing"\nXDG_DESKTOP_DIR="$HOME/"\n')
    for isolated in (False, True):
        prefix = os.path.join(ferry.folder, "known-%d" % isolated)
        env = {name: value for name, value in ferry.env.items() if name not in ("XDG_CONFIG_HOME", "FERRY_ISOLATED")}
        env.update(HOME=home, FERRY_PREFIX=prefix)
        ferry.run(*(["--isolated"] if isolated else []), ferry.tool, "exit", "0", env=env)
        users = os.path.join(prefix, "drive_c/users")
        user = os.path.join(users, [name for name in os.listdir(users) if name != "Public"][0])
        check(os.path.islink(os.path.join(user, "Documents")) == (not isolated), "Documents, isolated %d" % isolated)
        check(not os.path.islink(os.path.join(user, "Music")) and os.path.isdir(os.path.join(user, "Music")), "Music is not there")
        check(not os.path.islink(os.path.join(user, "Desktop")), "a desktop that is the home itself stays in the prefix")
        with open(os.path.join(user, "Documents/letter.txt"), "w") as file:
            file.write("Dear")
        path = "C:\\users\\%s\\Documents\\letter.txt" % os.path.basename(user)
        seen = ferry.run(ferry.tool, "attributes", path, env=env).stdout
        check(seen == b"20", "seen as %s: %r" % (path, seen))
    check(os.path.exists(os.path.join(home, "Dokumente/letter.txt")), "the user's own folder")


def test_carried_over(ferry):
    for code in (0, 1, 42, 255):
        result = ferry.run(ferry.tool, "exit", str(code))
        check(result.returncode == code and not result.stderr, "exit code %d: %d %r" % (code, result.returncode, result.stderr))
    result = ferry.run(ferry.tool, "exit", "256")
    check(result.returncode != 0, "a code whose low byte is zero must not look like success")
    env = dict(ferry.env, FERRY_TEST="value of the variable")
    check(ferry.run(ferry.tool, "env", "FERRY_TEST", env=env).stdout == b"value of the variable", "environment")
    check(b"system32" in ferry.run(ferry.tool, "env", "PATH").stdout, "PATH")
    got = ferry.run(ferry.tool, "cwd").stdout.decode()
    check(got.lower() == ("Z:" + ferry.folder.replace("/", "\\")).lower(), "working directory: %s" % got)
    got = ferry.run(ferry.tool, "line", "a b", 'c"d', "e\\", "").stdout.decode()
    check(got.endswith('line "a b" "c\\"d" e\\ ""'), "command line: %s" % got)
    check(ferry.run(ferry.tool, "env", "USERNAME").stdout not in (b"",), "USERNAME")


def test_naming(ferry):
    shutil.copy(ferry.tool, os.path.join(ferry.folder, "tool.exe"))
    check(ferry.run("./tool.exe", "exit", "5").returncode == 5, "relative path")
    check(ferry.run("tool", "exit", "5").returncode == 5, "a name in the working directory, without .exe")
    windows = "Z:" + ferry.folder.replace("/", "\\") + "\\TOOL.exe"
    check(ferry.run(windows, "exit", "5", cwd="/").returncode == 5, "Windows path, other case")
    env = dict(ferry.env, PATH=ferry.folder + ":" + ferry.env["PATH"])
    check(ferry.run("tool", "exit", "5", cwd="/", env=env).returncode == 5, "a name on the path")
    os.makedirs(os.path.join(ferry.prefix, "drive_c/some dir"), exist_ok=True)
    shutil.copy(ferry.tool, os.path.join(ferry.prefix, "drive_c/some dir/Tool.exe"))
    check(ferry.run("C:\\Some Dir\\tool.exe", "exit", "6").returncode == 6, "a path on C:")


def test_streams(ferry):
    data = bytes(range(256)) * 4096
    check(ferry.run(ferry.tool, "cat", input=data).stdout == data, "a megabyte through pipes")
    source = ferry.file("source.bin", data)
    target = os.path.join(ferry.folder, "target.bin")
    with open(source, "rb") as stdin, open(target, "wb") as stdout:
        ferry.run(ferry.tool, "cat", stdin=stdin, stdout=stdout)
    check(open(target, "rb").read() == data, "files as standard streams")
    with open(target, "ab") as stdout:
        ferry.run(ferry.tool, "env", "FERRY_PREFIX", stdout=stdout)
    check(open(target, "rb").read() == data + ferry.prefix.encode(), "output appended to a file")
    ours, theirs = socket.socketpair()
    ferry.run(ferry.tool, "line", stdout=theirs)
    check(ours.recv(4096).endswith(b"line"), "output to a socket")
    ours.close()
    theirs.close()
    types = os.path.join(ferry.folder, "types.txt")
    # 1 disk, 2 character, 3 pipe, 0 unknown
    result = ferry.run(ferry.tool, "types", "types.txt", stdin=subprocess.PIPE)
    check(open(types).read() == "3 3 3\n", "GetFileType of pipes: %r" % open(types).read())
    with open("/dev/null", "r+b") as null, open(source, "rb") as stdin:
        ferry.run(ferry.tool, "types", "types.txt", stdin=stdin, stdout=null, stderr=null)
    check(open(types).read() == "1 2 2\n", "GetFileType of a file and the null device: %r" % open(types).read())
    closed = subprocess.run(["/bin/sh", "-c", 'exec "$0" "$1" types types.txt <&- >&- 2>&-', ferry.command, ferry.tool],
                            cwd=ferry.folder, env=ferry.env, timeout=LIMIT)
    check(closed.returncode == 0 and open(types).read() == "0 0 0\n", "closed streams: %r" % open(types).read())
    reader = subprocess.Popen(["/bin/sh", "-c", '"$0" "$1" cat <"$2" | head -c 10', ferry.command, ferry.tool, source],
                              cwd=ferry.folder, env=ferry.env, stdout=subprocess.PIPE)
    check(reader.communicate(timeout=LIMIT)[0] == data[:10], "a reader that goes away")


def test_signals(ferry):
    result = ferry.run(ferry.tool, "crash")
    lines = result.stderr.decode("utf-8", "replace").splitlines()
    check(result.returncode == 5 and len(lines) == 1 and "c0000005" in lines[0].lower(), "crash: %d %s" % (result.returncode, lines))
    process = subprocess.Popen([ferry.command, ferry.tool, "interrupt"], cwd=ferry.folder, env=ferry.env,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True)
    check(process.stdout.readline().startswith(b"ready"), "interrupt: ready")
    os.killpg(process.pid, signal.SIGINT)
    check(process.communicate(timeout=LIMIT)[0].startswith(b"ctrl-c"), "Ctrl-C reaches the handler")
    process = subprocess.Popen([ferry.command, ferry.tool, "sleep", "60000"], cwd=ferry.folder, env=ferry.env,
                               stdin=subprocess.DEVNULL, start_new_session=True)
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGINT)
    check(process.wait(timeout=10) != 0, "Ctrl-C ends a program without a handler")


def test_crash_report(ferry):
    folder = os.path.join(ferry.folder, "crashes")
    os.mkdir(folder)
    result = ferry.run("--crash-dir", "crashes", ferry.tool, "crash")
    reports = os.listdir(folder)
    check(result.returncode == 5 and result.stderr.count(b"\n") == 1, "one line, the same code: %d %r" % (result.returncode, result.stderr))
    check(len(reports) == 1 and reports[0].startswith("tool.exe-") and reports[0].endswith(".txt"), "a report: %s" % reports)
    text = open(os.path.join(folder, reports[0])).read() if reports else ""
    for part in ("0xc0000005, access violation\nat         tool.exe+", "write to 8\n", "rip ", "  0  tool.exe+", "  1  tool.exe+",
                 "(RtlUserThreadStart+", "C:\\windows\\system32\\kernel32.dll\n", "tool.exe crash\n"):
        check(part in text, "the report has %r" % part)
    data = open(ferry.tool, "rb").read().replace(b"SetConsoleCtrlHandler", b"SetConsoleCtrlHandlez")
    result = ferry.run("--crash-dir=" + folder, ferry.file("lacks.exe", data, 0o755), "interrupt")
    text = "".join(open(os.path.join(folder, name)).read() for name in os.listdir(folder) if name.startswith("lacks"))
    check("missing    KERNEL32.SetConsoleCtrlHandlez\n" in text, "and names a missing function: %r" % text[:600])
    result = ferry.run("--crash-dir", "nowhere", ferry.tool, "exit", "0")
    check(result.returncode == 126 and b"nowhere" in result.stderr, "no such folder: %r" % result.stderr)


def test_counts(ferry):
    """A trivial warm program: at most 20 server requests and 400 Linux system calls. Counts, unlike times, never blur."""
    global skipped
    server = os.path.join(os.path.dirname(ferry.command), "ferryserver")

    def requests():
        text = subprocess.run([server, "--counters", ferry.prefix], stdout=subprocess.PIPE, timeout=LIMIT).stdout.decode()
        pairs = [line.split("\t") for line in text.splitlines()]
        return sum(int(value) for name, value in pairs if name not in ("clients", "slots")) if pairs else None

    ferry.run(ferry.tool, "exit", "0")
    before = requests()
    ferry.run(ferry.tool, "exit", "0")
    after = requests()
    check(before is not None and 0 < after - before <= 20, "server requests: %s, then %s" % (before, after))
    if not shutil.which("strace"):
        skipped += 1
        print("ok # SKIP strace is not installed")
        return
    report = os.path.join(ferry.folder, "strace.out")
    subprocess.run(["strace", "-f", "-c", "-o", report, ferry.command, ferry.tool, "exit", "0"], cwd=ferry.folder,
                   env=ferry.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=LIMIT)
    total = [line.split() for line in open(report) if line.rstrip().endswith("total")]
    check(total and int(total[0][3]) <= 400, "Linux system calls: %s" % total)


def servers(prefix):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = open("/proc/%s/cmdline" % pid, "rb").read().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if prefix in line:
            found.append("%s %s" % (pid, line))
    return found


def test_open_at_exit(ferry):
    result = ferry.run(ferry.tool, "leave-open", "gone.txt")
    check(result.stdout == b"open" and not os.path.exists(os.path.join(ferry.folder, "gone.txt")),
          "a file to be deleted on close goes with the process: %r" % result.stdout)


def test_registry_crash(ferry):
    """What the registry acknowledged survives SIGKILL of the server, at any moment."""
    prefix = os.path.join(ferry.folder, "crash")
    env = dict(ferry.env, FERRY_PREFIX=prefix)
    for delay in (0.05, 0.11, 0.2, 0.31):
        writer = subprocess.Popen([ferry.command, ferry.tool, "registry-write"], env=env, cwd=ferry.folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        first = writer.stdout.readline()
        time.sleep(delay)
        for line in servers(prefix):
            os.kill(int(line.split()[0]), signal.SIGKILL)
        numbers = [n for n in (first + writer.communicate(timeout=LIMIT)[0]).split(b"\n")[:-1] if n.strip()]
        last = int(numbers[-1])
        check(writer.returncode == 125, "the writer ends with %d when the server is killed" % writer.returncode)
        result = ferry.run(ferry.tool, "registry-read", env=env)
        found = int(result.stdout.strip() or 0)
        check(found in (last, last + 1), "registry has %d, %d was acknowledged" % (found, last))
    for _ in range(100):
        if not servers(prefix):
            break
        time.sleep(0.1)
    journal = os.path.join(prefix, "registry.journal")
    with open(journal, "rb+") as file:
        file.truncate(os.path.getsize(journal) - 5)
    result = ferry.run(ferry.tool, "registry-read", env=env)
    check(int(result.stdout.strip() or 0) in (found, found - 1), "a torn record costs only itself")
    check(result.stderr.count(b"damaged") == 1, "and is told: %r" % result.stderr)


def test_check(ferry):
    check_command.test_check(ferry, check)


def test_reg(ferry):
    regtool.test_reg(ferry, check)


def test_kills(ferry):
    kills.test_kills(ferry, check)


def test_suite(ferry):
    suite.test_suite(ferry, check)


def test_terminal(ferry):
    global skipped
    terminal.test_records(ferry, check)
    terminal.test_lines(ferry, check)
    terminal.test_queue(ferry, check)
    reason = terminal.test_screen(ferry, check)
    if reason:
        skipped += 1
        print("ok # SKIP screen: %s" % reason)


def test_prefix_again(ferry):
    """A prefix that was removed and made again, perhaps with the same inode number, has nothing of the old one."""
    prefix = os.path.join(ferry.folder, "again")
    env = dict(ferry.env, FERRY_PREFIX=prefix)
    for _ in range(5):
        writer = subprocess.Popen([ferry.command, ferry.tool, "registry-write"], env=env, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
        writer.stdout.readline()
        writer.kill()
        writer.communicate()
        shutil.rmtree(prefix)
        os.mkdir(prefix)
        check(ferry.run(ferry.tool, "registry-read", env=env).stdout == b"0\n", "a new prefix is new")


def test_nothing_left(ferry):
    for _ in range(150):
        left = servers(ferry.prefix)
        if not left:
            break
        time.sleep(0.1)
    check(not left, "still running 15 s after the last program: %s" % left)


def main():
    ferry = Ferry(os.path.abspath(sys.argv[1]))
    try:
        for test in (test_options, test_known_folders, test_bad_input, test_carried_over, test_naming, test_streams, test_signals, test_crash_report, test_counts,
                     test_open_at_exit, test_registry_crash, test_kills, test_reg, test_check, test_suite, test_terminal,
                     test_prefix_again, test_nothing_left):
            try:
                test(ferry)
            except (OSError, subprocess.SubprocessError) as error:
                check(False, "%s: %s" % (test.__name__, error))
    finally:
        shutil.rmtree(ferry.folder, ignore_errors=True)
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
