@echo off
tasklist /fi "imagename eq cmd.exe" /nh /fo csv | find """cmd.exe""" >nul && echo listed
tasklist | findstr /b "=========================" >nul && echo table
tasklist /fi "imagename eq nothing.exe"
tasklist /fi "nonsense"
for /f "tokens=2 delims=," %%p in ('tasklist /fi "imagename eq nothing.exe" /nh /fo csv') do echo no
taskkill /pid 999999 /f
echo %errorlevel%
taskkill /im nothing.exe
echo %errorlevel%
exit /b 0
