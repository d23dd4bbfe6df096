@echo off
set a="quoted"
echo %a%
set "b=no quotes"
echo %b%
set "c=in "ner" q"
echo %c%
set d= leading
echo [%d%]
set e=trailing 
echo [%e%]
set f=a=b=c
echo %f%
set g=x&set h=y
echo %g% %h%
set "i=a&b"
echo "%i%"
set =x
echo %errorlevel%
exit /b 0
