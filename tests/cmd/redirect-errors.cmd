@echo off
cd nowhere 2>err.txt
type err.txt
cd nowhere >both.txt 2>&1
type both.txt
cd nowhere 2>&1 >only.txt
(echo out & cd nowhere) >all.txt 2>&1
type all.txt
cd nowhere >nul 2>&1
echo to stderr 1>&2
echo digits 2>nul
echo 2>nul
echo a2>two.txt
type two.txt
echo a 3>three.txt
type three.txt
exit /b 0
