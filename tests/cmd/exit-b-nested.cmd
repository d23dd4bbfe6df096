@echo off
call :outer
echo %errorlevel%
exit /b 2
:outer
call :inner
echo inner gave %errorlevel%
exit /b 9
:inner
for %%i in (1 2) do (
  echo %%i
  exit /b 8
)
