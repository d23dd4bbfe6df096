@ECHO OFF
Echo Mixed
SET X=1
IF %X%==1 ECHO yes
FOR %%I IN (1) DO ECHO %%I
CALL :Sub
GOTO End
:sub
@echo sub
@@echo double
GOTO:EOF
:END
 	echo indented
;echo semicolon
,=;echo delimiters
