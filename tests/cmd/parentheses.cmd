@echo off
(echo a)
(
  echo b
  echo c
)
(echo d & echo e) & echo f
( (echo g) )
if 1==1 ((echo h) & (echo i))
echo (not a block)
if 1==1 (echo j^))
echo end)
