@echo off
>f.txt echo one
>>f.txt echo ;comment
>>f.txt echo.
>>f.txt echo #two
>>f.txt echo three
for /f %%a in (f.txt) do echo %%a
echo --
for /f "eol=#" %%a in (f.txt) do echo %%a
echo --
for /f "skip=3" %%a in (f.txt) do echo %%a
echo --
for /f "usebackq skip=1 eol=t" %%a in ("f.txt") do echo %%a
