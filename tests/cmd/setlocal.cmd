@echo off
set a=1
setlocal
set a=2
set b=2
echo %a% %b%
setlocal
set a=3
echo %a%
endlocal
echo %a%
endlocal
echo %a% [%b%]
endlocal
echo %a%
