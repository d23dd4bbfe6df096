@echo off
echo a
if 1==1
echo c
