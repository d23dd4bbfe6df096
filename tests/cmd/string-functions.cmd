@echo off
setlocal enabledelayedexpansion
call :length "hello world" n
echo %n%
call :upper word
echo %word%
call :reverse abc r
echo %r%
goto :eof
:length
set "s=%~1"
set len=0
:lenloop
if defined s (
  set "s=!s:~1!"
  set /a len+=1
  goto lenloop
)
set %2=%len%
exit /b
:upper
set %1=mixed Case
for %%a in ("a=A" "b=B" "c=C" "d=D" "e=E" "i=I" "m=M" "s=S" "x=X") do set "%1=!%1:%%~a!"
exit /b
:reverse
set "s=%1"
set "o="
:revloop
if defined s set "o=%s:~0,1%%o%" & set "s=%s:~1%" & goto revloop
set %2=%o%
exit /b
