@echo off
echo a & echo b
echo c && echo d
echo e || echo f
cd nowhere 2>nul && echo no
cd nowhere 2>nul || echo failed
cd nowhere 2>nul & echo always
echo x&&echo y||echo z
(cd nowhere 2>nul || echo first) && echo second
echo end
