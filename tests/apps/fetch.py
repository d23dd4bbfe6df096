"""Fetches the programs of list.toml into a cache folder, once.

The cache is $FERRY_TEST_CACHE, or apps/ in the build folder. Where no registry is reachable, fetch() returns None with
the reason, and the test is skipped.
"""
import glob
import hashlib
import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 300


def call(command, cwd):
    """None when the command succeeded, else the last line it printed."""
    try:
        result = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, timeout=LIMIT)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if result.returncode == 0:
        return None
    lines = result.stdout.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "%s failed" % command[0]


def from_npm(entry, folder):
    error = call(["npm", "pack", "--silent", "%s@%s" % (entry["package"], entry["version"])], folder)
    if error:
        return "npm: " + error
    tarball = glob.glob(os.path.join(folder, "*.tgz"))[0]
    digest = hashlib.sha256(open(tarball, "rb").read()).hexdigest()
    if digest != entry["sha256"]:
        return "%s has sha256 %s, expected %s" % (entry["package"], digest, entry["sha256"])
    error = call(["tar", "xf", tarball], folder)
    os.unlink(tarball)
    return error


def from_deb(entry, folder):
    error = call(["apt-get", "download", entry["package"]], folder)
    if error and os.getuid() == 0:
        error = call(["apt-get", "update"], folder) or call(["apt-get", "download", entry["package"]], folder)
    if error:
        return "apt: " + error
    package = glob.glob(os.path.join(folder, "*.deb"))[0]
    error = call(["dpkg-deb", "-x", package, folder], folder)
    os.unlink(package)
    return error


def source_options(state):
    """apt options that make the configured Debian archives usable for sources, without touching the system's lists."""
    parts = os.path.join(state, "sources.list.d")
    os.makedirs(parts)
    os.makedirs(os.path.join(state, "lists/partial"))
    for path in glob.glob("/etc/apt/sources.list.d/*.sources"):
        text = open(path, encoding="utf-8").read()
        if "debian" in text:
            lines = ["Types: deb-src" if line.startswith("Types:") else line for line in text.splitlines()]
            with open(os.path.join(parts, os.path.basename(path)), "w", encoding="utf-8") as out:
                out.write("\n".join(lines) + "\n")
    lists = glob.glob("/etc/apt/sources.list.d/*.list") + ["/etc/apt/sources.list"]
    with open(os.path.join(state, "sources.list"), "w", encoding="utf-8") as out:
        for path in lists:
            if os.path.exists(path):
                for line in open(path, encoding="utf-8"):
                    if line.startswith("deb ") and "debian" in line:
                        out.write("deb-src " + line[4:])
    return ["-o", "Dir::Etc::SourceList=" + os.path.join(state, "sources.list"),
            "-o", "Dir::Etc::SourceParts=" + parts,
            "-o", "Dir::State::Lists=" + os.path.join(state, "lists"), "-o", "APT::Sandbox::User=root"]


def from_debsrc(name, entry, folder):
    missing = [package for package in entry.get("build_packages", []) if call(["dpkg", "-s", package], folder)]
    if missing and os.getuid() == 0:
        call(["apt-get", "install", "-y", "--no-install-recommends"] + missing, folder)
    state = tempfile.mkdtemp()
    try:
        options = source_options(state)
        error = call(["apt-get"] + options + ["update"], folder) or call(
            ["apt-get"] + options + ["source", "--download-only", entry["package"]], folder)
        if error:
            return "apt: " + error
    finally:
        shutil.rmtree(state, ignore_errors=True)
    tarball = [path for path in glob.glob(os.path.join(folder, "*.orig.tar.*")) if not path.endswith(".asc")][0]
    source = os.path.join(folder, "source")
    os.mkdir(source)
    return (call(["tar", "xf", tarball, "--strip-components=1", "-C", source], folder)
            or call([os.path.join(HERE, "build", name + ".sh"), source], folder))


def fetch(name, entry, cache):
    """(path of the program, None) or (None, why it cannot be had)."""
    final = os.path.join(cache, name)
    program = os.path.join(final, entry["program"])
    if os.path.exists(program):
        return program, None
    os.makedirs(cache, exist_ok=True)
    folder = tempfile.mkdtemp(prefix=name + "-", dir=cache)
    if entry["source"] == "npm":
        error = from_npm(entry, folder)
    elif entry["source"] == "deb":
        error = from_deb(entry, folder)
    else:
        error = from_debsrc(name, entry, folder)
    if not error and not os.path.exists(os.path.join(folder, entry["program"])):
        error = "%s is not in the package" % entry["program"]
    if error:
        shutil.rmtree(folder, ignore_errors=True)
        return None, error
    shutil.rmtree(final, ignore_errors=True)
    os.rename(folder, final)
    return program, None
