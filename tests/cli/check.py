"""Tests of `ferry check`. Each takes the Ferry object and the check function of run.py."""
import json
import os
import shutil
import subprocess


def run(ferry, *arguments):
    return subprocess.run([ferry.command, "check"] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=60, cwd=ferry.folder, env=ferry.env)


def program(ferry, name, *changes):
    """A copy of the test program with some of its bytes replaced by as many others."""
    data = open(ferry.tool, "rb").read()
    for old, new in changes:
        assert old in data and len(old) == len(new)
        data = data.replace(old, new)
    return ferry.file(name, data, 0o755)


def test_check(ferry, check):
    folder = os.path.join(ferry.folder, "programs")
    os.mkdir(folder)
    whole = os.path.join(folder, "whole.exe")
    shutil.copy(ferry.tool, whole)
    result = run(ferry, whole)
    check(result.returncode == 0 and b"everything it needs" in result.stdout and b"kernel32.dll" in result.stdout,
          "a whole program: %d %r" % (result.returncode, result.stdout))
    check(b"x86-64, console" in result.stdout and b"GNU linker" in result.stdout, "what it is: %r" % result.stdout[:200])

    lacking = program(ferry, "programs/lacking.exe", (b"SetConsoleCtrlHandler", b"SetConsoleCtrlHandlez"))
    result = run(ferry, lacking)
    check(result.returncode == 1 and b"      SetConsoleCtrlHandlez\n" in result.stdout and b"1 missing" in result.stdout,
          "a missing function: %d %r" % (result.returncode, result.stdout))
    started = ferry.run(lacking, "interrupt")
    check(b"SetConsoleCtrlHandlez" in started.stderr, "which is what running it says: %r" % started.stderr)

    homeless = program(ferry, "programs/homeless.exe", (b"KERNEL32.dll", b"KERNEL33.dll"))
    result = run(ferry, homeless)
    check(result.returncode == 1 and b"kernel33.dll" in result.stdout and b"not found" in result.stdout,
          "a missing DLL: %d %r" % (result.returncode, result.stdout))

    # DLLs beside the program come along, with what they need
    loader = os.path.join(os.path.dirname(ferry.tool), "../kernelbase")
    beside = os.path.join(folder, "beside.exe")
    shutil.copy(os.path.join(loader, "outer.dll"), beside)
    shutil.copy(os.path.join(loader, "inner.dll"), folder)
    result = run(ferry, "--json", beside)
    found = json.loads(result.stdout)["programs"][0]
    check(result.returncode == 0 and [d["where"] for d in found["dlls"] if d["name"] == "inner.dll"] == ["beside"],
          "a DLL beside the program: %r" % result.stdout)
    os.unlink(os.path.join(folder, "inner.dll"))
    result = run(ferry, "--json", beside)
    found = json.loads(result.stdout)["programs"][0]
    check(result.returncode == 1 and {"function": "inner_add", "delayed": False, "needed_by": beside} in
          [m for d in found["dlls"] for m in d["missing"]], "and without it: %r" % result.stdout)

    ferry.file("programs/notes.txt", b"not a program")
    ferry.file("programs/empty.exe", b"")
    result = run(ferry, "--json", "--no-lookups", folder)
    names = [os.path.basename(p["path"]) for p in json.loads(result.stdout)["programs"]]
    check(result.returncode == 1 and names == ["beside.exe", "homeless.exe", "lacking.exe", "whole.exe"],
          "a folder: %d %r" % (result.returncode, names))
    result = run(ferry, os.path.join(folder, "notes.txt"))
    check(result.returncode == 2 and result.stderr.count(b"\n") == 1 and b"notes.txt" in result.stderr, "not a program: %r" % result.stderr)
    result = run(ferry, os.path.join(folder, "absent.exe"))
    check(result.returncode == 2 and b"absent.exe" in result.stderr, "not there: %r" % result.stderr)
    check(run(ferry).returncode == 2 and run(ferry, "--nonsense", whole).returncode == 2, "bad usage")
    result = run(ferry, "--help")
    check(result.returncode == 0 and b"--json" in result.stdout, "--help")
