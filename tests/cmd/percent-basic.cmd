@echo off
set a=1
set b=two words
echo %a% %b% %nothing% end
echo 100%% and %%a%%
echo %a%%b%
echo 50% of
set p=a
echo %%%p%%%
echo [%]
