@echo off
set c=echo
%c% from variable
set line=echo whole line
%line%
set cc=echo a ^& echo b
%cc%
setlocal enabledelayedexpansion
!c! delayed
!line!
for %%i in (echo) do %%i for
set "e="
%e%echo empty
%nothing%
echo end
