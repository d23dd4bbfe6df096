@echo off
goto :a-b.c
:a
echo no
:a-b.c
echo 1
goto :with+plus
:with
echo 2
goto end,
:end
echo 3
