@echo off
ver >nul
rd nowhere 2>nul
echo %errorlevel%
rd nowhere 2>nul || echo failed
echo %errorlevel%
del nowhere 2>nul || echo no
echo %errorlevel%
cmd /d /c exit 3 || echo or %errorlevel%
cmd /d /c exit 3 || call echo or %%errorlevel%%
cmd /d /c exit 0 && echo and
exit /b 0
