@echo off
cmd /d /c exit 3
echo %errorlevel%
cmd /d /c exit /b 4
echo %errorlevel%
cmd /d /c "exit 5 & echo no"
echo %errorlevel%
cmd /d /c nothing-here 2>nul
echo %errorlevel%
nothing-here 2>nul
echo %errorlevel%
cmd /d /c exit
echo %errorlevel%
exit 7
