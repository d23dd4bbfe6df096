$(eval $(call pe_program,timeout,console,kernel32 ntdll))
