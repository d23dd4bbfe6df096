@echo off
md target
echo x>target\file
mklink /j junction target >nul
if exist junction\file echo 1
mklink /h hard target\file
echo y>>target\file
type hard
mklink soft target\file
type soft
mklink /d folder target >nul
dir /b folder
rd junction folder
if exist target\file echo kept
mklink x
exit /b 0
