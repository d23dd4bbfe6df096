@echo off
call echo hi
call :x & echo after
call nothing-here
echo %errorlevel%
goto :eof
:x
echo in x
