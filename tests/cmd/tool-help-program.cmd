@echo off
help | find "FINDSTR" >nul && echo list
help dir | find "/B" >nul && echo dir
help xcopy | find "/S" >nul && echo xcopy
help nothing
exit /b 0
