@echo off
> other.cmd echo @echo other %%1 %%2
>> other.cmd echo @exit /b 5
call other x y
echo back %errorlevel%
call other.cmd "q r"
echo back %errorlevel%
other last
echo not reached
