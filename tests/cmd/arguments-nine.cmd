@echo off
call :s a b c d e f g h i j k
goto :eof
:s
echo %9 %10 %*
shift
echo %9 %1 %*
