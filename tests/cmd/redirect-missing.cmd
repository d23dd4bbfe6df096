@echo off
type <missing.txt
echo %errorlevel%
echo x>nowhere\file.txt
echo %errorlevel%
echo y>nowhere\file.txt && echo no
echo y>nowhere\file.txt || echo failed
md folder
echo z>folder
echo end
exit /b 0
