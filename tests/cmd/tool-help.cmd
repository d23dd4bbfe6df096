@echo off
for %%t in (find findstr sort more where attrib tasklist taskkill whoami hostname timeout chcp choice tree) do (
  %%t /? >out.txt
  for %%f in (out.txt) do if %%~zf lss 20 echo %%t has no help
)
