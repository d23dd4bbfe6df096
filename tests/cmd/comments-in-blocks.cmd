@echo off
if 1==1 (
  rem a remark )
  echo a
  :: label style
  echo b
  rem & echo not
)
for %%i in (1) do (
  echo c
  rem last
)
