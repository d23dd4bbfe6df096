@echo off
set list=a b c
for %%i in (%list%) do echo %%i
set "files=x;y"
for %%i in (%files%) do echo %%i
setlocal enabledelayedexpansion
for %%i in (!list!) do echo %%i
for /f "tokens=2 delims= " %%i in ("!list!") do echo %%i
set n=3
for /l %%i in (1,1,!n!) do echo %%i
