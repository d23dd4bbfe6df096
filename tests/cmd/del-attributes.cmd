@echo off
echo x>r.txt
attrib +r r.txt
del r.txt
if exist r.txt echo still
del /f r.txt
if not exist r.txt echo gone
echo x>h.txt
attrib +h h.txt
del h.txt
del /ah h.txt
if not exist h.txt echo hidden gone
exit /b 0
