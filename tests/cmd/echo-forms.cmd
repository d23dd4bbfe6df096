@echo off
echo hello
echo   two blanks
echo.
echo.dot
echo:colon
echo(paren
echo/slash
echo,comma
echo;semi
echo=equal
echo+plus
echo[bracket
echo]bracket
echo "quoted  text"
echo a,b;c=d
echo trailing   
echo.on
echo on off
