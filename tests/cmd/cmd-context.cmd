@echo off
cmd /d /c echo %%nothing%% %%x
set v=1
cmd /d /c echo %%v%%
cmd /d /c "for %%i in (1 2) do @echo %%i"
cmd /d /c "for %%i in (1 2) do echo %%i"
cmd /d /c "if 1==1 (echo y) else echo n"
cmd /d /c "goto x & echo after"
cmd /d /c "setlocal & echo ok"
cmd /d /c "call :x"
