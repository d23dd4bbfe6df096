@echo off
call :nolabel
echo after %errorlevel%
