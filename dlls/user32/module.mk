$(eval $(call pe_dll,user32,kernel32 kernelbase ntdll))
