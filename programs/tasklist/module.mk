$(eval $(call pe_program,tasklist,console,kernel32 advapi32 ntdll))
