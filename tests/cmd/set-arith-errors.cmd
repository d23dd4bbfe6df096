@echo off
set /a r=1/0
echo %errorlevel%
set /a r=(1+2
echo %errorlevel%
set /a r=1+
echo %errorlevel%
set /a r=1 2
echo %errorlevel%
set /a r=08
echo %errorlevel%
set /a r=9999999999
echo %errorlevel%
set /a
echo %errorlevel%
echo [%r%]
exit /b 0
