@echo off
for %%s in (two one) do call :do_%%s
set target=last
goto do_%target%
:do_one
echo one
goto :eof
:do_two
echo two
goto :eof
:do_last
echo last
