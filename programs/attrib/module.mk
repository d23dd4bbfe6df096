$(eval $(call pe_program,attrib,console,kernel32 ntdll))
