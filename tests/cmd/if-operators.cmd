@echo off
if 1 equ 1 echo 1
if 01 EQU 1 echo 2
if 0x10 equ 16 echo 3
if 2 lss 10 echo 4
if "2" lss "10" (echo no) else echo 5
if 10 gtr 9 echo 6
if abc lss abd echo 7
if abc neq ABC echo 8
if /i abc equ ABC echo 9
if 3 leq 3 if 3 geq 3 echo 10
if -5 lss 3 echo 11
if 5 geq 6 (echo no) else echo 12
if 1 equ 1.0 (echo no) else echo 13
