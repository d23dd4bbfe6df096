@echo off
call :rc 0 && echo 1 || echo no
call :rc 1 && echo no || echo 2
call :rc 0 && call :rc 1 || echo 3
call :rc 1 || call :rc 0 && echo 4
call :rc 1 && echo no & echo 5
call :rc 0 || echo no & echo 6
(call :rc 1 || call :rc 1) || echo 7
exit /b 0
:rc
exit /b %1
