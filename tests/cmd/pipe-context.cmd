@echo off
set x=1
set x=2| sort
echo %x%
setlocal enabledelayedexpansion
set v=val
echo !v!| sort
(echo !v!)| sort
echo left & echo b| sort
if 1==1 (echo in if)| sort
