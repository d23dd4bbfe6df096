@echo off
set a=1234567890
set a=%a%%a%%a%%a%%a%%a%%a%%a%%a%%a%
set b=%a%%a%%a%%a%%a%
echo %b:~490,20%
set n=0
:count
if "%b%"=="" goto done
set b=%b:~100%
set /a n+=1
goto count
:done
echo %n%
