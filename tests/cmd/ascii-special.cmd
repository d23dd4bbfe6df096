@echo off
echo !
echo ? * [ ] { } $ # @ ~ ` ' _ \ /
echo a;b,c=d
echo "^ & | < >"
echo tab	here
