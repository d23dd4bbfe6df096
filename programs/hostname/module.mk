$(eval $(call pe_program,hostname,console,kernel32 ntdll))
