@echo off
echo [%undefined%]
echo [%undefined:a=b%]
echo [%un
echo a%b
echo %%
