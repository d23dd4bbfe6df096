@echo off
echo one 3>three.txt >&3
type three.txt
call :s 4>four.txt
type four.txt
echo swap 3>&1 1>&2 2>&3
goto :eof
:s
echo first>&4
echo second 1>&4
