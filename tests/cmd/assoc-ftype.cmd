@echo off
assoc .ferrytest
echo %errorlevel%
assoc .ferrytest=ferrytype
assoc .ferrytest
ftype ferrytype
echo %errorlevel%
ftype ferrytype=tool.exe "%%1" %%*
ftype ferrytype
assoc .ferrytest=
assoc .ferrytest
exit /b 0
