@echo off
:menu
echo 1. one
set "choice="
set /p choice=Choose: 
if "%choice%"=="1" echo chose one & goto menu
if "%choice%"=="q" echo bye & goto :eof
echo bad [%choice%]
goto menu
