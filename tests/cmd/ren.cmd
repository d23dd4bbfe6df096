@echo off
echo n1>a.txt
echo n2>b.txt
ren a.txt c.txt
dir /b
ren *.txt *.dat
dir /b *.dat
ren c.dat longer.name
ren b.dat ?x.*
dir /b
ren missing y
echo %errorlevel%
ren bx.dat longer.name
echo %errorlevel%
md folder
ren folder other
if exist other\ echo folder renamed
ren a
exit /b 0
