$(eval $(call pe_dll,kernelbase,ntdll))
