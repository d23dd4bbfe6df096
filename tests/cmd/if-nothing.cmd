@echo off
if 1==2 echo no
echo a
if 1==2 (
echo no
)
echo b
if 1==2 echo no & echo no either
if 1==1 (echo c) & echo d
