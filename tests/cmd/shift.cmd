@echo off
call :s a b c d e
goto :eof
:s
shift
echo %0 %1 %2
shift /2
echo %0 %1 %2 %3
shift /0
echo %0 %1 %2
shift
shift
shift
shift
echo [%0] [%1]
shift /9
