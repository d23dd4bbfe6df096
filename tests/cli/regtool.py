"""reg.exe: every operation, its output and its exit code."""
import os

DONE = "The operation completed successfully.\n"
MISSING = "ERROR: The system was unable to find the specified registry key or value.\n"
K = "HKCU\\Software\\Reg test"
FULL = "HKEY_CURRENT_USER\\Software\\Reg test"

REG_FILE = """Windows Registry Editor Version 5.00

[HKEY_CURRENT_USER\\Software\\Reg test]
@="unnamed"
"back\\\\slash"="quote \\" and \\\\"
"number"=dword:0000002a
"long"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,15,\\
  16,17,18,19,1a,1b,1c,1d,1e,1f,20,21,22,23,24,25,26,27,28,29,2a,2b,2c,2d,2e,2f
"strings"=hex(7):61,00,00,00,62,00,00,00,00,00
"expanded"=hex(2):25,00,78,00,25,00,00,00
"big"=hex(b):00,00,00,00,01,00,00,00
"odd"=hex(777):01,02
"\u00fcml\u00e4ut"="\u65e5\u672c"

[HKEY_CURRENT_USER\\Software\\Reg test\\Empty]

[HKEY_CURRENT_USER\\Software\\Reg test\\Sub]
"x"=hex:

[HKEY_CURRENT_USER\\Software\\Reg test\\Sub\\Deeper]
"y"="1"

"""

IMPORT_MORE = """Windows Registry Editor Version 5.00

; a comment
[HKEY_CURRENT_USER\\Software\\Reg test]
"number"=-
"new"=dword:7
"wrong"=dword:xyz
[-HKEY_CURRENT_USER\\Software\\Reg test\\Sub]
[HKEY_CURRENT_USER\\Software\\Reg test\\Made\\By import]
@="there"
"""


