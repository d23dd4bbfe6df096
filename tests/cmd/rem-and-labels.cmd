@echo off
rem a & echo not shown
rem | more > x
REM
rem.
:: comment & echo not shown
:label echo not shown
  :indented
echo end
if exist x echo wrong
