@echo off
echo %CMDEXTVERSION%
cd > file.txt
set /p here=<file.txt
if "%CD%"=="%here%" echo same
set /a x=%RANDOM%+0
if %x% geq 0 if %x% leq 32767 echo in range
if defined DATE (echo date) else echo none
echo %DATE%| findstr /r "^[A-Z][a-z][a-z] [0-9][0-9]/[0-9][0-9]/[0-9][0-9][0-9][0-9]$" >nul && echo date form
echo %TIME%| findstr /r /c:"^[0-9 ][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9]$" >nul && echo time form
set CD=mine
echo %CD%
set CD=
if "%CD%"=="%here%" echo again
