@echo off
md a\b c
echo x>a\f.txt
tree /a | findstr /v "serial PATH"
tree /a /f a | findstr /v "serial PATH <DIR>" | findstr "f.txt b"
