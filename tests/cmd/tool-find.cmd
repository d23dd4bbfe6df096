@echo off
>f.txt echo One line
>>f.txt echo two lines
>>f.txt echo three
find "line" f.txt
find /c "line" f.txt
find /v /n "line" f.txt
find /i "ONE" <f.txt
find /c "e" <f.txt
find "say ""hi""" f.txt
echo %errorlevel%
find x f.txt
echo %errorlevel%
find "x" missing.txt
echo a "quoted" b| find """quoted"""
exit /b 0
