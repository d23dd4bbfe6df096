@echo off
cd . & cmd /d /c exit 4
for %%i in (1) do echo x
echo %errorlevel%
for %%i in (1 2) do cmd /d /c exit %%i
echo %errorlevel%
(for %%i in (1) do cd nowhere 2>nul) || echo failed
exit /b 0
