@echo off
cmd /d /c exit 5
set x=1
echo %errorlevel%
cmd /d /c exit 5
echo x
rem x
title x
if 1==1 echo y
for %%i in (1) do echo z
echo %errorlevel%
cd .
echo %errorlevel%
