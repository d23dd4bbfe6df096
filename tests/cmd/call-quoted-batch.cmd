@echo off
md "sub dir"
>"sub dir\my script.cmd" echo @echo in script [%%1] %%~n0
call "sub dir\my script.cmd" arg
call "sub dir\my script" arg
"sub dir\my script.cmd" last
