#!/bin/bash
# lua.sh SOURCE: builds lua.exe and, for i386, lua-32.exe in the working folder from Debian's unpacked upstream tarball.
set -eu
sources=$(ls "$1"/src/*.c | grep -v '/luac\.c$')
# shellcheck disable=SC2086
x86_64-w64-mingw32-gcc -O2 -DLUA_COMPAT_5_3 -o lua.exe $sources -lm
# shellcheck disable=SC2086
i686-w64-mingw32-gcc -O2 -DLUA_COMPAT_5_3 -o lua-32.exe $sources -lm
