@echo off
md d
echo hello>d\file.txt
for %%i in ("d\file.txt") do echo %%~i %%~nxi %%~zi %%~xi
for %%i in (d\file.txt) do echo %%~fi
for %%f in (d\*.*) do echo %%~nf %%~dpf
for %%i in (file.txt) do echo [%%~$nothing:i]
set list=%cd%\d
for %%i in (file.txt) do echo %%~$list:i
for %%a in (x.y.z) do echo %%~na and %%~xa
for %%n in (n.txt) do echo %%~nn
