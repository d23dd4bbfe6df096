@echo off
echo x>f.txt
attrib f.txt
attrib +r +h f.txt
attrib f.txt
attrib -r -h f.txt
attrib -a f.txt
attrib f.txt
attrib missing
md d
echo x>d\g.txt
attrib +r /s g.txt
for %%i in (d\g.txt) do echo %%~ai
attrib -r d\*.*
for %%i in (d\g.txt) do echo %%~ai
exit /b 0
