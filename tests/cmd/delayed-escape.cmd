@echo off
setlocal enabledelayedexpansion
echo plain ^^ caret
echo with ^^^^ caret !
echo bang ^^! here
set "s=a&b|c<d>e"
echo !s!
set "t=100%%"
echo !t!
set q=a"b
echo !q!
setlocal disabledelayedexpansion
echo hello!
