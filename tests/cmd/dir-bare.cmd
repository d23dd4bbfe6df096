@echo off
md sub\deep
echo x>b.txt
echo x>a.txt
echo x>sub\c.txt
echo x>sub\deep\d.txt
dir /b *.txt
dir /b /ad
dir /b /a-d *.txt
dir /b /o-n *.txt
dir /b /on
dir /s /b *.txt
dir /b /s /ad
dir /b /l SUB
dir /b none
echo %errorlevel%
exit /b 0
