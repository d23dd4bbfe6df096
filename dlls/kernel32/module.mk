$(eval $(call pe_dll,kernel32,kernelbase ntdll))
