@echo off
md d\s
echo n1>d\a.txt
echo n1>d\s\b.txt
dir /s d\*.txt
