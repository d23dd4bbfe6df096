@echo off
set /a r=1+2*3
echo %r%
set /a r=(1+2)*3, s=r*2
echo %r% %s%
set /a r=17/5, s=17%%5, t=-17/5, u=-17%%5
echo %r% %s% %t% %u%
set /a r=0x1F, s=017, t=1^<^<4, u=-16^>^>2
echo %r% %s% %t% %u%
set /a "r=5&3, s=5|3, t=5^3, u=~5, v=!5, w=!0"
echo %r% %s% %t% %u% %v% %w%
set /a r+=10
set /a r-=1
set /a r*=2
set /a r/=3
set /a r%%=4
echo %r%
set /a "r=1<<3|1"
set /a "s<<=2"
echo %r% %s%
set /a "a=b=c=7"
echo %a%%b%%c%
set n=5
set /a r=n*n, s=undefined+1
echo %r% %s%
set /a r=2147483647+1
echo %r%
set /a r=- 5 - -3
echo %r%
set /a "x = 4 , y = x * 2"
echo %x% %y%
set /a r=(2+3)*(4-1)
echo %r%
