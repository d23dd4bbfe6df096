$(eval $(call pe_program,findstr,console,kernel32 ntdll))
