@echo off
setlocal enabledelayedexpansion
for %%a in (1 2) do (
  for %%b in (x y) do (
    if %%a==1 (
      if %%b==x (echo first) else (
        echo second
      )
    ) else (
      set "r=%%a%%b"
      echo !r!
    )
  )
)
