@echo off
echo a
if %nothing%==x echo b
echo c
