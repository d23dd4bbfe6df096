@echo off
echo one>a.txt
echo two>b.txt
type a.txt
type a.txt b.txt
type missing.txt
echo %errorlevel%
type a.txt missing.txt 2>nul
echo %errorlevel%
type *.txt 2>nul
type
exit /b 0
