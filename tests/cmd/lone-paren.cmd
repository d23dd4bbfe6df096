@echo off
echo a
) this is ignored
echo b
