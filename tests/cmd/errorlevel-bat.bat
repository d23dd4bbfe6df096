@echo off
cmd /d /c exit 5
set x=1
echo %errorlevel%
path >nul
echo %errorlevel%
ver >nul
echo %errorlevel%
