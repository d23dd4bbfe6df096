"""What was acknowledged survives SIGKILL."""
import os
import random
import signal
import subprocess
import time


def server_of(prefix):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = open("/proc/%s/cmdline" % pid, "rb").read().decode("utf-8", "replace")
        except OSError:
            continue
        if "ferryserver" in line and prefix in line:
            found.append(int(pid))
    return found


def test_kills(ferry, check):
    """Registry and files, the server or the program killed at 300 random moments: what was acknowledged is there."""
    prefix, source = os.path.join(ferry.folder, "kills"), random.Random(11)
    env = dict(ferry.env, FERRY_PREFIX=prefix)
    told = {"n": 0, "file": 0}
    lost, rounds = [], 0
    for rounds in range(1, 302):
        program = subprocess.Popen([ferry.command, ferry.tool, "change"], env=env, cwd=ferry.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        first = b"".join(program.stdout.readline() for _ in range(3))
        time.sleep(source.random() * 0.012)
        if source.random() < 0.5:
            program.kill()
        else:
            for pid in server_of(prefix):
                os.kill(pid, signal.SIGKILL)
        output, errors = program.communicate(timeout=60)
        values = {}
        for line in (first + output).split(b"\n")[:-1]:
            name, _, number = line.decode().rstrip("\r").partition(" ")
            values[name] = int(number)
        if "have-file" not in values or b"damaged" in errors:
            lost.append("round %d: %r %r" % (rounds, first, errors[:200]))
            continue
        for name in ("n", "file"):
            if values["have-" + name] not in (told[name], told[name] + 1):
                lost.append("round %d: %s is %d, %d was acknowledged" % (rounds, name, values["have-" + name], told[name]))
            told[name] = values.get(name, values["have-" + name])
        if values["have-subkeys"] > 10 + rounds: # a kill between the two leaves one
            lost.append("round %d: %d keys" % (rounds, values["have-subkeys"]))
    check(not lost, "killed %d times: %s" % (rounds, "; ".join(lost[:5])))
    check(told["n"] > 300 and told["file"] > 300, "the program came to do something: %s" % told)
