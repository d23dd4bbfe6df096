$(eval $(call pe_program,find,console,kernel32 ntdll))
