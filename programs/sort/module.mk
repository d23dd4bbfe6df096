$(eval $(call pe_program,sort,console,kernel32 ntdll))
