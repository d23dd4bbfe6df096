@echo off
for /f %%a in ('echo word rest') do echo %%a
for /f "delims=" %%a in ('echo a b^& echo c d') do echo [%%a]
for /f "tokens=2" %%a in ('echo 1 2 ^| more') do echo %%a
for /f "usebackq delims=" %%a in (`echo back quotes`) do echo %%a
for /f "delims=" %%a in ('cd') do if "%%a"=="%cd%" echo same
for /f "delims=" %%a in ('nothing-here 2^>nul') do echo no
for /f "delims=" %%a in ('"echo quoted"') do echo %%a
for /f %%a in ('dir /b *.none 2^>nul') do echo no
