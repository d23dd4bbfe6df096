$(eval $(call pe_program,hello,console,kernel32 ntdll))
