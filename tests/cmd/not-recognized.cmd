@echo off
nothing-here a b
echo %errorlevel%
.\nothing-here
"no such program" x
nothing-here.exe
exit /b 0
