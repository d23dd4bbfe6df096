@echo off
set x=outer
call :s
echo %x%
call :t
echo %x%
goto :eof
:s
setlocal
set x=inner
echo %x%
goto :eof
:t
set x=changed
