@echo off
whoami >f.txt
findstr /r /i "^[^\\]*\\[^\\]*$" f.txt >nul && echo name
hostname >g.txt
for /f %%i in (g.txt) do if /i "%%i"=="%computername%" (echo host) else echo host %%i %computername%
whoami /user | find "S-1-5-" >nul && echo sid
whoami /priv | find "SeChangeNotifyPrivilege" >nul && echo privilege
whoami /nonsense
exit /b 0
