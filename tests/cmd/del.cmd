@echo off
for %%i in (a.txt b.txt c.dat "d e.dat") do echo x>%%i
del a.txt
if not exist a.txt echo 1
del *.txt
if not exist b.txt echo 2
del "d e.dat" c.dat
if not exist *.dat echo 3
del missing
echo %errorlevel%
md d\e
echo x>d\1.tmp
echo x>d\e\2.tmp
del /s d\*.tmp
del /q nowhere\x
echo x>d\y
echo n| del d
if exist d\y echo kept
del /q d
if not exist d\y echo 4
del
echo %errorlevel%
exit /b 0
