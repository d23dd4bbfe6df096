@echo off
call :a 1
echo back %errorlevel%
call :b
echo back %errorlevel%
call :eof
echo still here
exit /b 0
:a
echo a %1
call :c
echo a again
exit /b 3
:b
echo b
goto :eof
:c
echo c
