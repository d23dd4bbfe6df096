@echo off
set a=b
set b=value
call echo %%%a%%%
call set c=%%%a%%%
echo %c%
call echo 100%%%%
call echo ^^a
call echo "^x"
