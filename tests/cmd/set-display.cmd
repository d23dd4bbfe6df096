@echo off
set zzvar1=one
set ZZvar2=two
set zzvar
set zzv
set zznothing
echo %errorlevel%
set zzvar1=
set zzvar
set "zzvar1=with trailing" junk
set zzvar1
set zz a=b
set zz a
exit /b 0
