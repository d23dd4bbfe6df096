@echo off
echo x>plain
echo x>hidden
attrib +h hidden
attrib +r plain
dir /b
echo --
dir /b /a
echo --
dir /b /ah
dir /b /ar
dir /b /a-h
dir /b /a-r-h
attrib -h hidden
attrib -r plain
