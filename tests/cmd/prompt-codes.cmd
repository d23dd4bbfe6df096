@echo off
prompt [$C$F$A$B$L$G$Q$S$$$N:$_x]
echo on
rem
@echo off
