@echo off
echo one>a
echo two>b
copy a+b c >nul
for %%f in (c) do echo %%~zf
copy /b c d >nul
for %%f in (d) do echo %%~zf
copy /a c e >nul
for %%f in (e) do echo %%~zf
copy c+a f /b >nul
for %%f in (f) do echo %%~zf
