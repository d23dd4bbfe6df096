@echo off
prompt $G
cmd /d /k echo first
echo %errorlevel%
