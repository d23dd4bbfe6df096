$(eval $(call pe_program,taskkill,console,kernel32 advapi32 ntdll))
