@echo off
echo one>a.txt
echo two>b.txt
md d
copy a.txt c.txt
type c.txt
copy a.txt d
copy a.txt d\x.txt
copy *.txt d
dir /b d
copy a.txt+b.txt ab.txt /b
type ab.txt
copy /b a.txt+b.txt
type a.txt
copy missing.txt x
echo %errorlevel%
copy a.txt a.txt
echo %errorlevel%
copy a.txt nowhere\
echo %errorlevel%
exit /b 0
