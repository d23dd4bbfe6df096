@echo off
md d\s
cd d
echo 12345>f.txt
dir
dir f.txt
dir /-c nothing
exit /b 0
