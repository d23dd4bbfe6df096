@echo off
set x=
if %x%==y (
echo b
)
