@echo off
md one two
echo x>two\tool.dat
set list=%CD%\one;%CD%\two
call :s tool.dat
call :s missing.dat
goto :eof
:s
echo [%~$list:1]
echo [%~nx$list:1]
