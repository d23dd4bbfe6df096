$(eval $(call pe_program,more,console,kernel32 ntdll))
