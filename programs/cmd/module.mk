$(eval $(call pe_program,cmd,console,kernel32 advapi32 ntdll))
