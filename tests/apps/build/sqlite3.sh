#!/bin/bash
# sqlite3.sh SOURCE: builds sqlite3.exe and, for i386, sqlite3-32.exe in the working folder from Debian's unpacked upstream tarball.
set -eu
"$1"/configure --disable-tcl >/dev/null
make sqlite3.c shell.c >/dev/null
x86_64-w64-mingw32-gcc -O1 -o sqlite3.exe shell.c sqlite3.c
i686-w64-mingw32-gcc -O1 -o sqlite3-32.exe shell.c sqlite3.c
