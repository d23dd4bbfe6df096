@echo off
setlocal disableextensions
echo %CD%x
if /i a==A echo no
endlocal
