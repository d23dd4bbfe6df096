@echo off
set /p a=First: 
echo [%a%]
set /p "b=Second? "
echo [%b%]
set c=kept
set /p c=
echo [%c%] %errorlevel%
set /p d="quoted prompt "
echo [%d%]
set /p e=end
echo [%e%] %errorlevel%
exit /b 0
