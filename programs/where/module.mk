$(eval $(call pe_program,where,console,kernel32 ntdll))
