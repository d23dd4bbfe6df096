@echo off
if a==a echo 1
if a == a echo 2
if "a b"=="a b" echo 3
if a==A echo no
if /i a==A echo 4
if not a==b echo 5
if /i not abc==ABD echo 6
if "%nothing%"=="" echo 7
if "a"=="b" (echo no) else (echo 8)
if "a"=="b" (echo no) else if "c"=="c" (echo 9) else (echo no)
if a==a (echo 10) else echo no
if "x"=="x" if "y"=="y" echo 11
