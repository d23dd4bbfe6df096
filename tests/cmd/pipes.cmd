@echo off
echo hello| find "hell"
(echo b& echo a& echo c)| sort
echo one| find "two" || echo not found
echo one| find "one" >nul && echo found
for %%i in (z y x) do @echo %%i| sort
(for %%i in (z y x) do @echo %%i)| sort
echo a| sort| sort| find "a"
cmd /d /c exit 3| cmd /d /c exit 4
echo %errorlevel%
set v=value
echo %v%| sort
exit /b 0
