@echo off
set v=1
if defined v echo 1
if not defined w echo 2
set v=
if defined v (echo no) else echo 3
if defined errorlevel echo 4
if cmdextversion 2 echo 5
if cmdextversion 3 (echo no) else echo 6
set "a b=c"
if defined a^ b echo 7
