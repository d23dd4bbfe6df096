@echo off
>one.cmd echo @echo one.cmd
>one.bat echo @echo one.bat
call one
set PATHEXT=.CMD;.BAT
call one
call one.bat
md bin
>bin\two.cmd echo @echo two %%1
set path=%cd%\bin;%path%
call two x
set path="%cd%\bin";c:\windows\system32
call two y
