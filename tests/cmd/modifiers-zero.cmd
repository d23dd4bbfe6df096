@echo off
echo %0
echo %~0
echo %~n0 %~x0 %~nx0
if "%~f0"=="%CD%\test.cmd" echo full
md x
cd x
call :label
goto :eof
:label
echo %0 %~n0 %~f0
