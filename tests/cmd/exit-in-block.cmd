@echo off
(
  echo a
  exit /b 4
  echo no
)
echo no
