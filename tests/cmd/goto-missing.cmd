@echo off
echo a
goto nowhere
echo b
