$(eval $(call pe_program,whoami,console,kernel32 advapi32 ntdll))
