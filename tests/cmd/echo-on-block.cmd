@prompt $G
if 1==1 (
  echo in
  echo block
)
@echo off
