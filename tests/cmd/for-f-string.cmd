@echo off
for /f %%a in ("one two three") do echo %%a
for /f "tokens=2" %%a in ("one two three") do echo %%a
for /f "tokens=1,3" %%a in ("one two three") do echo %%a-%%b
for /f "tokens=1-3" %%a in ("one two three four") do echo %%c-%%b-%%a
for /f "tokens=1*" %%a in ("one two  three four") do echo [%%a] [%%b]
for /f "tokens=*" %%a in ("  lead and trail ") do echo [%%a]
for /f "delims=" %%a in ("  all of it ") do echo [%%a]
for /f "delims=," %%a in ("x y,z") do echo %%a
for /f "tokens=1-3 delims=:.," %%a in ("12:34.56") do echo %%a %%b %%c
for /f "tokens=2,1" %%a in ("first second") do echo %%a %%b
for /f "tokens=1,5" %%a in ("one two") do echo [%%a] [%%b]
for /f "tokens=5" %%a in ("one two") do echo no
for /f "tokens=1,2*" %%a in ("a b c d e") do echo %%a,%%b,%%c
for /f "delims==" %%a in ("name=value") do echo %%a
for /f "tokens=1,2 delims= " %%a in ("p q") do echo %%b%%a
