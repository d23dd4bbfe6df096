@echo off
setlocal
for /f "tokens=1* delims=:" %%a in ('findstr /n "^DATA" "%~f0"') do echo %%b
goto :eof
DATA first
DATA second line
