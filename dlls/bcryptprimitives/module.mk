$(eval $(call pe_dll,bcryptprimitives,ntdll))
