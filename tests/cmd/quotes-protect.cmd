@echo off
echo "a & b | c > d"
echo "a & b
echo x "&" y
set "v=a & b"
echo "%v%"