def test_reg(ferry, check):
    program = os.path.join(os.path.dirname(os.path.dirname(ferry.command)), "lib/ferry/x86_64-windows/reg.exe")

    def reg(*arguments, code=0, out=None, err=None, text=None):
        result = ferry.run(program, *arguments, **({"input": text.encode()} if text is not None else {}))
        stdout = result.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
        stderr = result.stderr.decode("utf-8", "replace").replace("\r\n", "\n")
        wanted_out, wanted_err = out if out is not None else stdout, err if err is not None else ("" if not code else stderr)
        check(result.returncode == code and stdout == wanted_out and stderr == wanted_err,
              "reg %s: %d\n%s%s--- wanted %d\n%s%s" % (" ".join(arguments), result.returncode, stdout, stderr, code, wanted_out,
                                                      wanted_err))
        return stdout

    def path(name):
        return os.path.join(ferry.folder, name)

    # ---- add, query, delete ----
    reg("query", K, code=1, out="", err=MISSING)
    reg("add", K, out=DONE)
    reg("add", K, "/v", "text", "/d", "some text", out=DONE)
    reg("add", K, "/v", "n", "/t", "reg_dword", "/d", "0x1F", out=DONE)
    reg("add", K, "/v", "q", "/t", "REG_QWORD", "/d", "4294967296", out=DONE)
    reg("add", K, "/v", "b", "/t", "REG_BINARY", "/d", "0a1B", out=DONE)
    reg("add", K, "/v", "m", "/t", "REG_MULTI_SZ", "/d", "one\\0two", out=DONE)
    reg("add", K, "/v", "m2", "/t", "REG_MULTI_SZ", "/s", ",", "/d", "one,two", out=DONE)
    reg("add", K, "/v", "e", "/t", "REG_EXPAND_SZ", "/d", "%PATH%", out=DONE)
    reg("add", K, "/v", "none", "/t", "REG_NONE", out=DONE)
    reg("add", K, "/ve", "/d", "unnamed", out=DONE)
    reg("add", K + "\\below\\deep", "/f", out=DONE)
    values = """
%s
    text    REG_SZ    some text
    n    REG_DWORD    0x1f
    q    REG_QWORD    0x100000000
    b    REG_BINARY    0A1B
    m    REG_MULTI_SZ    one\\0two
    m2    REG_MULTI_SZ    one\\0two
    e    REG_EXPAND_SZ    %%PATH%%
    none    REG_NONE    \n    (Default)    REG_SZ    unnamed
""" % FULL
    reg("query", K, out=values + "\n%s\\below\n" % FULL)
    reg("QUERY", "hkey_current_user\\software\\reg TEST\\below\\", out="\n%s\\below\\deep\n" % "HKEY_CURRENT_USER\\software\\reg TEST")
    reg("query", K, "/v", "N", out="\n%s\n    n    REG_DWORD    0x1f\n\n" % FULL)
    reg("query", K, "/ve", out="\n%s\n    (Default)    REG_SZ    unnamed\n\n" % FULL)
    reg("query", K + "\\below", "/ve", out="\n%s\\below\n    (Default)    REG_SZ    (value not set)\n\n" % FULL)
    reg("query", K, "/v", "nothing", code=1, out="", err=MISSING)
    reg("query", K, "/v", "m", "/se", "#", out="\n%s\n    m    REG_MULTI_SZ    one#two\n\n" % FULL)
    reg("query", K, "/v", "n", "/z", out="\n%s\n    n    REG_DWORD (4)    0x1f\n\n" % FULL)
    reg("query", K, "/f", "some", out="\n%s\n    text    REG_SZ    some text\n\nEnd of search: 1 match(es) found.\n" % FULL)
    reg("query", K, "/f", "SOME", "/c", code=1, out="\nEnd of search: 0 match(es) found.\n", err="")
    reg("query", K, "/s", "/f", "deep", "/k", out="\n%s\\below\\deep\n\nEnd of search: 1 match(es) found.\n" % FULL)
    reg("query", K, "/t", "REG_QWORD", out="\n%s\n    q    REG_QWORD    0x100000000\n" % FULL)
    reg("add", K, "/v", "n", "/t", "REG_DWORD", "/d", "7", text="n\n",
        out="Value n exists, overwrite (Yes/No)? The operation was canceled by the user.\n")
    reg("add", K, "/v", "n", "/t", "REG_DWORD", "/d", "7", text="yes\n", out="Value n exists, overwrite (Yes/No)? " + DONE)
    reg("add", K, "/v", "n", "/t", "REG_DWORD", "/d", "8", "/f", out=DONE)
    reg("query", K, "/v", "n", out="\n%s\n    n    REG_DWORD    0x8\n\n" % FULL)
    reg("add", K, "/v", "n", "/t", "REG_DWORD", "/d", "99999999999", "/f", code=1)
    reg("add", K, "/v", "n", "/t", "REG_WORD", code=1)
    reg("delete", K, "/v", "text", "/f", out=DONE)
    reg("delete", K, "/v", "text", "/f", code=1, out="", err=MISSING)
    reg("delete", K, "/va", "/f", out=DONE)
    reg("query", K, out="\n%s\\below\n" % FULL)
    reg("delete", K, text="n\n", out="Permanently delete the registry key %s (Yes/No)? The operation was canceled by the user.\n" % FULL)
    reg("delete", K, "/f", out=DONE)
    reg("query", K, code=1, out="", err=MISSING)

    # ---- import, export ----
    with open(path("in.reg"), "wb") as file:
        file.write(("\ufeff" + REG_FILE.replace("\n", "\r\n")).encode("utf-16-le"))
    reg("import", "in.reg", out=DONE)
    reg("export", K, "out.reg", out=DONE)
    exported = open(path("out.reg"), "rb").read().decode("utf-16-le").lstrip("\ufeff").replace("\r\n", "\n")
    check(exported.replace("\\\n  ", "") == REG_FILE.replace("\\\n  ", ""), "exported is what was imported: %s" % exported)
    check(all(len(line) <= 80 for line in exported.split("\n")), "lines of the exported file")
    reg("export", K, "out.reg", text="n\n", out="File out.reg already exists. Overwrite (Yes/No)? The operation was canceled by the user.\n")
    reg("export", K, "out.reg", "/y", out=DONE)
    with open(path("more.reg"), "w") as file:
        file.write(IMPORT_MORE)
    reg("import", "more.reg", out=DONE)
    reg("query", K, "/v", "number", code=1, out="", err=MISSING)
    reg("query", K, "/v", "new", out="\n%s\n    new    REG_DWORD    0x7\n\n" % FULL)
    reg("query", K + "\\Sub", code=1, out="", err=MISSING)
    reg("query", K + "\\Made\\By import", "/ve", out="\n%s\\Made\\By import\n    (Default)    REG_SZ    there\n\n" % FULL)
    with open(path("no.reg"), "w") as file:
        file.write("something else\n")
    reg("import", "no.reg", code=1, out="")
    reg("import", "missing.reg", code=1, out="")

    # ---- copy, compare ----
    reg("copy", K, K + " copy", "/s", "/f", out=DONE)
    reg("compare", K, K + " copy", "/s", out="\nResults Compared:  Identical\n" + DONE)
    reg("add", K + " copy\\Made", "/v", "only here", "/d", "x", out=DONE)
    reg("compare", K, K + " copy", out="\nResults Compared:  Identical\n" + DONE)
    reg("compare", K, K + " copy", "/s", code=2, err="",
        out="> Value:  %s copy\\Made  only here  REG_SZ  x\n\nResults Compared:  Different\n" % FULL + DONE)
    reg("copy", K, K + "\\itself", "/s", code=1, out="")

    # ---- hives ----
    reg("save", K, "hive", out=DONE)
    reg("load", "HKU\\Reg test hive", "hive", out=DONE)
    reg("compare", K, "HKU\\Reg test hive", "/s", out="\nResults Compared:  Identical\n" + DONE)
    reg("add", "HKU\\Reg test hive", "/v", "changed", "/d", "in the hive", out=DONE)
    reg("unload", "HKU\\Reg test hive", out=DONE)
    reg("query", "HKU\\Reg test hive", code=1, out="", err=MISSING)
    reg("restore", K, "hive", out=DONE)
    reg("query", K, "/v", "changed", out="\n%s\n    changed    REG_SZ    in the hive\n\n" % FULL)
    reg("load", "HKCU\\x", "hive", code=1, out="")
    reg("load", "HKU\\x", "missing", code=1, out="", err=MISSING)

    # ---- refusals and help ----
    for name in ("query", "add", "delete", "copy", "save", "restore", "load", "unload", "compare", "export", "import"):
        text = reg(name, "/?")
        check(text.startswith("\nREG %s " % name.upper()), "reg %s /?" % name)
        reg(name, code=1, out="", err="ERROR: Invalid syntax.\nType \"REG %s /?\" for usage.\n" % name.upper())
    check("COMPARE" in reg("/?"), "reg /?")
    reg("query", "HKXX\\x", code=1, out="", err="ERROR: Invalid key name.\nType \"REG QUERY /?\" for usage.\n")
    reg("nonsense", code=1)
    reg("delete", K, "/f", out=DONE)
    reg("delete", K + " copy", "/f", out=DONE)
