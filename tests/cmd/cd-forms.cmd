@echo off
md a\b "two words"
cd a
cd
cd b
cd
cd ..
cd
cd ..\two words
cd
cd "..\a\b"
cd
cd ..\..
cd
cd\
echo %cd:~1%
cd nowhere
echo %errorlevel%
echo x>"%~dp0file"
cd /d "%~dp0"
cd file
cd /d %~dp0a
cd
cd . & cd A
cd .
exit /b 0
