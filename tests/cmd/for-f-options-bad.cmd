@echo off
echo a
for /f "nonsense" %%a in ("x") do echo %%a
echo b
