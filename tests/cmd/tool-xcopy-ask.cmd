@echo off
echo x>a.txt
echo f| xcopy a.txt new.txt
type new.txt
echo d| xcopy a.txt folder
if exist folder\a.txt echo folder
echo n| xcopy a.txt new.txt
exit /b 0
