$(eval $(call pe_program,reg,console,kernel32 advapi32 ntdll))
