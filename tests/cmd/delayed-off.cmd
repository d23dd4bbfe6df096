@echo off
set v=x
echo !v!
cmd /d /v:on /c echo !v!
cmd /d /v:off /c echo !v!
setlocal enabledelayedexpansion
echo !v!
endlocal
echo !v!
