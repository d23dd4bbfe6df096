@echo off
set v=old
for %%i in (1 2) do (
  set v=new%%i
  echo %v%
)
echo %v%
for %%i in (1) do call echo %%v%%
