@echo off
md d
cd d
echo x>b.b
echo xx>a.c
echo xxx>c.a
md sub
dir /b /os
echo --
dir /b /oe
echo --
dir /b /og
echo --
dir /b /ogn
echo --
dir /b /o-g
echo --
dir /b /o
