@echo off
set n=0
:loop
set /a n+=1
echo %n%
if %n% lss 3 goto loop
echo done
