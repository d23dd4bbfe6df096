@echo off
md sub
setlocal
cd sub
cd
endlocal
cd
