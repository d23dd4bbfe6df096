$(eval $(call pe_program,help,console,kernel32 ntdll))
