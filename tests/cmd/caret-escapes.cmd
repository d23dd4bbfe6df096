@echo off
echo a^&b
echo a ^| b ^> c ^< d
echo "a^&b"
echo ^^
echo ^"a ^& b^"
echo one^
 two
echo three^
four
echo a^bc
echo ^^^&
