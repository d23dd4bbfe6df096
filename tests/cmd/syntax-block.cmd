@echo off
echo a
if 1==1 (echo b) foo
echo c
