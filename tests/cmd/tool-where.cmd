@echo off
md bin
echo x>bin\tool.cmd
echo x>bin\other.dat
echo x>here.bat
set path=%cd%\bin;%path%
where tool
where here
where $path:other.dat
where "%cd%\bin:*.dat"
where /r . *.dat
where /q nothing
echo %errorlevel%
where nothing
where /f tool.cmd
exit /b 0
