$(eval $(call pe_program,tree,console,kernel32 ntdll))
