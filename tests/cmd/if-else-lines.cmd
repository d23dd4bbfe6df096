@echo off
if 1==2 (
  echo no
) else (
  echo a
)
if 1==1 (
  echo b
) else (
  echo no
)
if 1==2 (
  echo no
) else if 2==2 (
  echo c
) else (
  echo no
)
if 1==2 echo no else echo no
if 1==1 echo d else echo still d
echo end
