@echo off
setlocal enabledelayedexpansion
set r=value of r
for /f "delims=" %%a in ("!r!") do endlocal & set out=%%a
echo %out% [%r%]
setlocal
set in=kept
endlocal & set in2=%in%
echo %in2% [%in%]
