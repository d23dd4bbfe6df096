@echo off
call :show one "two three" four,five;six=seven
call :show
call :show "" x
call :show a/b /c -d
goto :eof
:show
echo [%0] [%1] [%2] [%3] [%4] [%5] [%6] all [%*]
