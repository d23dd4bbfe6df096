@echo off
for %%a in (1) do for %%A in (2) do echo %%a %%A %%b
