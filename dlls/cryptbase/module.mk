$(eval $(call pe_dll,cryptbase,ntdll))
