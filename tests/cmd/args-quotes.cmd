@echo off
call :s "a b" "c"d e"f g"
call :s "unbalanced x
call :s a,b "c,d" e=f
goto :eof
:s
echo [%~1] [%~2] [%~3] [%~4]
