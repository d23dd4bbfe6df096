$(eval $(call pe_program,choice,console,kernel32 ntdll))
