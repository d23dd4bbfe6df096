@echo off
setlocal enabledelayedexpansion
set s=0123456789
echo !s:~3,2! !s:~-2! !s:5=five!
set a=3
echo !s:~%a%,1!
for %%p in (4) do echo !s:~%%p,1!
for %%p in (7) do echo !s:%%p=seven!
echo !none:~1,2!.
