@echo off
md d\e
echo word one>a.txt
echo word two>d\b.txt
echo word three>d\e\c.txt
findstr word *.txt
findstr /s word *.txt
findstr /s /m three *.txt
findstr /n word a.txt d\b.txt
>list echo one
>>list echo three
findstr /g:list a.txt d\b.txt d\e\c.txt
