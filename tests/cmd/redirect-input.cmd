@echo off
(echo first& echo second)>f.txt
set /p a=<f.txt
echo %a%
<f.txt set /p b=
echo %b%
(set /p x=& set /p y=)<f.txt
echo %x% %y%
sort <f.txt
find "sec" <f.txt
for /f %%i in (f.txt) do (
  set /p v=<f.txt
)
echo %v%
