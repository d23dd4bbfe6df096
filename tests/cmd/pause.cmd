@echo off
echo a
pause
echo b
pause >nul
echo c
