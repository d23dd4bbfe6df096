@echo off
md a
md a
echo %errorlevel%
md b\c\d "e f"
if exist b\c\d\ if exist "e f\" echo made
md
echo %errorlevel%
rd b
echo kept %errorlevel%
rd b\c\d
rd /s /q b
if not exist b echo gone
rd a "e f"
if not exist a if not exist "e f" echo both
rd nowhere
echo x>file
rd file
md q\r
echo n| rd /s q
if exist q\r echo still
echo.y>answer
rd /s q <answer
exit /b 0
