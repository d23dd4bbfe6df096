@echo off
prompt $G
cmd /d /q
echo back %errorlevel%
exit /b 0
