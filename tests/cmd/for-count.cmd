@echo off
for /l %%i in (1,1,4) do echo %%i
for /l %%i in (5,-2,0) do echo %%i
for /l %%i in (1,1,0) do echo no
for /l %%i in (-1 1 1) do echo %%i
for /l %%i in (0,5,11) do (
  echo %%i
)
set sum=0
for /l %%i in (1,1,10) do set /a sum+=%%i
echo %sum%
