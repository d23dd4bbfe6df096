@echo off
choice /c abc /m "Pick"
echo %errorlevel%
choice /c xy /t 0 /d y
echo %errorlevel%
choice /n /c 12
echo %errorlevel%
choice /c aa
timeout /t 1 >nul
echo %errorlevel%
timeout nonsense
exit /b 0
