"""Tests of `ferry test`. Each takes the Ferry object and the check function of run.py."""
import os
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree


def run(ferry, *arguments):
    return subprocess.run([ferry.command, "test"] + list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, timeout=120, cwd=ferry.folder,
                          env=dict(ferry.env, TMPDIR=os.path.join(ferry.folder, "tmp")))


def processes(text):
    """Running processes whose environment holds the text."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if text in open("/proc/%s/environ" % pid, "rb").read():
                found.append(pid)
        except OSError:
            pass
    return found


def test_suite(ferry, check):
    folder = os.path.join(ferry.folder, "suite")
    os.makedirs(os.path.join(folder, "bad"))
    program = os.path.join(os.path.dirname(ferry.tool), "behave.exe")
    for name in ("tap", "code0", "lists", "counted", "tapfail", "short", "code3", "bad/crash", "bad/leaves"):
        shutil.copy(program, os.path.join(folder, name + ".exe"))
    os.mkdir(os.path.join(ferry.folder, "tmp"))
    result = run(ferry, "--junit", "out.xml", "--record", "base.txt", "--timeout", "60", folder)
    text = result.stdout.decode()
    check(result.returncode == 1, "some fail: %d %r" % (result.returncode, result.stderr))
    for line in ("counted: FAIL, 1 of 15 checks, code 1\n    counted.c:12: Test failed: expected 1, got 2\n",
                 "tapfail: FAIL, 1 of 2 checks\n    not ok 2 - pointer 7ffe12345678 is wrong\n", "bad/crash: CRASH",
                 "short: FAIL", "lists:two: FAIL, 1 of 2 checks", "code3: FAIL"):
        check(line in text, "%r in %r" % (line, text))
    check("lists:one" not in text and "leaves" not in text, "what passed is not told: %r" % text)
    check(re.search(r"^\d+ passed, \d+ failed, \d+ skipped$", text.splitlines()[-1]), "the last line: %r" % text)
    suite = xml.etree.ElementTree.parse(os.path.join(ferry.folder, "out.xml")).getroot().find("testsuite")
    check(suite.get("tests") == "10" and suite.get("failures") == "5" and suite.get("errors") == "1",
          "JUnit: %s" % suite.attrib)
    names = {case.get("name"): case for case in suite}
    check("lists:one" in names and names["bad/crash"].find("error") is not None and
          "expected 1, got 2" in names["counted"].find("failure").text, "its cases")
    check(not processes(b"FERRY_TEST_ID="), "nothing that a test started stays")
    check(not os.listdir(os.path.join(ferry.folder, "tmp")), "nor its folder")

    result = run(ferry, "--baseline", "base.txt", folder)
    check(result.returncode == 0 and b"0 new failures, 0 new passes" in result.stdout, "against itself: %r" % result.stdout[-300:])
    shutil.copy(program, os.path.join(folder, "fresh.exe"))
    os.rename(os.path.join(folder, "code3.exe"), os.path.join(folder, "kept.exe"))
    with open(os.path.join(ferry.folder, "base.txt")) as file:
        base = file.read().replace("code3\t", "kept\t").replace("tap\tpass\t", "tap\tFAIL\t").replace("\tpointer # is wrong\n", "")
    ferry.file("base.txt", base.encode())
    result = run(ferry, "--baseline", "base.txt", folder)
    check(result.returncode == 1 and b"new failure    tapfail: pointer # is wrong\n" in result.stdout and
          b"new pass       tap\n" in result.stdout and b"1 new failures, 2 new passes" in result.stdout,
          "what changed: %r" % result.stdout[-400:])

    result = run(ferry, "--with", "ferry", "--with", "sh -c true", "--only", "tap*", folder)
    rows = result.stdout.decode().splitlines()
    check(any(re.match(r"test +ferry +sh -c true$", row) for row in rows) and
          any(re.match(r"tapfail +1/2 +1/1$", row) for row in rows), "two loaders side by side: %r" % rows)
    check(run(ferry).returncode == 2 and run(ferry, "nowhere").returncode == 2 and
          run(ferry, "--nonsense", folder).returncode == 2, "bad usage")
    check(run(ferry, "--baseline", "absent.txt", "--only", "tap", folder).returncode == 2, "no such baseline")

    shutil.rmtree(folder)
    os.mkdir(folder)
    for name in ("hang", "loop", "flood", "code0"):
        shutil.copy(program, os.path.join(folder, name + ".exe"))
    start = time.time()
    result = run(ferry, "--timeout", "1.5", "--jobs", "4", folder)
    text = result.stdout.decode()
    check(result.returncode == 1 and text.count(": TIMEOUT") == 3 and "1 passed, 3 failed" in text, "hang, loop, flood: %r" % text[-300:])
    check(time.time() - start < 30, "are ended in time")
    check(not processes(b"FERRY_TEST_ID="), "and nothing of them stays")
