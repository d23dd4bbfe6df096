@echo off
>f.txt echo one
>>f.txt echo two	tab
>>f.txt echo three
more f.txt
more +2 f.txt
type f.txt| more
more <f.txt
more missing
exit /b 0
