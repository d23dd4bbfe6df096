$(eval $(call pe_program,chcp,console,kernel32 ntdll))
