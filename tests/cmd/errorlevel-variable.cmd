@echo off
cmd /d /c exit 5
set errorlevel=mine
echo %errorlevel%
if errorlevel 1 (echo no) else echo zero
set errorlevel=
cmd /d /c exit 6
echo %errorlevel%
exit /b 0
