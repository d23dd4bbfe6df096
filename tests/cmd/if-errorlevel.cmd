@echo off
cmd /d /c exit 3
if errorlevel 1 echo one
if errorlevel 3 echo three
if errorlevel 4 echo no
if not errorlevel 4 echo not four
if %errorlevel%==3 echo text
if errorlevel 2 if not errorlevel 4 echo both
cmd /d /c exit -1
if errorlevel 0 (echo no) else echo negative
if %errorlevel% lss 0 echo below
ver >nul
if not errorlevel 1 echo zero
