@echo off
echo n1>a.txt
echo n2>b.txt
md d
move a.txt c.txt
if not exist a.txt type c.txt
move c.txt d
if exist d\c.txt echo moved
move b.txt d\e.txt >nul
dir /b d
move d f
dir /b f
move missing x
echo %errorlevel%
echo n5>p.txt
echo n6>q.txt
move *.txt f
dir /b f
move f\*.txt one
exit /b 0
