@echo off
(echo a 1& echo b 2)>x.txt
(echo c 3)>y.txt
(echo d 4)>"z z.txt"
for /f "tokens=1,2" %%a in (x.txt y.txt) do echo %%b%%a
for /f "usebackq tokens=2" %%a in ("z z.txt") do echo %%a
for /f "usebackq" %%a in ('a string') do echo %%a
for /f %%a in (missing.txt) do echo no
echo end
