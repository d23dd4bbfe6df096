@echo off
echo one>f.txt
echo two>>f.txt
type f.txt
echo three >f.txt
type f.txt
>g.txt echo before
type g.txt
echo a > h.txt b
type h.txt
echo x>"quoted name.txt"
type "quoted name.txt"
echo nothing>nul
(echo in & echo block)>b.txt
type b.txt
