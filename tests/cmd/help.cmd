@echo off
for %%c in (assoc break call cd chdir cls color copy date del dir dpath echo endlocal erase exit ftype goto keys md mkdir mklink move path pause popd prompt pushd rd ren rename rem rmdir set setlocal shift start time title type ver verify vol) do (
  %%c /? >out.txt
  for %%f in (out.txt) do if %%~zf lss 10 echo %%c has no help
)
if /? | find "ERRORLEVEL" >nul && echo if
for /? | find "tokens" >nul && echo for
cmd /? | find "/C" >nul && echo cmd
