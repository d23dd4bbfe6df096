@echo off
echo n1>a.txt
echo n2>b.txt
copy *.txt *.bak
dir /b *.bak
copy /b *.txt all.out
for %%f in (all.out) do echo %%~zf
copy a.txt nul
copy /y a.txt b.txt >nul
type b.txt
type nul>empty
copy empty e2
for %%f in (e2) do echo %%~zf
