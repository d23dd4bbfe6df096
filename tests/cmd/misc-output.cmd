@echo off
ver
vol | find "Serial" >nul && echo serial
verify
verify on
verify
verify nonsense
path one;two
path
path=three
echo %path%
path ;
path
exit /b 0
