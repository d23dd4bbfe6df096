@echo off
md s\sub\deep s\empty
echo x>s\a.txt
echo y>s\sub\b.txt
echo z>s\sub\deep\c.dat
xcopy s d /i
dir /s /b d
xcopy s e /s /i /q
dir /s /b e
xcopy s f /e /i /q
if exist f\empty\ echo with empty
xcopy /y s\a.txt d
xcopy s\*.dat g /s /i
xcopy /l s d /s
xcopy missing d
echo %errorlevel%
xcopy /t /e s h\ 
if exist h\sub\deep\ if not exist h\a.txt echo folders
xcopy
echo %errorlevel%
echo sub>ex
xcopy s k /s /i /exclude:ex
exit /b 0
