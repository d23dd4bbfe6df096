@echo off
md a b
pushd a
cd
pushd ..\b
cd
pushd
popd
cd
popd
cd
popd
pushd nowhere
echo %errorlevel%
exit /b 0
