@echo off
setlocal enabledelayedexpansion
set n=0
for %%i in (a b c) do (
  set /a n+=1
  echo !n! %%i
)
set v=x
echo !v! %v% !undefined!end
echo one!two
echo one^!two
echo "one^!two"
set name=v
echo !%name%!
set arr[1]=first
set i=1
echo !arr[%i%]!
for %%k in (1) do echo !arr[%%k]!
