@echo off
date /t | findstr /r "^[A-Z][a-z][a-z] [0-9/]* $" >nul && echo 1
time /t | findstr /r "^[0-9][0-9]:[0-9][0-9] [AP]M$" >nul && echo 2
date nonsense
time nonsense
echo.| date | find "The current date is" >nul && echo 3
exit /b 0
