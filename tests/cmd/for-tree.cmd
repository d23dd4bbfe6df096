@echo off
md a\b c
echo x>1.txt
echo x>a\2.txt
echo x>a\b\3.txt
for /r %%i in (*.txt) do echo %%i
for /r a %%i in (*.txt) do echo %%~nxi
for /r . %%i in (.) do echo %%i
for /r "a" %%i in (x) do echo %%i
for /d /r %%i in (*) do echo %%~nxi
