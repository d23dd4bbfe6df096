@echo off
echo before
call :s x
echo after
:s
echo %~q1
echo not reached
