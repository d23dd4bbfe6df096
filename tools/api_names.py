#!/usr/bin/env python3
"""Names of Windows functions and the DLL that has each, from mingw-w64's import libraries, as C.

    api_names.py CC      prints the table that `ferry check` knows run-time look-ups by, sorted by name
"""
import os
import re
import subprocess
import sys

# In this order: a function that several have belongs to the first.
DLLS = """kernel32 user32 gdi32 advapi32 shell32 ole32 oleaut32 comctl32 comdlg32 shlwapi ws2_32 winmm version ntdll psapi
imm32 uxtheme dwmapi setupapi crypt32 wininet winhttp winspool mpr netapi32 rpcrt4 secur32 iphlpapi userenv powrprof wtsapi32
dbghelp bcrypt ncrypt opengl32 gdiplus msimg32 msacm32 avifil32 dsound ddraw d3d9 dinput8 mswsock cfgmgr32 wintrust imagehlp
urlmon hid usp10 shcore""".split()


def main():
    compiler = sys.argv[1].split()
    found = {}
    nm = subprocess.run(compiler + ["-print-prog-name=nm"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    for dll in DLLS:
        path = subprocess.run(compiler + ["-print-file-name=lib%s.a" % dll], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
        if not os.path.isabs(path):
            continue
        output = subprocess.run([nm, "--defined-only", "-g", path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        for name in re.findall(r"^[0-9a-f]+ T (\w+)$", output.decode("ascii", "replace"), re.M):
            if len(name) > 4 and not name.startswith("_"):
                found.setdefault(name, dll)
    print("/* Made by tools/api_names.py. */\nstatic const struct api_name {\n    const char *name, *dll;\n} api_names[] = {")
    for name in sorted(found):
        print('    { "%s", "%s.dll" },' % (name, found[name]))
    print("};")


if __name__ == "__main__":
    main()
