@echo off
start "" /b /wait cmd /d /c echo started
start "title" /wait /b cmd /d /c exit 6
echo %errorlevel%
start /b nothing-here-at-all 2>nul
if errorlevel 1 echo failed
md sub
start "" /d sub /b /wait cmd /d /c cd
exit /b 0
