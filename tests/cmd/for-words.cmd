@echo off
for %%a in (one two three) do echo %%a
for %%a in (a,b;c=d) do echo %%a
for %%a in ("q r" s) do echo %%a %%~a
for %%a in () do echo no
for %%a in (
  line1
  line2
) do echo %%a
for %%x in (1 2) do for %%y in (a b) do echo %%x%%y
for %%i in (x) do (
  echo %%i
  echo %%i%%i
)
echo %%i
