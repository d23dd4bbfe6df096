@echo off
goto first
echo no
:second
echo second
goto:third
:first
echo first
goto second
:third comment here
echo third
goto %nothing%fourth
:FOURTH
echo fourth
goto :eof
echo no
