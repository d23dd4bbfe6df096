@echo off
for %%i in (1 2 3) do echo %%i>>out.txt
type out.txt
for %%i in (a b) do echo %%i>%%i.txt
type a.txt b.txt 2>nul
(
for /l %%i in (1,1,2) do echo line %%i
)>block.txt
type block.txt
if 1==1 (
echo if
) >if.txt
type if.txt
