@echo off
set s=The quick brown fox. The end.
echo %s:quick=slow%
echo %s:the=A%
echo %s:e=%
echo %s:*brown=red%
echo %s:zzz=y%
echo %s:.=!%
echo %s: =_%
echo %s:*nothing=x%
set t=a:b:c
echo %t::=-%
