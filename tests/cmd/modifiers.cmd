@echo off
md "sub dir"
echo x> "sub dir\file.name.txt"
call :show "sub dir\file.name.txt"
goto :eof
:show
echo %~1
echo %~f1
echo %~d1
echo %~p1| findstr /c:"sub dir\\" >nul && echo path
echo %~n1
echo %~x1
echo %~nx1
echo %~z1
echo %~dpnx1
echo %~a1
echo [%~2] [%~nx2]
exit /b 0
