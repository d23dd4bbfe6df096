@echo off
echo x>a.txt
echo x>b.txt
echo x>c.dat
echo x>"d e.txt"
md f.txt
for %%i in (*.txt) do echo %%i
for %%i in (*.dat *.zzz a.*) do echo %%i
for %%i in (.\*.dat) do echo %%i
for %%i in ("*.dat") do echo %%i
for %%i in (no.file *.none) do echo %%i
for /d %%i in (*) do echo folder %%i
for /d %%i in (x y) do echo %%i
