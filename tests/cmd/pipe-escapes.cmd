@echo off
echo a^^^&b| sort
echo "a&b"| sort
echo 100%%| sort
set "s=x y"
echo "%s%" | sort
