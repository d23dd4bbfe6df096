@echo off
>f.txt echo pear 3
>>f.txt echo Apple 1
>>f.txt echo fig 2
>>f.txt echo apple 1
sort f.txt
echo --
sort /r <f.txt
echo --
sort /+5 f.txt
echo --
sort /unique f.txt /o out.txt
type out.txt
