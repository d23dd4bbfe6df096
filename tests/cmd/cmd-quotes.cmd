@echo off
cmd /d /c echo "a b"
cmd /d /c "echo a & echo b"
cmd /d /c "echo "quoted""
cmd /d /s /c "echo "x y""
cmd /d /c echo a ^& echo b
cmd /d /c "echo one" 
cmd /d/c echo joined
cmd /d /q /c echo quiet
cmd /d /c
echo %errorlevel%
