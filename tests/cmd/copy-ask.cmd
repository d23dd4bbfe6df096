@echo off
echo n1>a
echo n2>b
cmd /d /c copy a b
type b
cmd /d /c copy /y a b
type b
echo n3>a
copy /-y a b
type b
