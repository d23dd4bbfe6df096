$(eval $(call pe_program,xcopy,console,kernel32 ntdll))
