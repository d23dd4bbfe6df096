@echo off
set a.b=dot
set a-b=dash
set a b=blank
set 1a=digit
set a[1]=index
set CaSe=mixed
echo %a.b% %a-b% %a b% %a[1]% %case%
call echo %%1a%%
set v=x
set V=y
echo %v%
