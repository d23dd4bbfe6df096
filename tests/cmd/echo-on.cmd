@prompt $G
echo one
@echo quiet
echo two & echo three
rem a remark
if 1==1 echo yes
for %%i in (a b) do echo %%i
set x=1
@echo off
