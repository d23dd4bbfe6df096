@echo off
>f.txt echo alpha beta
>>f.txt echo Beta gamma
>>f.txt echo a.b a*b
>>f.txt echo 12345
>>f.txt echo beta
findstr beta f.txt
echo --
findstr /i "beta" f.txt
echo --
findstr /c:"alpha beta" f.txt
findstr "alpha gamma" f.txt
echo --
findstr /r "^[0-9]*$" f.txt
findstr /x "beta" f.txt
findstr /b /i "b" f.txt
findstr /e "ma" f.txt
echo --
findstr /l "a.b" f.txt
findstr /v /r "[ab]" f.txt
findstr /n "gamma" f.txt
findstr /m "gamma" f.txt
findstr /r "a.*a" f.txt
findstr "\<beta\>" f.txt
findstr nothing f.txt
echo %errorlevel%
findstr x missing.txt
echo %errorlevel%
findstr
echo %errorlevel%
type f.txt| findstr /n 123
exit /b 0
