@echo off
for %%a on (x) do echo b
echo c
