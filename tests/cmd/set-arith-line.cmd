@echo off
cmd /d /c "set /a 6*7"
echo.
cmd /d /c "set /a x=3,x*2"
echo.
set /a 5+5
echo end
