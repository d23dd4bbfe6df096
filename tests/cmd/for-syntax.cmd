@echo off
echo a
for %%ab in (x) do echo b
echo c
