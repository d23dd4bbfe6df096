@echo off
md folder
echo x>file.txt
echo x>"two words.txt"
if exist file.txt echo 1
if exist FILE.TXT echo 2
if exist *.txt echo 3
if exist "two words.txt" echo 4
if exist folder echo 5
if exist folder\ echo 6
if exist folder\nul echo 7
if exist file.txt\ (echo no) else echo 8
if not exist missing echo 9
if exist missing\*.* (echo no) else echo 10
if exist *.exe (echo no) else echo 11
if exist "folder" (if not exist folder\x echo 12)
